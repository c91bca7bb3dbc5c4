"""`govreg init | status | upgrade | doctor`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from govreg.cli.invocation import Invocation, day, pass_invocation, table
from govreg.cli.request_words import due_words
from govreg.errors import GovregError, UsageProblem

if TYPE_CHECKING:
    from govreg.engine import Engine

_OPEN = ("request", "kind", "law", "state", "due", "days left")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@pass_invocation
def init(invocation: Invocation, directory: Path) -> None:
    """Make a workspace in DIRECTORY.

    Example: govreg init acme
    """
    from govreg.cli.starter import starter
    from govreg.consent.notice_file import notice_schema
    from govreg.consent.signals_file import signals_schema
    from govreg.engine import open_store
    from govreg.migrations.upgrade import upgrade as bring_forward
    from govreg.register.schemas import schemas
    from govreg.settings import FILE, load

    if (directory / FILE).exists():
        raise UsageProblem(f"`{directory}` is a workspace already")
    directory.mkdir(parents=True, exist_ok=True)
    made = []
    for name, text in starter(directory.absolute().name).items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(text, encoding="utf-8")
            made.append(name)
    hidden = directory / ".govreg"
    (hidden / "schemas").mkdir(mode=0o700, parents=True, exist_ok=True)
    hidden.chmod(0o700)
    own = {"notice": notice_schema(), "signals": signals_schema()}
    for name, schema in {**schemas(), **own}.items():
        target = hidden / "schemas" / f"{name}.json"
        target.write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
    store = open_store(directory, load(directory))
    bring_forward(store)
    store.close()
    invocation.answer(
        {"workspace": str(directory), "files": made},
        lambda: [
            f"made the workspace {directory}",
            f"1. write who you are into {directory / FILE}",
            f"2. govreg --workspace {directory} source add NAME --connector sql --url sqlite:///…",
            f"3. govreg --workspace {directory} source discover NAME",
        ],
    )


@click.command()
@pass_invocation
def upgrade(invocation: Invocation) -> None:
    """Bring the store forward to this program.

    Example: govreg upgrade
    """
    from govreg.engine import open_store
    from govreg.migrations.upgrade import upgrade as bring_forward
    from govreg.settings import find_workspace, load

    folder = find_workspace(invocation.workspace)
    store = open_store(folder, load(folder))
    before, after = bring_forward(store)
    store.close()
    invocation.answer(
        {"before": before, "after": after},
        lambda: [f"the store is at schema {after}, it was at {before or 'none'}"],
    )


@click.command()
@pass_invocation
def status(invocation: Invocation) -> None:
    """Show the register in force and every open request, the earliest deadline first.

    Example: govreg status
    """
    with invocation.engine() as engine:
        requests = engine.requests.list()
        zone = engine.parts.zone
        now = engine.parts.clock()
        version = engine.version
        rows = [
            (
                *(r.id, r.kind, r.law, r.state, due_words(r, zone)),
                "-" if r.clock == "still" else (r.due_at - now).days,
            )
            for r in requests
        ]
        invocation.answer(
            {
                "register": version.number if version else None,
                "open_requests": [
                    dict(zip(("id", "kind", "law", "state", "due", "days_left"), row, strict=True))
                    for row in rows
                ],
            },
            lambda: [
                f"register in force: version {version.number}, of {day(version.applied_at, zone)}"
                if version
                else "no register is in force yet: `govreg register apply`",
                f"open requests: {len(rows)}",
                *(
                    table(rows, ("request", "kind", "law", "state", "due", "days left"))
                    if rows
                    else ()
                ),
            ],
        )


@click.command()
@pass_invocation
def doctor(invocation: Invocation) -> int:
    """Check plugins, keys, store, overrides, signals, row maps and sources; say what is wrong.

    Example: govreg doctor
    """
    from govreg.runner.outbox import waiting

    with invocation.engine() as engine:
        found: list[tuple[str, str, str]] = [
            ("plugin", name, "loaded") for name in engine.plugins.loaded
        ]
        found += [
            ("plugin", name, f"failed:\n{trace}")
            for name, trace in engine.plugins.failures.items()
        ]
        found.append(
            ("keys", engine.settings.keys.provider, engine.parts.keys.provider.describe())
        )
        found += [
            ("override", name, f"failed: {words}")
            for name, words in engine.rules.unanswered.items()
        ]
        with engine.store.read() as connection:
            found += [
                ("hook", name, f"failed: {number} notices wait for it")
                for name, number in waiting(connection).items()
            ]
        found += _copies(engine)
        for name in engine.register.sources:
            try:
                with engine.parts.border.visit() as visit:
                    health = visit.session(name).check()
                found.append(("source", name, f"{health.product} {health.version}"))
            except GovregError as problem:
                found.append(("source", name, f"failed: {problem.message}"))
    failed = any(words.startswith(("failed", "finding")) for _, _, words in found)
    invocation.answer(
        [dict(zip(("part", "name", "state"), row, strict=True)) for row in found],
        lambda: table(found, ("part", "name", "state")),
    )
    return 1 if failed else 0


def _copies(engine: Engine) -> Iterator[tuple[str, str, str]]:
    """The mapping of signals, the row maps, and whoever has yet to leave the copies."""
    from govreg.consent.signals_file import NAME, load_mapping
    from govreg.subjects.leaving import waiting

    try:
        mapping = load_mapping(engine.workspace, engine.register.activities)
    except GovregError as problem:
        yield "signals", NAME, f"failed: {problem.message}"
    else:
        if mapping is not None:
            yield "signals", NAME, f"about {', '.join(sorted(mapping.activities))}"
    for one in engine.row_maps.states():
        words = "; ".join(one.findings)
        yield "row map", one.held.collection, f"finding: {words}" if words else "fresh"
    with engine.store.read() as connection:
        number = len(waiting(connection))
    if number:
        words = f"failed: {number} erased people have yet to leave: `govreg subject sync`"
        yield "copies", ".govreg/copies", words
