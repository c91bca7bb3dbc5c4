"""`govreg consent decode`: words, data, refusals; a signal is never repeated by an error."""

from __future__ import annotations

import datetime as dt
import io
import sys
from dataclasses import replace

import pytest
from tests.unit.consent.signals.test_tcf import FULL, PLAIN

from govreg.clock import system_clock
from govreg.consent.signals.tcf_encode import encode_tc

TODAY = system_clock().replace(hour=0, minute=0, second=0, microsecond=0)
SOUND = encode_tc(
    replace(
        FULL,
        created=TODAY,
        last_updated=TODAY,
        allowed_vendors=None,
        vendor_consents=FULL.disclosed_vendors,
        vendor_legitimate_interests=FULL.disclosed_vendors,
    )
)


def test_a_sound_string_in_words(govreg):
    said = govreg("consent", "decode", SOUND)
    assert said.code == 0
    assert said.out.startswith("TC string under policies 5 (version 2.3)")
    assert said.out.endswith("no rule is broken\n")


def test_a_string_as_data(govreg):
    said = govreg("--json", "consent", "decode", SOUND)
    assert said.code == 0
    assert said.json["kind"] == "tcf"
    assert said.json["valid"] is True
    assert said.json["findings"] == []
    assert said.json["canonical"] == SOUND
    assert said.json["says"]["vendor_consents"] == [[1, 2]]


def test_a_string_that_must_not_be_relied_upon(govreg):
    text = encode_tc(PLAIN)
    said = govreg("consent", "decode", text)
    assert said.code == 1
    assert "invalid: it does not say which vendors were shown" in said.out
    held = govreg("--json", "consent", "decode", text).json
    assert held["valid"] is False
    assert held["findings"][0]["code"] == "disclosed_vendors_missing"
    assert held["findings"][0]["invalid"] is True


def test_a_note_is_no_refusal(govreg):
    said = govreg("consent", "decode", "DBABjw~anything~1YNN")
    assert said.code == 0
    assert "note: tcfcav1: sections of id 5 are not read" in said.out


def test_a_string_that_cannot_be_read_is_not_repeated(govreg):
    said = govreg("consent", "decode", SOUND[:30])
    assert said.code == 5
    assert said.out == ""
    assert said.err.startswith("govreg: character 31 of the signal: it ends within `")
    assert SOUND[:30] not in said.err


def test_a_string_of_tomorrow_is_refused(govreg):
    tomorrow = TODAY + dt.timedelta(days=1)
    said = govreg("consent", "decode", encode_tc(replace(PLAIN, created=tomorrow)))
    assert said.code == 5
    assert "lies after the present moment" in said.err


@pytest.mark.parametrize(
    ("given", "code", "shown"),
    [
        (f"  {SOUND}\n".encode(), 0, "no rule is broken"),
        (b'{"gpc": true}', 0, "supported by this site: yes"),
        (b"", 5, "there is nothing to read"),
        (b"\xff\xfe", 5, "begins like this"),
    ],
)
def test_a_string_from_standard_input(govreg, monkeypatch, given, code, shown):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    said = govreg("consent", "decode", "-")
    assert said.code == code
    assert shown in said.out + said.err
