"""`govreg policy decide | test`: ask the rules, and try them on their cases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govreg.cli.files import text_of
from govreg.cli.invocation import Invocation, pass_invocation
from govreg.errors import ConfigurationProblem, NotFound, UsageProblem

if TYPE_CHECKING:
    from govreg.policy.assessment import Assessment
    from govreg.policy.outcome import Decision
    from govreg.policy.rule import Rule, RuleBook


@click.command()
@click.option(
    "--question",
    required=True,
    type=click.Path(path_type=Path),
    help="A JSON file with `facts`, and `items` where several are asked about.",
)
@click.option("--as-adopted", is_flag=True, help="As if every rule were adopted: a what-if.")
@pass_invocation
def decide(invocation: Invocation, question: Path, as_adopted: bool) -> int:
    """Ask whether something may be done. Exit code 1 when it may not, or a person must say.

    What `[organisation]` in `govreg.toml` says need not be repeated.

    Example: govreg policy decide --question question.json
    """
    from govreg.policy.cases import everything_adopted
    from govreg.policy.evaluate import decide as decided
    from govreg.policy.evaluate import decide_each
    from govreg.policy.own import with_overrides
    from govreg.requests.facts import organisation_facts

    facts, items = _asked(text_of(question))
    with invocation.engine() as engine:
        on = engine.parts.today()
        adopted, rules = engine.parts.adopted, engine.rules
        if as_adopted:
            adopted = everything_adopted(rules, on)
            rules = with_overrides(rules, adopted)
        facts = {**organisation_facts(engine.settings), **facts}
        if items is None:
            found = decided(facts, rules, on=on, adopted=adopted)
        else:
            found = decide_each(facts, items, rules, on=on, adopted=adopted)
    invocation.answer(decision_answer(found), lambda: list(_words(found)))
    return 0 if found.outcome in {"allow", "not_applicable"} else 1


def _asked(text: str) -> tuple[dict[str, Any], list[dict[str, Any]] | None]:
    try:
        held = json.loads(text)
    except ValueError:
        raise UsageProblem("the question is no JSON") from None
    held = held if isinstance(held, dict) else {}
    facts: Any = held.get("facts")
    items: Any = held.get("items")
    each = items is None or (
        isinstance(items, list) and items and all(isinstance(one, dict) for one in items)
    )
    if not isinstance(facts, dict) or not each or not held.keys() <= {"facts", "items"}:
        raise UsageProblem(
            "a question is an object with `facts`, and with `items` where several are meant",
            'such as {"facts": {"request.act": "process", "activity.basis": "gdpr.6.1.b"}}',
        )
    facts = {**facts}
    _known(facts)
    for item in items or ():
        _known(item)
    return facts, items


def _known(facts: dict[str, Any]) -> None:
    """Refuse names that are no facts; a date is written as text."""
    import datetime as dt

    from govreg.policy.assessment import PREFIX
    from govreg.policy.country import country_of
    from govreg.policy.fact import FactKind
    from govreg.policy.facts import FACTS
    from govreg.validation import suggestion

    for name, value in facts.items():
        fact = FACTS.get(name)
        if fact is None:
            raise UsageProblem(f"there is no fact `{name}`", suggestion(name, sorted(FACTS)))
        if name.startswith(PREFIX):
            facts[name] = _judgement(name, value, fact.values or ())
        if name.endswith((".country", ".state")) and country_of(str(value)) is None:
            raise UsageProblem(f"`{name}` is a place such as `FI` or `US-CA`, by ISO 3166")
        if fact.kind is FactKind.DATE and isinstance(value, str):
            try:
                facts[name] = dt.date.fromisoformat(value)
            except ValueError:
                raise UsageProblem(f"`{name}` is a day such as 2026-03-05") from None


def _judgement(name: str, value: object, outcomes: Sequence[str]) -> Assessment:
    from govreg.policy.assessment import assessment_of

    try:
        held = assessment_of(value if isinstance(value, dict) else {})
    except ValueError:
        held = None
    if held is None or held.outcome not in outcomes:
        raise UsageProblem(
            f"`{name}` is a judgement: it has an outcome, an author, a day and a validity",
            f'write {{"outcome": "{outcomes[0]}", "by": "dpo", "on": "2026-11-25", '
            '"until": "2027-05-31"}',
            f"outcomes: {', '.join(outcomes)}",
        )
    return held


def decision_answer(found: Decision) -> dict[str, Any]:
    """A decision as JSON."""
    from govreg.requests.overrides import override_data

    held: dict[str, Any] = {
        "outcome": found.outcome,
        "reasons": [
            {
                "rule": reason.rule,
                "cite": list(reason.cite),
                "text": reason.text,
                "confidence": reason.confidence,
                "adopted": reason.adopted,
            }
            for reason in found.reasons
        ],
        "obligations": list(found.obligations),
        "unknown_facts": list(found.unknown_facts),
        "overrides": [override_data(one) for one in found.overrides],
    }
    if found.law:
        held["law"] = found.law
    if found.regimes:
        held["regimes"] = [decision_answer(one) for one in found.regimes]
    if found.items:
        held["items"] = [decision_answer(one) for one in found.items]
    return held


def _words(found: Decision, lead: str = "") -> Iterator[str]:
    law = f" under {found.law}" if found.law else ""
    yield f"{lead}{found.outcome.replace('_', ' ')}{law}"
    for reason in found.reasons:
        rule = f"{reason.rule}: " if reason.rule else ""
        cite = f" ({', '.join(reason.cite)})" if reason.cite else ""
        sure = f" [confidence {reason.confidence}]" if reason.confidence else ""
        yield f"{lead}  {rule}{reason.text}{cite}{sure}"
    if found.obligations:
        yield f"{lead}  then: {', '.join(found.obligations)}"
    if found.unknown_facts:
        yield f"{lead}  not known: {', '.join(found.unknown_facts)}"
    yield from (f"{lead}  OVERRIDE: {one.words}" for one in found.overrides)
    for one in found.regimes:
        yield from _words(one, f"{lead}  ")
    for number, one in enumerate(found.items, 1):
        yield f"{lead}item {number}:"
        yield from _words(one, f"{lead}  ")


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@pass_invocation
def test(invocation: Invocation, path: Path | None) -> int:
    """Try the rules on their cases: those of the packs, of the workspace, or of one file.

    Exit code 1 when a case comes out otherwise than it says, or a rule has none.

    Example: govreg policy test
    """
    from govreg.plugins import announced
    from govreg.policy.cases import read_cases, tried, without_case
    from govreg.yaml12 import files_in

    with invocation.engine() as engine:
        packs = [folder / "cases.yaml" for _, folder in sorted(announced().packs.items())]
        if path is None:
            own = engine.workspace / "policies"
            files = [*packs, *(f for f in files_in(own) if f.name.endswith(".cases.yaml"))]
        else:
            files = [path / "cases.yaml" if path.is_dir() else path]
        for file in files:
            if not file.is_file():
                raise NotFound(f"there is no file `{file}`")
        cases = [case for file in files for case in read_cases(file)]
        on = engine.parts.today()
        of_packs = [case for case in cases if case.file in packs]
        results = [
            *tried(of_packs, _of_packs(engine.rules), on=on),
            *tried([case for case in cases if case.file not in packs], engine.rules, on=on),
        ]
        bare = without_case(engine.rules.rules.values(), cases) if path is None else ()
    wrong: list[Mapping[str, Any]] = [
        {
            "file": str(one.written.file),
            "line": one.written.line,
            "note": one.written.case.note,
            "wrong": list(one.wrong),
        }
        for one in results
        if one.wrong
    ]
    invocation.answer(
        {"cases": len(results), "wrong": wrong, "without_case": list(bare)},
        lambda: [
            *(f"{w['file']}:{w['line']}: {w['note']}: {'; '.join(w['wrong'])}" for w in wrong),
            *(f"no case exercises `{name}`" for name in bare),
            f"{len(results)} cases, {len(wrong)} come out otherwise than they say",
        ],
    )
    return 1 if wrong or bare else 0


def _of_packs(rules: RuleBook) -> RuleBook:
    """The installed packs' rules, with what they choose themselves of the ranges that they leave.

    Where one leaves a range open, with what the organisation chose: else it says nothing.
    """
    from govreg.plugins import announced
    from govreg.policy.files import load_books
    from govreg.policy.own import of_packs_alone
    from govreg.policy.pack_cache import user_folder

    packs = [folder / "pack.yaml" for _, folder in sorted(announced().packs.items())]
    try:
        return load_books(packs, cache=user_folder())
    except ConfigurationProblem:
        return of_packs_alone(rules)


def cases_of(rule: Rule) -> list[str]:
    """What the cases of a rule's pack say of it and of its exceptions; nothing without a pack."""
    from govreg.plugins import announced
    from govreg.policy.cases import names_of, read_cases

    folder = announced().packs.get(rule.pack)
    if folder is None:
        return []
    names = {rule.id, *(one.id for one in rule.unless)}
    cases = read_cases(folder / "cases.yaml")
    return [one.case.note for one in cases if names & set(names_of(one.case))]
