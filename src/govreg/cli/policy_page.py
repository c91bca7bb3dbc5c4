"""`govreg policy page`: a pack as a page to print and read."""

from __future__ import annotations

from pathlib import Path

import click

from govreg.cli.invocation import Invocation, pass_invocation

_METHOD, _README = "deidentification.yaml", "README.md"


@click.command()
@click.argument("pack")
@click.option("--html", "as_html", is_flag=True, help="As a page for a browser, ready to print.")
@click.option("--readme", help="Where the page links to the pack's README.")
@pass_invocation
def page(invocation: Invocation, pack: str, as_html: bool, readme: str | None) -> None:
    """Write a pack as a page: rights and clocks, gates, prohibitions, minimums, every rule.

    PACK is a pack's name, a folder with a `pack.yaml`, or a file of rules. The page is Markdown;
    with `--html` it prints from any browser.

    Example: govreg policy page gdpr --html > gdpr.html
    """
    from govreg.cli.policy_packs import packs_in_use, workspace_at
    from govreg.policy.deidentify_file import load_method
    from govreg.reports.pack_document import Pack, pack_document
    from govreg.reports.pack_method import method_section
    from govreg.reports.sheet import as_markdown, as_page

    packs = packs_in_use(workspace_at(invocation.workspace))
    chosen = packs.chosen(pack)
    beside = chosen.path.parent
    method = beside / _METHOD
    sheet = pack_document(
        Pack(
            written=chosen.written,
            rules=packs.rules(chosen),
            cases=chosen.cases(),
            readme=_text(beside / _README),
            further=(method_section(load_method(method)),) if method.is_file() else (),
        ),
        readme_link=readme,
    )
    click.echo(as_page(sheet) if as_html else as_markdown(sheet), nl=False)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
