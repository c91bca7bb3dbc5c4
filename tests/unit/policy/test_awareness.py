import datetime as dt
from dataclasses import replace

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
    assert "nobody attests `should_have_known_at`" in held.findings[0]


def test_elsewhere_it_counts_from_when_it_was_known(rules):
    held = started(rule(rules, "known"), known(FRIDAY, EARLIER))
    assert held.at == FRIDAY
    assert "it should have been known earlier" in held.findings[0]
    assert started(rule(rules, "known"), known(EARLIER, FRIDAY)).findings == ()
    assert started(rule(rules, "known"), known(FRIDAY)).findings == ()


@pytest.mark.parametrize(
    ("start", "awareness", "words"),
    [
        ("known", known(None, EARLIER), "which nobody attests"),
        ("first_known", known(None, None), "known, or should have been"),
        ("received", known(), "does not run from knowledge"),
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


def test_what_a_bare_moment_is_taken_as(rules):
    assert said_of_start(rule(rules, "received")) == ()
    assert "from when it was known" in said_of_start(rule(rules, "known"))[0]
    assert "whichever is earlier" in said_of_start(rule(rules, "first_known"))[0]
