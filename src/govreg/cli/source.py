"""`govreg source add | check | discover | list | import-fides`."""

from __future__ import annotations

from pathlib import Path

import click

from govreg.cli.group import Commands
from govreg.cli.invocation import Invocation, pass_invocation, table
from govreg.errors import NotFound, UsageProblem


@click.group(cls=Commands)
def source() -> None:
    """Connected systems."""


@source.command()
@click.argument("name")
@click.option("--connector", required=True, help="`sql`, `files`, or another that is installed.")
@click.option("--url", help="For `sql`: a URL without a password, or `env:NAME`.")
@click.option("--path", help="For `files`: a folder, or one file.")
@click.option("--title", help="What people call it.")
@click.option("--owner", default="to be named", help="Who is answerable for it.")
@pass_invocation
def add(
    invocation: Invocation,
    name: str,
    connector: str,
    url: str | None,
    path: str | None,
    title: str | None,
    owner: str,
) -> None:
    """Write a source file for NAME; nothing is read from the source yet.

    Example: govreg source add shop --connector sql --url sqlite:///data/shop.db
    """
    from govreg.plugins import announced
    from govreg.register.files import source_of
    from govreg.settings import find_workspace
    from govreg.validation import suggestion
    from govreg.yaml12 import new, write

    folder = find_workspace(invocation.workspace)
    target = folder / "sources" / f"{name}.yaml"
    known = sorted(announced().connectors)
    if connector not in known:
        raise UsageProblem(f"there is no connector `{connector}`", suggestion(connector, known))
    config = {key: value for key, value in (("url", url), ("path", path)) if value is not None}
    document = new(
        target,
        {
            "govreg_source": 1,
            "source": name,
            "title": title or name,
            "connector": connector,
            "config": config,
            "owner": owner,
            "collections": {},
        },
    )
    source_of(document)  # refused before anything is written
    if target.exists():
        raise UsageProblem(f"`{target}` is there already")
    write(document)
    invocation.answer(
        {"file": str(target)},
        lambda: [f"wrote {target}", f"next: govreg source discover {name}"],
    )


@source.command("list")
@pass_invocation
def list_(invocation: Invocation) -> None:
    """List the sources that the files declare.

    Example: govreg source list
    """
    from govreg.register.files import load_register
    from govreg.settings import find_workspace

    register = load_register(find_workspace(invocation.workspace))
    rows = [
        (s.name, s.connector, s.title, len(s.collections), s.owner)
        for s in register.sources.values()
    ]
    head = ("source", "connector", "title", "collections", "owner")
    invocation.answer(
        [dict(zip(head, row, strict=True)) for row in rows], lambda: table(rows, head)
    )


@source.command()
@click.argument("name")
@pass_invocation
def check(invocation: Invocation, name: str) -> None:
    """Reach a source and say what is there.

    Example: govreg source check shop
    """
    border = invocation.border()
    if name not in border.register.sources:
        raise NotFound(f"there is no source `{name}`", "`govreg source list` shows them")
    with border.visit() as visit:
        health = visit.session(name).check()
        catalogue = visit.catalogue(name)
    rows = [
        (c.name, len(c.columns), ", ".join(c.key) or "none", "; ".join(c.notes))
        for c in catalogue.collections.values()
    ]
    rows += [
        (place, 0, "-", f"not readable: {code}") for place, code in catalogue.unreadable.items()
    ]
    head = ("collection", "columns", "key", "notes")
    invocation.answer(
        {"product": health.product, "version": health.version, "collections": rows},
        lambda: [f"{health.product} {health.version}", *table(rows, head)],
    )


@source.command()
@click.argument("name")
@click.option("--activity", "activities", multiple=True, help="What new collections are used for.")
@pass_invocation
def discover(invocation: Invocation, name: str, activities: tuple[str, ...]) -> None:
    """Propose category, identifier, key and links for every column, with the reason.

    Writes what is missing into the source's file. What stands there already, comments too, stays.

    Example: govreg source discover shop
    """
    from govreg.passes.discover import discover as propose
    from govreg.register.merge import merge_source
    from govreg.register.proposal import used_for
    from govreg.yaml12 import read, write

    border = invocation.border()
    held = border.register.sources.get(name)
    if held is None or held.file is None:
        raise NotFound(f"there is no source `{name}`", "`govreg source list` shows them")
    path = Path(held.file)
    for activity in activities:
        if activity not in border.register.activities:
            raise NotFound(f"there is no activity `{activity}`", "`govreg activity add` makes one")
    proposal = used_for(propose(border, name), activities)
    document = merge_source(read(path), proposal, path)
    write(document)
    fields = [(c.name, f) for c in proposal.collections for f in c.fields]
    rows = [
        (c, f.name, f.category or "unclassified", f.identifier or "", f.reason) for c, f in fields
    ]
    open_ones = sum(f.category is None for _, f in fields)
    known = {(c.name, name) for c in held.collections.values() for name in c.fields}
    added = sum((c, f.name) not in known for c, f in fields)
    invocation.answer(
        [
            dict(zip(("collection", "field", "category", "identifier", "reason"), r, strict=True))
            for r in rows
        ],
        lambda: [
            *table(rows, ("collection", "field", "category", "identifier", "reason")),
            *(f"note: {note}" for note in proposal.notes),
            f"wrote {path}: {added} new of {len(fields)} fields, {open_ones} not classified",
            "next: read the file, correct it, then `govreg register check`",
        ],
    )


@source.command("import-fides")
@click.argument("file", type=click.Path(path_type=Path))
@pass_invocation
def import_fides(invocation: Invocation, file: Path) -> None:
    """Turn a Fides Dataset YAML into source files; what cannot be mapped is said.

    Example: govreg source import-fides dataset.yml
    """
    from govreg.register.fides import read_fides
    from govreg.register.merge import merge_source
    from govreg.settings import find_workspace
    from govreg.yaml12 import read, write

    folder = find_workspace(invocation.workspace)
    proposals, notes = read_fides(file)
    written = []
    for proposal in proposals:
        path = folder / "sources" / f"{proposal.name}.yaml"
        write(merge_source(read(path) if path.exists() else None, proposal, path))
        written.append(str(path))
    invocation.answer(
        {"files": written, "notes": list(notes)},
        lambda: [*(f"wrote {path}" for path in written), *(f"note: {note}" for note in notes)],
    )
