"""Sealed cells: what comes back is what went in, in its own place alone."""

from __future__ import annotations

import datetime as dt
import decimal
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.errors import IntegrityProblem
from govreg.protection.aead import Suite, random_key
from govreg.protection.cells import (
    CellCodec,
    FieldPlace,
    is_sealed,
    key_id_of,
    record_of,
    sealed_ids,
    width,
)
from govreg.protection.envelope import Key

PLACE = FieldPlace(workspace="w", source="s", collection="c", field="f")
PERSON = Key(id=300, suite=Suite.GCM, secret=random_key())
FIELD = Key(id=7, suite=Suite.CCM, secret=random_key())
KEYS = {one.id: one for one in (PERSON, FIELD)}
VALUES = st.one_of(
    st.text(),
    st.binary(),
    st.integers(),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.dictionaries(st.text(), st.integers()),
)


def sealed(value, *, place=PLACE, key=PERSON, record="[1]", text=True):
    (cell,) = CellCodec(place).seal([value], [record], [key], text=text)
    return cell


@given(VALUES, st.booleans(), st.booleans(), st.sampled_from([PERSON, FIELD]))
def test_every_value_comes_back_as_it_went_in(value, text, pad, key):
    place = replace(PLACE, pad=pad)
    cell = sealed(value, place=place, key=key, text=text)
    assert isinstance(cell, str if text else bytes)
    assert is_sealed(cell)
    assert key_id_of(cell) == (key.suite, key.id)
    back = CellCodec(place).open(cell, "[1]", KEYS)
    assert (type(back), back) == (type(value), value)


def test_nothing_stays_nothing_and_an_empty_text_is_a_value():
    assert sealed(None) is None
    assert CellCodec(PLACE).open(sealed(""), "[1]", KEYS) == ""


@pytest.mark.parametrize("part", ["workspace", "source", "collection", "field"])
def test_a_cell_opens_in_its_own_field_alone(part):
    other = CellCodec(replace(PLACE, **{part: "x"}))
    with pytest.raises(IntegrityProblem) as told:
        other.open(sealed("a"), "[1]", KEYS)
    assert told.value.code == "not_authentic"


def test_a_cell_opens_in_its_own_row_alone_unless_it_is_bound_to_the_field():
    with pytest.raises(IntegrityProblem) as told:
        CellCodec(PLACE).open(sealed("a"), "[2]", KEYS)
    assert told.value.code == "not_authentic"
    free = replace(PLACE, bound_to_record=False)
    assert CellCodec(free).open(sealed("a", place=free), "[2]", KEYS) == "a"


def test_a_text_of_people_that_begins_with_the_mark_is_a_value_like_others():
    for value in ("g1.", "g1. Group one", "g1.not sealed", b"g1.not sealed"):
        assert not is_sealed(value)
        assert CellCodec(PLACE).open(sealed(value), "[1]", KEYS) == value


def test_what_does_not_open_has_a_name():
    def code(cell, keys=KEYS):
        with pytest.raises(IntegrityProblem) as told:
            CellCodec(PLACE).open(cell, "[1]", keys)
        assert told.value.__cause__ is None
        return told.value.code

    cell = sealed("a", text=False)
    assert code(cell, {}) == "no_key"
    assert code(cell[:-1] + bytes([cell[-1] ^ 1])) == "not_authentic"
    assert code(cell[:20]) == "truncated"
    assert code("g1.") == "not_sealed"
    assert code("g1.AQ") == "truncated"
    assert code(f"{sealed('a')[:-3]}###") == "not_authentic"
    assert code("clear") == "not_sealed"
    assert code(b"clear") == "not_sealed"
    assert code(b"g1.\x02" + cell[4:]) == "newer_version"
    assert code(b"g1.\x01\x09" + cell[5:]) == "unknown_suite"
    other = Key(id=PERSON.id, suite=Suite.CCM, secret=PERSON.secret)
    assert code(cell, {other.id: other}) == "suite_mismatch"
    wrong = Key(id=PERSON.id, suite=Suite.GCM, secret=random_key())
    assert code(cell, {wrong.id: wrong}) == "not_authentic"


@given(st.text(max_size=40), st.booleans(), st.booleans())
def test_the_width_that_is_told_is_the_width(value, text, pad):
    cell = sealed(value, place=replace(PLACE, pad=pad), text=text)
    octets = len(value.encode())
    assert len(cell) == width(octets, key_id=PERSON.id, text=text, pad=pad)


def test_filled_up_values_differ_less_in_length():
    place = replace(PLACE, pad=True)
    assert len(sealed("a@b.fi", place=place)) == len(sealed("ab@b.fi", place=place))


@given(st.one_of(st.text().map(lambda text: f"g1.{text}"), st.binary().map(lambda b: b"g1." + b)))
def test_random_text_behind_the_mark_is_an_error_with_a_name(cell):
    assert len(sealed_ids([cell, None, 7, "clear"])) <= 1
    with pytest.raises(IntegrityProblem):
        CellCodec(PLACE).open(cell, "[1]", KEYS)


def test_records_of_different_kinds_are_told_apart():
    moment = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    keys = [(1,), ("1",), (1, 1), (b"1",), (moment,), (decimal.Decimal(1),), (None,)]
    assert len({record_of(key) for key in keys}) == len(keys)
    assert record_of((7, "ä")) == '[7,"ä"]'
