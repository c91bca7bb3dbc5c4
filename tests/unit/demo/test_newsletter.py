from __future__ import annotations

import datetime as dt
import json

import pytest


@pytest.fixture
def events(company):
    return [json.loads(line) for line in company.newsletter.read_text("utf-8").splitlines()]


def test_every_event_has_the_same_keys_in_the_same_order(company, events):
    assert len(events) == company.counts["newsletter.events"]
    keys = ["event_id", "email", "event", "at", "client", "campaign"]
    assert all(list(event) == keys for event in events)
    assert len({event["event_id"] for event in events}) == len(events)


def test_events_are_in_order_and_past(company, events):
    moments = [dt.datetime.fromisoformat(event["at"]) for event in events]
    assert moments == sorted(moments)
    assert moments[-1].date() <= company.today
    assert all(moment.tzinfo is not None for moment in moments)


def test_a_device_is_known_for_everything_but_sending(events):
    for event in events:
        if event["event"] == "sent":
            assert event["client"] is None
        else:
            assert list(event["client"]) == ["ip", "agent"]
    assert {event["event"] for event in events} == {
        "sent",
        "opened",
        "clicked",
        "subscribed",
        "unsubscribed",
    }


def test_anna_left_with_her_old_e_mail_and_joined_with_the_new(company, events):
    old = [event["event"] for event in events if event["email"] == company.old_email]
    new = [event["event"] for event in events if event["email"] == company.email]
    assert (old[0], old[-1]) == ("subscribed", "unsubscribed")
    assert new[0] == "subscribed"
    assert "unsubscribed" not in new


def test_some_readers_never_bought_anything(events):
    assert any(event["email"].endswith("@lukijat.example") for event in events)


def test_nobody_reads_before_joining_or_after_leaving(events):
    joined, left = set(), set()
    for event in events:
        email = event["email"].lower()
        if event["event"] == "subscribed":
            joined.add(email)
        assert email in joined
        assert email not in left
        if event["event"] == "unsubscribed":
            left.add(email)
