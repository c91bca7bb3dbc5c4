import datetime as dt

import pytest

from govreg.consent.receipt_values import moment, texts, urn


def test_a_moment_is_in_utc_to_the_millisecond():
    zone = dt.timezone(dt.timedelta(hours=3))
    held = dt.datetime(2026, 3, 5, 12, 0, 0, 123999, tzinfo=zone)
    assert moment(held) == {"@type": "xsd:dateTime", "@value": "2026-03-05T09:00:00.123Z"}


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        moment(dt.datetime(2026, 3, 5))


def test_texts_bear_their_language_and_names_none():
    assert texts({"fi": "Tilaukset", "en": "Orders"}) == [
        {"@language": "en", "@value": "Orders"},
        {"@language": "fi", "@value": "Tilaukset"},
    ]
    assert texts({"und": "ACME"}) == [{"@value": "ACME"}]
    assert texts({}) == []


def test_a_number_as_a_name():
    assert urn("1-2") == "urn:uuid:1-2"
