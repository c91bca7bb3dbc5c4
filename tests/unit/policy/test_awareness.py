import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from govreg.errors import UsageProblem
from govreg.policy.awareness import Awareness, said_of_start, started
from govreg.policy.clock_rule import ClockRule

FRIDAY = dt.datetime(2026, 12, 4, 14, 30, tzinfo=dt.UTC)
EARLIER = FRIDAY - dt.timedelta(days=3)


def rule(rules, start):
    return replace(rules.rules["gdpr.access"], clock=ClockRule(n=72, unit="hour", start=start))


def known(known_at=FRIDAY, should_have_known_at=None, by="ciso"):
    return Awareness(known_at=known_at, should_have_known_at=should_have_known_at, attested_by=by)


def test_the_earlier_counts_where_the_rule_says_so(rules):
    assert started(rule(rules, "first_known"), known(FRIDAY, EARLIER)).at == EARLIER
    assert started(rule(rules, "first_known"), known(EARLIER, FRIDAY)).at == EARLIER
    assert started(rule(rules, "first_known"), known(None, EARLIER)).at == EARLIER
    assert started(rule(rules, "first_known"), known(FRIDAY, EARLIER)).findings == ()


def test_what_nobody_attests_is_said(rules):
    held = started(rule(rules, "first_known"), known(FRIDAY))
    assert held.at == FRIDAY
    assert held.findings == (
        "nobody attests `should_have_known_at`; where it is earlier, rule `gdpr.access` counts "
        "from it",
    )


def test_elsewhere_it_counts_from_when_it_was_known(rules):
    held = started(rule(rules, "known"), known(FRIDAY, EARLIER))
    assert held.at == FRIDAY
    assert held.findings == (
        "it should have been known earlier, on 2026-12-01T14:30:00+00:00; rule `gdpr.access` "
        "counts from when it was known",
    )
    assert started(rule(rules, "known"), known(FRIDAY, FRIDAY)).findings == ()
    assert started(rule(rules, "known"), known(EARLIER, FRIDAY)).findings == ()
    assert started(rule(rules, "known"), known(FRIDAY)).findings == ()


@pytest.mark.parametrize(
    ("start", "awareness", "words"),
    [
        ("known", known(None, EARLIER), "from `known_at`, which nobody attests"),
        ("first_known", known(None, None), "known, or should have been"),
        ("first_known", known(None, None), "attest `known_at`, `should_have_known_at` or both"),
        ("received", known(), "the clock of rule `gdpr.access` does not run from knowledge"),
    ],
)
def test_a_clock_that_cannot_start(rules, start, awareness, words):
    with pytest.raises(UsageProblem, match=words):
        started(rule(rules, start), awareness)


def test_a_named_person_attests_moments():
    with pytest.raises(UsageProblem, match="named person"):
        known(by=" ")
    with pytest.raises(UsageProblem, match="time zone"):
        known(dt.datetime(2026, 12, 4))
    with pytest.raises(UsageProblem, match="such as `2026-12-04T16:30"):
        known(FRIDAY, dt.datetime(2026, 12, 4))


@pytest.mark.parametrize("start", ["known", "first_known"])
def test_a_start_is_told_in_utc(rules, start):
    held = started(rule(rules, start), known(FRIDAY.astimezone(ZoneInfo("Europe/Helsinki"))))
    assert held.at == FRIDAY
    assert held.at.tzinfo is dt.UTC
    local = EARLIER.astimezone(ZoneInfo("Europe/Helsinki"))
    assert started(rule(rules, "first_known"), known(None, local)).at.tzinfo is dt.UTC
    assert "+00:00" in started(rule(rules, "known"), known(FRIDAY, local)).findings[0]


def test_what_a_bare_moment_is_taken_as(rules):
    assert said_of_start(rule(rules, "received")) == ()
    assert said_of_start(rule(rules, "known")) == (
        "rule `gdpr.access` counts from when it was known: the moment is taken as that",
    )
    assert said_of_start(rule(rules, "first_known")) == (
        "rule `gdpr.access` counts from when it was known or should have been, whichever is "
        "earlier: the moment is taken as that",
    )
