"""`govreg protect plan | run | status | rotate | unprotect`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from govreg.cli.group import Commands
from govreg.cli.invocation import Invocation, pass_invocation, table

if TYPE_CHECKING:
    from govreg.protecting.plan import CollectionPlan
    from govreg.protecting.run import Done
    from govreg.protecting.status import CollectionState

_collections = click.argument("collections", nargs=-1)
_expected = click.option(
    "--expect", "expected", type=click.IntRange(min=1), help="Rows that a table will have once."
)


@click.group(cls=Commands)
def protect() -> None:
    """Fields that are sealed in their sources, unreadable without a key.

    The register says which: `protect: encrypt` at a field of a source's file.

    Example: govreg protect plan crm.customers
    """


@protect.command()
@_collections
@_expected
@pass_invocation
def plan(invocation: Invocation, collections: tuple[str, ...], expected: int | None) -> int:
    """Show what sealing would mean: rows, widths, look-up values, time. Changes nothing.

    COLLECTIONS are named `source.collection`; without any, all that have fields to be sealed. Exit
    code 1 when something speaks against it.

    Example: govreg protect plan crm.customers --expect 1000000
    """
    with invocation.engine() as engine:
        plans = engine.protection.plan(collections, expected=expected, actor=invocation.actor)
    invocation.answer(
        [_plan_data(one) for one in plans],
        lambda: [line for one in plans for line in _plan_words(one)] or [_NOTHING],
    )
    return 1 if any(one.stopped for one in plans) else 0


_NOTHING = "no field of the register is to be sealed"


def _plan_data(one: CollectionPlan) -> dict[str, Any]:
    return {
        "collection": one.collection.ref,
        "rows": one.rows,
        "seconds": round(one.seconds, 1),
        "fields": [
            {
                "field": field.field.name,
                "key": str(field.field.protect.key),
                "bind": str(field.field.protect.bind),
                "clear": field.held.clear,
                "sealed": field.held.sealed,
                "empty": field.held.empty,
                "width": field.width,
                "index": field.field.protect.index,
                "bits": field.index.bits if field.index else None,
                "leak": field.index.leak if field.index else None,
                "warning": field.index.warning if field.index else None,
            }
            for field in one.fields
        ],
        "obstacles": [
            {"place": o.place, "text": o.text, "way_out": o.way_out, "stops": o.stops}
            for o in one.obstacles
        ],
    }


def _plan_words(one: CollectionPlan) -> Iterator[str]:
    yield f"{one.collection.ref}: {one.rows:,} rows"
    if one.fields:
        head = ("  field", "clear", "sealed", "empty", "key", "bound to", "widest")
        rows = [
            (
                f"  {field.field.name}",
                f"{field.held.clear:,}",
                f"{field.held.sealed:,}",
                f"{field.held.empty:,}",
                f"of the {'person' if field.field.by_person else 'field'}",
                "its row" if field.field.place.bound_to_record else "the field",
                field.width,
            )
            for field in one.fields
        ]
        yield from table(rows, head)
    if one.mapped is not None:
        nobody = one.rows - one.mapped.mapped
        yield (
            f"  {nobody:,} rows are nobody's for sure: they are sealed under the field's key, "
            "which no erasure takes away"
        )
    for field in one.fields:
        if field.index is not None and field.index.refused is None:
            yield f"  {field.field.name}: {field.index.bits} bits of each look-up value are kept;"
            yield f"    {field.index.leak}"
            if field.index.warning:
                yield f"    {field.index.warning}"
    for obstacle in one.obstacles:
        sign = "stops" if obstacle.stops else "note"
        yield f"  {sign}: {obstacle.place}: {obstacle.text}"
        yield f"    {obstacle.way_out}"
    if one.fields:
        yield f"  it would take about {_duration(one.seconds)}"


def _duration(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 120 else f"{round(seconds / 60)} minutes"  # noqa: PLR2004 - two minutes


@protect.command()
@_collections
@_expected
@click.option("--accept-leak", is_flag=True, help="Make look-up values whatever they tell.")
@pass_invocation
def run(
    invocation: Invocation,
    collections: tuple[str, ...],
    expected: int | None,
    accept_leak: bool,
) -> int:
    """Seal in the sources what the register says, while they are being used.

    What is sealed already is left; a run that was cut off is run again. Exit code 1 when cells are
    left that do not open, or rows that somebody went on changing.

    Example: govreg protect run crm.customers
    """
    with invocation.engine() as engine:
        done = engine.protection.run(
            collections, expected=expected, accept_leak=accept_leak, actor=invocation.actor
        )
    return _told(invocation, done, "sealed")


@protect.command()
@_collections
@pass_invocation
def rotate(invocation: Invocation, collections: tuple[str, ...]) -> int:
    """Make new keys for fields and their look-up values, and seal anew what is under old ones.

    Values under people's own keys stay as they are. Exit code as of `run`.

    Example: govreg protect rotate crm.customers
    """
    with invocation.engine() as engine:
        done = engine.protection.rotate(collections, actor=invocation.actor)
    return _told(invocation, done, "sealed anew")


@protect.command()
@_collections
@pass_invocation
def unprotect(invocation: Invocation, collections: tuple[str, ...]) -> int:
    """Give the values of sealed fields back to their sources, in clear.

    Take `protect:` out of the source's file as well, or the next run seals them again. Exit code
    as of `run`.

    Example: govreg --actor dpo protect unprotect crm.customers
    """
    with invocation.engine() as engine:
        done = engine.protection.unprotect(collections, actor=invocation.actor)
    return _told(invocation, done, "clear again")


def _told(invocation: Invocation, done: Sequence[Done], words: str) -> int:
    invocation.answer(
        [
            {
                "collection": one.collection,
                "rows": one.tally.rows,
                "changed": dict(one.tally.changed),
                "left": {f"{name}: {code}": n for (name, code), n in one.tally.left.items()},
                "busy": one.tally.busy,
                "cleaned": list(one.cleaned),
                "remains": list(one.remains),
            }
            for one in done
        ],
        _done_words(done, words),
    )
    return 1 if any(one.tally.left or one.tally.busy for one in done) else 0


def _done_words(done: Sequence[Done], words: str) -> Callable[[], list[str]]:
    def lines() -> Iterator[str]:
        for one in done:
            cells = ", ".join(f"{n:,} of {name}" for name, n in sorted(one.tally.changed.items()))
            yield f"{one.collection}: {one.tally.rows:,} rows; {words}: {cells or 'nothing'}"
            for (name, code), count in sorted(one.tally.left.items()):
                yield f"  {name}: {count:,} do not open ({code}) and are left as they are"
            if one.tally.busy:
                yield f"  {one.tally.busy:,} rows went on being changed: run it again"
            yield from (f"  {text}" for text in one.cleaned)
            yield from (f"  may still hold clear values: {text}" for text in one.remains)

    return lambda: list(lines()) or [_NOTHING]


@protect.command()
@_collections
@pass_invocation
def status(invocation: Invocation, collections: tuple[str, ...]) -> int:
    """Count clear, sealed and unreadable values, by reading and opening every one.

    Exit code 1 when one is not as the register says.

    Example: govreg protect status crm.customers
    """
    from govreg.protecting.status import findings

    with invocation.engine() as engine:
        states = engine.protection.status(collections, actor=invocation.actor)
    found = [line for one in states for line in findings(one)]
    invocation.answer(
        [_state_data(one) for one in states],
        lambda: [*(line for one in states for line in _state_words(one)), *found] or [_NOTHING],
    )
    return 1 if found else 0


def _state_data(one: CollectionState) -> dict[str, Any]:
    return {
        "collection": one.collection,
        "rows": one.rows,
        "fields": [
            {
                "field": held.name,
                "clear": held.clear,
                "sealed": held.sealed,
                "stale": held.stale,
                "empty": held.empty,
                "unreadable": dict(held.shut),
                "not_indexed": held.not_indexed,
            }
            for held in one.fields
        ],
    }


def _state_words(one: CollectionState) -> Iterator[str]:
    yield f"{one.collection}: {one.rows:,} rows"
    head = ("  field", "sealed", "clear", "old key", "unreadable", "empty")
    rows = [
        (
            f"  {held.name}",
            f"{held.sealed:,}",
            f"{held.clear:,}",
            f"{held.stale:,}",
            f"{held.shut.total():,}",
            f"{held.empty:,}",
        )
        for held in one.fields
    ]
    yield from table(rows, head)
