"""`govreg consent notice list | show | publish | renewals`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from govreg.cli.group import Commands
from govreg.cli.invocation import Invocation, pass_invocation, table
from govreg.cli.terminal import folded

if TYPE_CHECKING:
    from govreg.consent.notice import Notice


@click.group(cls=Commands)
def notice() -> None:
    """What people are told before they choose, version by version."""


@notice.command("list")
@pass_invocation
def list_(invocation: Invocation) -> None:
    """List notices: what files say, and what is published.

    Example: govreg consent notice list
    """
    from govreg.choices.notices import declared
    from govreg.consent.notice_store import published

    with invocation.engine() as engine:
        files = declared(engine.parts)
        with engine.store.read() as connection:
            held = published(connection)
    latest = {one.name: one for one in held}
    rows = [
        (
            name,
            files[name].version if name in files else "-",
            latest[name].version if name in latest else "-",
            _state(files.get(name), latest.get(name)),
        )
        for name in sorted({*files, *latest})
    ]
    head = ("notice", "file", "published", "state")
    invocation.answer(
        [dict(zip(head, row, strict=True)) for row in rows],
        lambda: table(rows, head) if rows else ["no notices: write one into `notices/`"],
    )


def _state(file: Notice | None, held: Notice | None) -> str:
    if file is None:
        return "published, and no file has it"
    if held is None or file.version > held.version:
        return "to be published"
    same = file.content_hash() == held.content_hash()
    return "published" if same else "the file says something else than what was published"


@notice.command()
@click.argument("name")
@pass_invocation
def show(invocation: Invocation, name: str) -> None:
    """Show a published notice, NAME or NAME@VERSION: texts, hashes, what it changed.

    Example: govreg consent notice show newsletter@2
    """
    from govreg.consent.notice_store import version_of
    from govreg.errors import NotFound, UsageProblem

    bare, _, said = name.partition("@")
    if said and not said.isdigit():
        raise UsageProblem("the version of a notice is a whole number", "such as `newsletter@3`")
    with invocation.engine() as engine, engine.store.read() as connection:
        found = version_of(connection, bare, int(said) if said else None)
    if found is None:
        raise NotFound(f"notice `{name}` was never published", "`govreg consent notice list`")
    held, named = found
    invocation.answer({**held.document(), "hash": named}, lambda: _words(held, named))


def _words(held: Notice, named: str) -> Iterator[str]:
    yield f"{held.name}, version {held.version}, in force from {held.in_force_from}"
    yield f"hash: {named}"
    yield f"of {held.controller}, about {', '.join(held.activities)}"
    if held.changed:
        again = "asks again" if held.changed.renew else "asks nobody again"
        text = held.changed.words.get("en") or next(iter(held.changed.words.values()))
        yield from folded(f"changed, {again}: {text}", under="  ")
    if held.withdrawal:
        channels = ", ".join(str(one) for one in held.withdrawal.channels)
        yield f"withdrawn in {held.withdrawal.steps} steps by {channels}"
    if held.valid_for:
        yield f"consent under it is asked for anew after {held.valid_for}"
    for language, text in held.texts.items():
        yield ""
        yield f"{language}, {held.text_hash(language)}"
        for line in text.splitlines():
            yield from folded(line, lead="  ", under="  ")


@notice.command()
@click.argument("names", nargs=-1)
@pass_invocation
def publish(invocation: Invocation, names: tuple[str, ...]) -> None:
    """Publish notices of the workspace's files; a published version never changes.

    Example: govreg consent notice publish newsletter
    """
    from govreg.choices.notices import publish_notices

    with invocation.engine() as engine:
        done = publish_notices(engine.parts, names, actor=invocation.actor)
    invocation.answer(
        [
            {"notice": n.name, "version": n.version, "hash": n.content_hash(), "new": new}
            for n, new in done
        ],
        lambda: (
            [
                f"{n.name}, version {n.version}: {'published' if new else 'was published before'}"
                for n, new in done
            ]
            or ["no notices: write one into `notices/`"]
        ),
    )


@notice.command()
@pass_invocation
def renewals(invocation: Invocation) -> int:
    """Count whose consent must be asked for again, and say why. Exit code 1 when anybody's.

    Example: govreg consent notice renewals
    """
    from govreg.choices.notices import renewals as found

    with invocation.engine() as engine:
        due = found(engine.parts)
    invocation.answer(
        [
            {
                "notice": one.notice,
                "version": one.version,
                "activity": one.activity,
                "people": one.people,
                "asked_by": one.asked_by,
                "words": dict(one.words),
            }
            for one in due
        ],
        lambda: (
            [
                f"{one.activity}: {one.people} under {one.notice}@{one.version}, "
                + (
                    f"asked again by version {one.asked_by}: {one.words.get('en', '')}"
                    if one.asked_by
                    else "as it is older than the notice says"
                )
                for one in due
            ]
            or ["nobody must be asked again"]
        ),
    )
    return 1 if due else 0
