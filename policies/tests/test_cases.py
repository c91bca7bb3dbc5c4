"""Every pack's own cases: what it must answer, with the rules that answer it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from govreg.condition.closure import compiled
from govreg.condition.truth import Truth
from govreg.plugins import announced
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.calendars import calendar_for
from govreg.policy.clocks import due
from govreg.policy.evaluate import decide
from govreg.policy.facts import PRESUMED
from govreg.policy.files import load_books
from govreg.policy.minimum import keep_until
from govreg.yaml12 import plain, read, version_of

ON = dt.date(2026, 11, 25)
PACKS = announced().packs
RULES = load_books([folder / "pack.yaml" for folder in PACKS.values()])
ADOPTED = Adopted(
    adoptions={
        rule.id: Adoption(rule=rule.id, content_hash=rule.content_hash, by="dpo", on=ON)
        for rule in RULES.rules.values()
    }
)
EXCEPTIONS = {one.id: (rule, one) for rule in RULES.rules.values() for one in rule.unless}
DATES = {
    "legal_due",
    "internal_target",
    "confirm_due",
    "confirm_target",
    "extended_due",
    "extension_notice_by",
}
DEADLINE = DATES | {"note", "rule", "received", "calendar", "zone", "options", "readings"}
FILES = {name: read(folder / "cases.yaml") for name, folder in PACKS.items()}


def written(kind):
    return [
        pytest.param(case, id=f"{name}: {case['note']}")
        for name, document in FILES.items()
        for case in plain(document.data).get(kind, [])
    ]


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_has_cases_and_says_that_it_is_no_advice(name):
    assert version_of(FILES[name], "govreg_cases", 1) == 1
    assert set(FILES[name].data) <= {"govreg_cases", "cases", "deadlines", "minimums"}
    readme = (PACKS[name] / "README.md").read_text(encoding="utf-8")
    assert "engineering reference, not legal advice" in " ".join(readme.split())


@pytest.mark.parametrize("case", written("cases"))
def test_case(case):
    decision = decide(case["facts"], RULES, on=ON, adopted=ADOPTED)
    assert str(decision.outcome) == case["outcome"]
    assert [reason.rule for reason in decision.reasons if reason.rule] == case["rules"]
    assert set(case.get("obligations", [])) <= set(decision.obligations)


@pytest.mark.parametrize("case", written("cases"))
def test_a_case_that_names_an_exception_turns_on_it(case):
    """The prohibition would close, and this exception alone is what keeps it from closing."""
    facts = {**PRESUMED, **case["facts"], "decision.date": ON}
    for name in case.get("exceptions", []):
        rule, _ = EXCEPTIONS[name]
        assert compiled(rule.when)(facts) is Truth.TRUE
        true = [one.id for one in rule.unless if compiled(one.when)(facts) is Truth.TRUE]
        assert true == [name]


@pytest.mark.parametrize("case", written("cases"))
def test_a_case_that_names_a_duty_gets_what_it_asks(case):
    """A duty that nobody knows to be owed is done rather than forgotten."""
    decision = decide(case["facts"], RULES, on=ON, adopted=ADOPTED)
    facts = {**PRESUMED, **case["facts"], "decision.date": ON}
    for name in case.get("duties", []):
        rule = RULES.rules[name]
        assert rule.when is None or compiled(rule.when)(facts) is not Truth.FALSE
        assert set(rule.obligations) <= set(decision.obligations)
    for name in case.get("no_duties", []):
        assert not set(RULES.rules[name].obligations) & set(decision.obligations)


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_has_a_case(name):
    assert name in {
        named
        for parameters in written("cases")
        for case in parameters.values
        for named in case.get("exceptions", [])
    }


def received(case, zone):
    """A moment as it is written, or noon of a day."""
    held = case["received"]
    if isinstance(held, str):
        held = dt.datetime.fromisoformat(held)
    if isinstance(held, dt.datetime):
        assert held.tzinfo is not None, "a moment in a case names its zone"
        return held
    return dt.datetime.combine(held, dt.time(12), zone)


@pytest.mark.parametrize("case", written("deadlines"))
def test_deadline(case):
    """Noon in Helsinki with Finnish holidays, unless the case names another zone and place."""
    assert set(case) <= DEADLINE
    rule, zone = RULES.rules[case["rule"]], ZoneInfo(case.get("zone", "Europe/Helsinki"))
    held = due(
        rule,
        received(case, zone),
        zone=zone,
        calendar=calendar_for(RULES, case.get("calendar", "FI")),
        options=case.get("options", []),
    )
    for name in sorted(set(case) & DATES):
        moment, wanted = getattr(held, name), case[name]
        if wanted is None:
            assert moment is None, name
        elif isinstance(wanted, dt.datetime):
            assert moment == wanted, name
        else:
            assert moment.astimezone(zone).date() == wanted, name
    if "readings" in case:
        found = [
            {
                "about": one.about,
                "reading": one.name,
                "due": one.due.astimezone(zone).date(),
            }
            for one in held.readings
        ]
        assert found == case["readings"]


@pytest.mark.parametrize("place", RULES.holidays)
def test_what_a_pack_says_of_holidays_means_something(place):
    assert calendar_for(RULES, place).findings == ()


@pytest.mark.parametrize("case", written("minimums"))
def test_minimum(case):
    """Of one event, or of several dates by name."""
    rule, end = RULES.rules[case["rule"]], tuple(case.get("financial_year_end", (12, 31)))
    held = case["dates"] if "dates" in case else case["event"]
    assert keep_until(rule, held, financial_year_end=end) == case["keep_until"]


@pytest.mark.parametrize("rule", RULES.rules)
def test_every_rule_has_a_case(rule):
    named = {
        name
        for kind in ("cases", "deadlines", "minimums")
        for parameters in written(kind)
        for case in parameters.values
        for name in [*case.get("rules", []), *case.get("duties", []), case.get("rule")]
    }
    assert rule in named


@pytest.mark.parametrize("rule", RULES.rules.values(), ids=lambda rule: rule.id)
def test_every_rule_is_told_in_both_languages_and_cited(rule):
    assert set(rule.title) == set(rule.text) == {"en", "fi"}
    assert rule.citation
    assert rule.checked_on
