from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.policy.assessment import Assessment, assessment_of, settled
from govreg.policy.evaluate import decide
from govreg.policy.outcome import Outcome

ON = dt.date(2026, 11, 25)
DAY = dt.timedelta(days=1)
ASKED = {
    "request.law": "gdpr",
    "request.act": "erase",
    "activity.basis": "gdpr.6.1.a",
    "person.consent_withdrawn": True,
    "item.legal_hold": False,
    "request.excessive_claimed": True,
}
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1))


def judged(**changes):
    held = {"outcome": "no", "by": "dpo", "on": ON - DAY, "until": ON, **changes}
    return {**ASKED, "assessment.excessive": Assessment(**held)}


@given(made=DAYS, length=st.integers(0, 4000), on=DAYS)
def test_a_judgement_counts_on_its_days_and_is_unknown_on_any_other(
    rules, adopted, made, length, on
):
    until = made + length * DAY
    question = judged(on=made, until=until)
    holds = made <= on <= until
    plain = {**ASKED, "assessment.excessive": "no" if holds else None}
    found = decide(question, rules, on=on, adopted=adopted)
    wanted = decide(plain, rules, on=on, adopted=adopted)
    assert found.outcome is wanted.outcome
    assert found.unknown_facts == wanted.unknown_facts
    assert set(wanted.reasons) <= set(found.reasons)


def test_past_its_validity_the_reason_says_so(rules, adopted):
    assert decide(judged(), rules, on=ON, adopted=adopted).outcome is Outcome.ALLOW
    late = decide(judged(), rules, on=ON + DAY, adopted=adopted)
    assert late.outcome is Outcome.NEEDS_HUMAN
    assert late.unknown_facts == ("assessment.excessive",)
    assert late.reasons[-1].text == (
        "`assessment.excessive`, judged by dpo on 2026-11-24, holds until 2026-11-25 only: it "
        "counts as not known until somebody judges anew"
    )


def test_one_that_no_rule_asks_for_is_not_spoken_of(rules, adopted):
    question = {**judged(), "request.excessive_claimed": False}
    found = decide(question, rules, on=ON + DAY, adopted=adopted)
    assert found.outcome is Outcome.ALLOW
    assert all("judged by" not in reason.text for reason in found.reasons)


def test_every_law_says_it_of_its_own_answer(rules, adopted):
    question = {name: held for name, held in judged().items() if name != "request.law"}
    found = decide(question, rules, on=ON + DAY, adopted=adopted)
    (gdpr,) = [one for one in found.regimes if one.law == "gdpr"]
    assert "assessment.excessive" in gdpr.unknown_facts
    assert any("judged by dpo" in reason.text for reason in gdpr.reasons)


def test_plain_data_and_back():
    held = Assessment(outcome="yes", by="dpo", on=ON, until=ON + DAY)
    assert assessment_of(held.data()) == held


@pytest.mark.parametrize(
    "changes",
    [
        {"by": ""},
        {"on": "yesterday"},
        {"until": "2026-11-24"},
        {"outcome": None},
        {"more": "x"},
    ],
)
def test_what_is_no_judgement_is_refused(changes):
    held = Assessment(outcome="yes", by="dpo", on=ON, until=ON).data()
    with pytest.raises(ValueError, match=r".+"):
        assessment_of({**held, **changes})


def test_a_judgement_may_hold_for_one_day():
    held = Assessment(outcome="yes", by="dpo", on=ON, until=ON)
    assert [held.holds(ON + days * DAY) for days in (-1, 0, 1)] == [False, True, False]
    assert assessment_of(held.data()) == held
    assert held.data() == {
        "outcome": "yes",
        "by": "dpo",
        "on": "2026-11-25",
        "until": "2026-11-25",
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outcome": ""}, "not the keys of an assessment"),
        ({"more": "x"}, "not the keys of an assessment"),
        ({"until": "2026-11-24"}, "it ends before it begins"),
    ],
)
def test_what_is_wrong_with_a_judgement_is_said(changes, words):
    held = Assessment(outcome="yes", by="dpo", on=ON, until=ON).data()
    with pytest.raises(ValueError, match=f"^{words}$"):
        assessment_of({**held, **changes})
    with pytest.raises(ValueError, match="keys"):
        assessment_of({name: value for name, value in held.items() if name != "by"})


def test_facts_are_settled_by_the_judgements_that_hold():
    holds = Assessment(outcome="yes", by="dpo", on=ON, until=ON)
    lapsed = Assessment(outcome="no", by="dpo", on=ON, until=ON - DAY)
    plain = {"a": True, "b": None}
    assert settled(plain, ON) == (plain, {})
    assert settled({**plain, "assessment.x": holds, "assessment.y": lapsed}, ON) == (
        {**plain, "assessment.x": "yes", "assessment.y": None},
        {"assessment.y": lapsed},
    )
    assert settled({"assessment.x": holds}, ON) == ({"assessment.x": "yes"}, {})
