"""`govreg subject sync | rows`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from govreg.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    import datetime as dt

    from govreg.choices.row_maps import MapState
    from govreg.passes.sync import Filled


@click.command()
@click.argument("collections", nargs=-1)
@pass_invocation
def sync(invocation: Invocation, collections: tuple[str, ...]) -> int:
    """Find out whose each row of the sources is, for work over many rows.

    COLLECTIONS are named `source.collection`; without any, all that are about people. Exit code 1
    when one could not be mapped.

    Example: govreg subject sync crm.customers
    """
    with invocation.engine() as engine:
        done = engine.row_maps.sync(collections, actor=invocation.actor)
        invocation.answer(
            [_data(one) for one in done],
            lambda: [line for one in done for line in _words(one)] or ["nothing is about people"],
        )
    return 1 if any(one.made is None for one in done) else 0


def _data(one: Filled) -> dict[str, object]:
    made = one.made
    if made is None:
        return {"collection": one.collection, "why_not": one.why_not}
    return {
        "collection": one.collection,
        "rows": made.rows,
        "mapped": made.mapped,
        "subjects": made.subjects,
        "ambiguous": made.ambiguous,
        "unmatched": made.unmatched,
        "new_people": one.new_people,
    }


def _words(one: Filled) -> Iterator[str]:
    made = one.made
    if made is None:
        yield f"{one.collection}: not mapped: {one.why_not}"
        return
    yield (
        f"{one.collection}: {made.rows:,} rows, {made.mapped:,} of them of {made.subjects:,} "
        f"people, {one.new_people:,} of whom are new"
    )
    if made.ambiguous:
        yield f"  {made.ambiguous:,} rows may be of several people: nothing is permitted for them"
    if made.unmatched:
        yield f"  {made.unmatched:,} rows bear nothing that says whose they are"


@click.command()
@pass_invocation
def rows(invocation: Invocation) -> int:
    """Show how fresh the row maps are. Exit code 1 when one is stale.

    Example: govreg subject rows
    """
    with invocation.engine() as engine:
        held = engine.row_maps.states()
        zone = engine.parts.zone
        invocation.answer(
            [
                {
                    "collection": one.held.collection,
                    "rows": one.held.rows,
                    "mapped": one.held.mapped,
                    "subjects": one.held.subjects,
                    "ambiguous": one.held.ambiguous,
                    "unmatched": one.held.unmatched,
                    "filled_at": one.held.filled_at,
                    "findings": list(one.findings),
                }
                for one in held
            ],
            lambda: [line for one in held for line in _state(one, zone)] or _NONE,
        )
    return 1 if any(one.findings for one in held) else 0


_NONE = ["no collection is mapped: `govreg subject sync`"]


def _state(one: MapState, zone: dt.tzinfo) -> Iterator[str]:
    held = one.held
    yield (
        f"{held.collection}: {held.mapped:,} of {held.rows:,} rows, {held.subjects:,} people, "
        f"filled {held.filled_at.astimezone(zone):%Y-%m-%d %H:%M}"
    )
    for text in one.findings:
        yield f"  finding: {text}"
