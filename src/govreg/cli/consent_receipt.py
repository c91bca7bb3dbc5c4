"""`govreg consent receipt`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from govreg.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from govreg.choices.receipts import Issued


@click.command()
@click.option("--subject", required=True, help="The person's id, such as sub_7t0m3k9x2c4v8q1z.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="A new folder."
)
@click.option("--language", help="Of the page, such as fi. Default: the first of `languages`.")
@pass_invocation
def receipt(invocation: Invocation, subject: str, output: Path, language: str | None) -> None:
    """Write a person's receipt: what they chose, when and how, and what stands now.

    For people as a page, for programs as a record after ISO/IEC TS 27560 and as receipts of
    Kantara's form.

    Example: govreg consent receipt --subject sub_7t0m3k9x2c4v8q1z -o receipt
    """
    from govreg.choices.receipts import issue_receipt

    with invocation.engine() as engine:
        issued = issue_receipt(
            engine.parts, subject, output, language=language, actor=invocation.actor
        )
    invocation.answer(
        {
            "receipt": issued.number,
            "subject": issued.subject,
            "folder": issued.folder,
            "activities": issued.activities,
            "events": issued.events,
            "kantara": issued.kantara,
            "left_out": [
                {"activity": gap.activity, "field": gap.field, "where": gap.where}
                for gap in issued.gaps
            ],
            "altered_notices": issued.altered,
        },
        lambda: _words(issued),
    )


def _words(issued: Issued) -> Iterator[str]:
    yield f"receipt {issued.number} of {issued.subject}: open {issued.folder / 'index.html'}"
    yield f"{issued.events} choices about {issued.activities} activities"
    for gap in issued.gaps:
        yield f"left out of {gap.activity}: {gap.field}; say {gap.where}"
    for notice in issued.altered:
        yield f"notice {notice}: what is published is not what a choice was made under"
