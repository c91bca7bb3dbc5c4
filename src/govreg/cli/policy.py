"""`govreg policy explain | adopt | deadline`; the other commands lie in files beside it."""

from __future__ import annotations

import click

from govreg.cli import policy_diff, policy_list, policy_page, policy_try
from govreg.cli.group import Commands
from govreg.cli.invocation import Invocation, pass_invocation
from govreg.cli.policy_adopt import adopt, adopted_words
from govreg.cli.policy_list import override_words
from govreg.errors import NotFound, UsageProblem


@click.group(cls=Commands)
def policy() -> None:
    """Rules of law as data, and who adopted them."""


policy.add_command(policy_list.list_)


@policy.command()
@click.argument("rule_id")
@pass_invocation
def explain(invocation: Invocation, rule_id: str) -> None:
    """Say what a rule says, where it stands, how sure that is, and which cases exercise it.

    Example: govreg policy explain fi.accounting.voucher
    """
    from govreg.requests.overrides import override_data

    with invocation.engine() as engine:
        rule = engine.rules.get(rule_id)
        if rule is None:
            raise NotFound(
                f"there is no rule `{rule_id}`", "`govreg policy list --pack PACK` shows them"
            )
        adopted = engine.parts.adopted
        held, earlier = adopted.adoptions.get(rule_id), adopted.earlier(rule)
        by = adopted.by(rule)
        book = engine.rules
        replaced = book.replaced
        override = replaced.get(rule_id) or rule.overrides
        counts = override is not None and override.rule in replaced
        cases = policy_try.cases_of(rule)
    invocation.answer(
        {
            "rule": rule.id,
            "title": rule.title,
            "text": rule.text,
            "citation": rule.citation,
            "confidence": rule.confidence,
            "checked_on": rule.checked_on,
            "adopted_by": by,
            "adopted_on": held.on if held and by else None,
            "adopted_as": held.read if held and by else None,
            "earlier_wording": {"by": earlier.by, "on": earlier.on} if earlier else None,
            "hash": rule.content_hash,
            "overrides": {**override_data(override), "adopted": counts} if override else None,
            "finding": book.unanswered.get(rule.id),
            "cases": cases,
        },
        lambda: [
            f"{rule.id}: {rule.title.get('en', rule.id)}",
            *(f"  {language}: {text}" for language, text in rule.text.items()),
            f"  source: {', '.join(rule.citation)}",
            f"  confidence: {rule.confidence}, checked on {rule.checked_on}",
            f"  adopted by: {adopted_words(adopted, rule)}"
            + ("" if by else "; it may retain or ask, and nothing more"),
            *(f"  {words}" for words in (override_words(override, book) if override else ())),
            *([f"  note: {rule.note}"] if rule.note else []),
            *(f"  case: {note}" for note in cases),
        ],
    )


@policy.command()
@click.argument("rule_id")
@click.option(
    "--received",
    required=True,
    help="When the request came, or when it was known: a day, or a moment with its zone.",
)
@click.option(
    "--calendar",
    help="Where the answer is given: a country or state whose public holidays count, such as FI "
    "or US-CA. Default: the workspace's country.",
)
@click.option("--reading", "options", multiple=True, help="Take another reading of the law.")
@pass_invocation
def deadline(
    invocation: Invocation,
    rule_id: str,
    received: str,
    calendar: str | None,
    options: tuple[str, ...],
) -> int:
    """Say by when an answer is due, and how else the law may be read.

    Exit code 1 when the rule was not in force, or its public holidays are not known.

    Example: govreg policy deadline gdpr.access --received 2026-03-05
    """
    from govreg.cli.deadline_words import deadline_answer, deadline_words, received_at
    from govreg.policy.awareness import said_of_start
    from govreg.policy.calendars import calendar_for, has_calendar, places_in
    from govreg.policy.clocks import due, said_of_place

    with invocation.engine() as engine:
        rule = engine.rules.speaking(rule_id, engine.parts.today())
        if rule is None:
            raise NotFound(
                f"there is no rule `{rule_id}`", "`govreg policy list --pack PACK` shows them"
            )
        if calendar is not None and not has_calendar(engine.rules, calendar):
            states = places_in(calendar[:2])
            raise UsageProblem(
                "nothing is known of the public holidays of this place",
                "write a country as two capital letters (ISO 3166), such as `--calendar FI`, and "
                "a state of it such as `US-CA`",
                f"states known here: {', '.join(states)}" if states else "",
            )
        zone = engine.parts.zone
        moment = received_at(rule, received, zone)
        place = calendar or engine.settings.country
        days = calendar_for(engine.rules, place)
        held = due(rule, moment, zone=zone, calendar=days, options=options)
    place_said = () if calendar else said_of_place(rule, place)
    overriding = [rule.overrides.words] if rule.overrides else []
    findings = (*overriding, *held.findings, *place_said, *said_of_start(rule))
    invocation.answer(
        deadline_answer(rule, held, findings, zone),
        lambda: deadline_words(rule, held, findings, zone),
    )
    return 1 if held.findings else 0


policy.add_command(adopt)
policy.add_command(policy_try.decide)
policy.add_command(policy_try.test)
policy.add_command(policy_diff.diff)
policy.add_command(policy_page.page)
