"""Of each family the latest event counts, whatever the order in which events are told."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.condition.truth import Truth
from govreg.consent.model import FAMILIES, Circumstance, EventKind, Family, Recorded
from govreg.consent.status import STANDS, Standing, fold, latest
from govreg.consent.validity import Counts

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FORM = Circumstance(law="gdpr", controller="Acme Oy")


def event(number, kind, *, activity="news", hours=0, until=None):
    return Recorded(
        number=number,
        subject="s",
        activity=activity,
        kind=EventKind(kind),
        at=START + dt.timedelta(hours=hours),
        until=until,
        received_at=START,
        circumstance=FORM,
        circumstance_id=1,
        batch=None,
        sealed=None,
    )


def counts(truth):
    return lambda _event, _guardian: Counts(truth=truth)


def stands(*events, hours=100, activity="news", truth=Truth.TRUE):
    at = START + dt.timedelta(hours=hours)
    return fold(events, "s", activity, at, counts(truth))


HELD = st.lists(
    st.builds(
        event,
        st.integers(1, 1000),
        st.sampled_from(list(EventKind)),
        activity=st.sampled_from(["news", "ads", "*"]),
        hours=st.integers(0, 5),
    ),
    max_size=12,
    unique_by=lambda one: one.number,
)


@given(HELD, st.integers(-1, 6), st.sampled_from(["news", "ads", "*"]), st.randoms())
def test_the_latest_of_each_family_counts_in_any_order(events, hours, activity, dice):
    at = START + dt.timedelta(hours=hours)
    wanted = {}
    for family in Family:
        of_it = [
            one
            for one in events
            if FAMILIES[one.kind] is family and one.at <= at and one.activity in {activity, "*"}
        ]
        if of_it:
            chosen = [one for one in of_it if one.kind is not EventKind.REQUESTED] or of_it
            wanted[family] = sorted(chosen, key=lambda one: (one.at, one.number))[-1]
    shuffled = list(events)
    dice.shuffle(shuffled)
    assert latest(shuffled, activity, at) == wanted


@given(HELD)
def test_what_does_not_stand_never_counts(events):
    status = stands(*events)
    assert status.consent in STANDS or status.counts is Truth.FALSE


@pytest.mark.parametrize("kind", list(EventKind))
def test_every_kind_is_of_a_family_and_says_something(kind):
    status = stands(event(1, kind))
    assert FAMILIES[kind] in Family
    changed = status.consent is not Standing.UNKNOWN or any(
        (
            status.guardian,
            status.objection,
            status.opted_out is not None,
            status.restricted,
            status.limits is not None,
        )
    )
    ends = {EventKind.OBJECTION_ENDED, EventKind.RESTRICTION_ENDED}
    assert changed is (kind not in ends)


def test_consent_is_withdrawn_renewed_and_ends():
    given_ = event(1, "given")
    assert stands(given_).consent is Standing.GIVEN
    assert stands(given_, event(2, "withdrawn", hours=1)).consent is Standing.WITHDRAWN
    again = event(3, "renewed", hours=2)
    assert stands(given_, event(2, "withdrawn", hours=1), again).consent is Standing.RENEWED
    end = START + dt.timedelta(hours=10)
    short = event(1, "given", until=end)
    assert stands(short, hours=9).consent is Standing.GIVEN
    assert stands(short, hours=10).consent is Standing.EXPIRED
    assert stands(short, hours=10).facts["person.consent"] == "expired"


def test_to_be_asked_again_ends_nothing():
    assert stands(event(1, "requested")).consent is Standing.REQUESTED
    assert stands(event(1, "given"), event(2, "requested", hours=1)).consent is Standing.GIVEN
    assert stands(event(1, "refused"), event(2, "requested", hours=1)).consent is Standing.REFUSED


def test_a_guardians_authorisation_ends_with_the_consent_that_it_was_for():
    allowed = event(2, "parent_authorised", hours=1)
    assert stands(event(1, "given"), allowed).guardian
    for kind in ("withdrawn", "revoked", "refused", "invalidated"):
        gone = event(3, kind, hours=2)
        again = event(4, "given", hours=3)
        assert not stands(event(1, "given"), allowed, gone, again).guardian
        assert stands(event(1, "given"), allowed, gone, hours=1).guardian
        anew = event(5, "parent_authorised", hours=4)
        assert stands(allowed, gone, again, anew).guardian
    assert not stands(allowed, event(3, "withdrawn", activity="*", hours=2)).guardian
    assert stands(allowed, event(3, "withdrawn", activity="ads", hours=2)).guardian


def test_what_is_about_everything_is_about_each_and_not_the_other_way_round():
    assert stands(event(1, "given"), event(2, "withdrawn", activity="*", hours=1)).consent is (
        Standing.WITHDRAWN
    )
    assert stands(event(1, "given"), activity="*").consent is Standing.UNKNOWN


def test_an_opt_out_is_no_consent_and_consent_no_opt_in():
    out = stands(event(1, "given"), event(2, "opted_out", activity="*"))
    assert (out.consent, out.opted_out) == (Standing.GIVEN, True)
    assert stands(event(1, "given")).opted_out is None
    back = stands(event(1, "opted_out"), event(2, "opted_in", hours=1))
    assert (back.opted_out, back.facts["person.opted_in"]) == (False, True)


def test_an_objection_stands_beside_consent_until_it_ends():
    objects = stands(event(1, "given"), event(2, "objected"))
    assert objects.facts["person.objection_pending"] is True
    upheld = stands(event(2, "objected"), event(3, "objection_upheld", hours=1))
    assert upheld.facts["person.objection_upheld"] is True
    assert upheld.facts["person.objection_pending"] is False
    over = stands(event(2, "objected"), event(3, "objection_ended", hours=1))
    assert over.objection is None
    assert over.facts["person.objects"] is False


def test_of_consent_and_an_authorisation_the_later_decides():
    both = [event(1, "given"), event(2, "authorisation_revoked", hours=1)]
    assert stands(*both).consent is Standing.WITHDRAWN
    assert stands(*both, event(3, "given", hours=2)).consent is Standing.GIVEN


@pytest.mark.parametrize(
    ("truth", "words"),
    [
        (Truth.TRUE, "consent was given and stands"),
        (Truth.FALSE, "consent was given and stands, but does not count"),
        (Truth.UNKNOWN, "consent was given and stands, but whether it counts is not known"),
    ],
)
def test_the_reason_says_whether_it_counts(truth, words):
    status = stands(event(1, "given"), truth=truth)
    assert (status.reason, status.counts) == (words, truth)
