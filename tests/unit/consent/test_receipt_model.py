"""Numbers, texts in a language, and what belongs to an activity."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.consent.receipts import FORM, NOTICE, NOW, event, facts

from govreg.consent.model import EVERYTHING
from govreg.consent.receipt_model import Notice, number_of, said


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_a_number_has_the_form_that_the_standards_ask_for(parts):
    number = uuid.UUID(number_of(*parts))
    assert (number.version, number.variant) == (4, uuid.RFC_4122)
    assert number_of(*parts) == str(number)


@given(st.lists(st.text(max_size=5), min_size=1, max_size=4), st.text(max_size=5))
def test_parts_do_not_run_into_each_other(parts, more):
    assert number_of(*parts) != number_of(*parts, more)
    assert number_of("event", "a,b") != number_of("event", "a", "b")


def test_the_number_of_a_receipt_follows_its_moment_and_its_last_event():
    held = facts()
    zone = dt.timezone(dt.timedelta(hours=2))
    assert facts(made_at=NOW.astimezone(zone)).number == held.number
    assert facts(made_at=NOW + dt.timedelta(milliseconds=1)).number != held.number
    assert replace(held, events=held.events[:-1]).number != held.number
    assert facts(language="fi").number == held.number


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ({"en": "Orders", "fi": "Tilaukset"}, "Tilaukset"),
        ({"en": "Orders", "und": "ACME"}, "ACME"),
        ({"en": "Orders", "sv": "Order"}, "Orders"),
        ({"sv": "Order", "de": "Aufträge"}, "Aufträge"),
        ({}, ""),
    ],
)
def test_a_text_is_said_in_the_nearest_language(text, told):
    assert said(text, "fi") == told


def test_what_is_about_everything_belongs_to_each_activity():
    events = (
        event(4, "objected", activity=EVERYTHING, days=4),
        event(3, "withdrawn", activity=EVERYTHING, days=2),
        event(2, "given", activity="orders", days=1),
        event(1, "given"),
    )
    held = facts(events)
    assert [e.number for e in held.chosen("newsletter")] == [1, 3, 4]
    assert [e.number for e in held.consents("orders")] == [2, 3]
    assert [e.number for e in held.exercises("orders")] == [4]


def test_of_two_choices_of_one_moment_the_later_number_comes_last():
    first, second = event(1, "given"), event(2, "withdrawn")
    held = facts((replace(second, at=NOW), replace(first, at=NOW)))
    assert [e.number for e in held.chosen("newsletter")] == [1, 2]


def test_the_notice_of_a_choice():
    held = facts()
    assert held.notice(FORM) == NOTICE
    other = replace(FORM, notice_version=9)
    assert held.notice(other) == Notice(
        name="newsletter", version=9, content_hash=FORM.notice_hash or ""
    )
    assert held.notice(replace(FORM, notice=None)) is None
    assert held.notice(replace(FORM, notice_version=None)) is None
