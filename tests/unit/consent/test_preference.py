"""How a person wants to be reached closes a channel, and is never consent."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from tests.journeys.workspace import GONE, erased
from tests.unit.choices.world import NOW, WHO, Ticking, given, shop

from govreg.consent.model import Channel
from govreg.consent.preference import Preference, facts_of
from govreg.consent.status import Standing
from govreg.consent.tables import consent_preference
from govreg.errors import NotFound, Refused, UsageProblem

HELSINKI = ZoneInfo("Europe/Helsinki")


def wants(wanted=None, hours=None, channel=Channel.PHONE, language=None, at=NOW):
    return Preference(
        channel=channel, wanted=wanted, hours=hours, language=language, at=at, origin="desk"
    )


@pytest.mark.parametrize(
    ("wanted", "hours", "local", "reachable"),
    [
        (None, None, 12, None),
        (True, None, 12, True),
        (False, None, 12, False),
        (False, "08:00-18:00", 12, False),
        (True, "08:00-18:00", 8, True),
        (True, "08:00-18:00", 18, False),
        (True, "22:00-06:00", 23, True),
        (True, "22:00-06:00", 5, True),
        (True, "22:00-06:00", 6, False),
        (None, "08:00-18:00", 20, False),
        (None, "08:00-18:00", 12, None),
    ],
)
def test_when_somebody_may_be_reached(wanted, hours, local, reachable):
    moment = dt.datetime(2026, 7, 1, local, tzinfo=HELSINKI).astimezone(dt.UTC)
    assert wants(wanted, hours).reachable(moment, HELSINKI) is reachable


@pytest.mark.parametrize("hours", ["8-18", "08:00", "24:00-06:00", "08:00-18:60"])
def test_hours_have_a_form(hours):
    with pytest.raises(UsageProblem, match="08:00-18:00"):
        wants(hours=hours)


def test_a_language_has_a_form():
    with pytest.raises(UsageProblem, match="tag"):
        wants(language="Finnish please")


def test_only_a_refusal_and_a_wish_are_facts_and_neither_is_consent():
    held = {Channel.PHONE: wants(wanted=False), Channel.EMAIL: wants(wanted=True)}
    assert facts_of(held, Channel.PHONE) == {"person.opted_out_of_contact": True}
    assert facts_of(held, Channel.EMAIL) == {"person.opted_out_of_contact": False}
    assert facts_of(held, Channel.SMS) == {}
    assert facts_of({Channel.SMS: wants(hours="08:00-09:00")}, Channel.SMS) == {}


def test_the_latest_counts_is_no_consent_and_goes_with_the_person(tmp_path):
    clock = Ticking()
    with shop(tmp_path, clock) as engine:
        who = engine.consent.record(given(), identifiers=WHO, actor="dpo").subject
        assert engine.consent.prefer(who, wants(wanted=True), actor="engineer")
        assert not engine.consent.prefer(who, wants(wanted=True), actor="engineer")
        clock.later(days=1)
        assert engine.consent.prefer(who, wants(wanted=False, at=clock.now), actor="engineer")
        held = engine.consent.preferences(who)
        assert held[Channel.PHONE].wanted is False
        assert engine.consent.status(who, "orders").consent is Standing.UNKNOWN
        with pytest.raises(Refused):
            engine.consent.prefer(who, wants(), actor="stranger")
        with pytest.raises(NotFound):
            engine.consent.prefer("sub_nobody", wants(), actor="dpo")
        erased(engine, WHO, GONE)
        with engine.store.read() as connection:
            count = sa.select(sa.func.count()).select_from(consent_preference)
            assert connection.scalar(count) == 0
