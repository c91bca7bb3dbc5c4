"""`govreg policy diff`: what a changed pack would change, before it is put in place."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from govreg.cli.invocation import Invocation, pass_invocation
from govreg.errors import UsageProblem

if TYPE_CHECKING:
    from govreg.cli.policy_packs import Chosen
    from govreg.cli.policy_what_if import Around, WhatIf


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--on",
    help="The day that rules must be in force on, and end dates are counted from. Default: today.",
)
@pass_invocation
def diff(invocation: Invocation, old: str, new: str, on: str | None) -> int:
    """Show what a changed pack would change: rules, recorded cases, dates. Changes nothing.

    OLD and NEW are packs: a name (`gdpr`), a name with its version (`gdpr@2026.11`), a folder
    with a `pack.yaml`, or a file of rules. In a workspace it also shows which fields of the
    register in force would be kept until another day. Exit code 1 when anything differs.

    Example: govreg policy diff gdpr ./drafts/gdpr
    """
    from govreg.cli.policy_diff_words import diff_words
    from govreg.cli.policy_what_if import diff_answer

    around = _around(invocation, _day(on))
    found = _compared(around.packs.chosen(old), around.packs.chosen(new), around)
    invocation.answer(diff_answer(found), lambda: diff_words(found))
    return 1 if found else 0


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageProblem("`--on` is a day such as 2026-03-05") from None


def _around(invocation: Invocation, on: dt.date | None) -> Around:
    """The workspace; where none was named and none is here, the installed packs alone."""
    from govreg.cli.policy_packs import packs_in_use, workspace_at
    from govreg.cli.policy_what_if import Around
    from govreg.clock import system_clock
    from govreg.policy.cases import read_cases
    from govreg.register.kept import kept_fields
    from govreg.yaml12 import files_in

    folder = workspace_at(invocation.workspace)
    packs = packs_in_use(folder)
    if folder is None:
        return Around(packs=packs, on=on or system_clock().date())
    with invocation.engine() as engine:
        month, day = engine.settings.financial_year.end.split("-")
        return Around(
            packs=packs,
            on=on or engine.parts.today(),
            cases=tuple(
                case
                for file in files_in(folder / "policies")
                if file.name.endswith(".cases.yaml")
                for case in read_cases(file)
            ),
            adopted=engine.parts.adopted,
            register=engine.version.number if engine.version else None,
            fields=kept_fields(engine.register),
            year_end=(int(month), int(day)),
            people=frozenset(engine.settings.people),
            today=engine.parts.today(),
            workspace=True,
        )


def _compared(old: Chosen, new: Chosen, around: Around) -> WhatIf:
    from govreg.cli.policy_what_if import WhatIf
    from govreg.policy.adopt import NOTHING_ADOPTED
    from govreg.policy.diff import pack_diff
    from govreg.policy.diff_cases import dates_that_differ, decisions_that_differ, same_once
    from govreg.policy.diff_ends import ends_that_differ
    from govreg.policy.own import answered, with_overrides

    before = answered(around.packs.rules(old, new), around.people, around.today)
    after = answered(around.packs.rules(new, old), around.people, around.today)
    adopted = around.adopted or NOTHING_ADOPTED
    cases = same_once([*around.cases, *old.cases(), *new.cases()])
    return WhatIf(
        old=old,
        new=new,
        around=around,
        rules=pack_diff(old.written, new.written, before, after),
        cases=len(cases),
        decisions=tuple(decisions_that_differ(cases, before, after, on=around.on)),
        dates=tuple(dates_that_differ(cases, before, after)),
        ends=tuple(
            ends_that_differ(
                around.fields,
                with_overrides(before, adopted),
                with_overrides(after, adopted),
                on=around.on,
                financial_year_end=around.year_end,
            )
        ),
    )
