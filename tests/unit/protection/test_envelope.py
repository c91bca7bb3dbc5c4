import dataclasses
import datetime as dt
import decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from govreg.errors import IntegrityProblem
from govreg.protection.aead import SEALING, Suite
from govreg.protection.envelope import (
    Context,
    Key,
    key_id_of,
    open_sealed,
    seal,
    varint,
)

KEY = Key(id=300, suite=Suite.GCM, secret=bytes(range(32)))
PLACE = Context(workspace="w", source="s", collection="c", field="f", record="r", subject_key=7)

# With halves of characters, as broken JSON holds them.
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
VALUES = st.one_of(
    ANY_TEXT,
    st.binary(),
    st.integers(),
    st.booleans(),
    st.decimals(allow_nan=False),
    st.dates(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.dictionaries(ANY_TEXT, st.integers()),
    st.lists(ANY_TEXT),
)


@given(value=VALUES)
@example(value="a\ud83d")
@example(value={"\ud83d": ["\udc80"]})
def test_what_goes_in_comes_back_with_its_kind(value):
    opened = open_sealed(KEY, seal(KEY, value, PLACE), PLACE)
    assert opened == value
    assert type(opened) is type(value)


def test_nothing_is_not_sealed_and_empty_is_a_value():
    with pytest.raises(TypeError):
        seal(KEY, None, PLACE)
    assert open_sealed(KEY, seal(KEY, "", PLACE), PLACE) == ""
    assert open_sealed(KEY, seal(KEY, decimal.Decimal("1.50"), PLACE), PLACE) == decimal.Decimal(
        "1.50"
    )


@pytest.mark.parametrize("suite", sorted(SEALING))
@pytest.mark.parametrize(
    "part", ["workspace", "source", "collection", "field", "record", "subject_key"]
)
def test_a_value_that_was_moved_to_another_place_does_not_open(part, suite):
    key = dataclasses.replace(KEY, suite=suite)
    sealed = seal(key, "anna", PLACE)
    moved = dataclasses.replace(PLACE, **{part: 8 if part == "subject_key" else "elsewhere"})
    with pytest.raises(IntegrityProblem) as caught:
        open_sealed(key, sealed, moved)
    assert caught.value.code == "not_authentic"


@pytest.mark.parametrize(
    "value",
    [
        {1: "a"},
        {"a": {2: "b"}},
        {"a": (1, 2)},
        [float("nan")],
        [float("inf")],
        {"a": -float("inf")},
        {None: 1},
        [10**5000],
    ],
    ids=[
        "number-as-key",
        "deeper",
        "tuple",
        "not-a-number",
        "infinity",
        "deeper-infinity",
        "none-as-key",
        "number-that-no-reader-takes",
    ],
)
def test_json_that_would_come_back_as_something_else_is_not_sealed(value):
    with pytest.raises(TypeError):
        seal(KEY, value, PLACE)


def test_parts_cannot_be_shifted_into_one_another():
    one = Context(workspace="ab", source="c", collection="d", field="e")
    other = Context(workspace="a", source="bc", collection="d", field="e")
    with pytest.raises(IntegrityProblem):
        open_sealed(KEY, seal(KEY, "x", one), other)


@given(at=st.integers(0, 1000), bit=st.integers(0, 7))
def test_a_flipped_bit_is_never_opened(at, bit):
    sealed = bytearray(seal(KEY, "some text", PLACE))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(IntegrityProblem):
        open_sealed(KEY, bytes(sealed), PLACE)


@given(cut=st.integers(0, 200))
def test_a_value_that_was_cut_off_is_said_to_be(cut):
    sealed = seal(KEY, "some text", PLACE)
    if cut < len(sealed):
        with pytest.raises(IntegrityProblem):
            open_sealed(KEY, sealed[:cut], PLACE)


def code_of(blob, key=KEY):
    with pytest.raises(IntegrityProblem) as caught:
        open_sealed(key, blob, PLACE)
    return caught.value.code


def test_each_failure_has_its_name():
    sealed = seal(KEY, "x", PLACE)
    assert code_of(b"\x02" + sealed[1:]) == "newer_version"
    assert code_of(sealed[:1] + b"\x09" + sealed[2:]) == "unknown_suite"
    assert code_of(sealed[:1] + b"\x02" + sealed[2:]) == "suite_mismatch"
    assert code_of(sealed[:8]) == "truncated"
    assert code_of(b"") == "truncated"
    assert code_of(sealed, Key(id=301, suite=Suite.GCM, secret=KEY.secret)) == "wrong_key"
    assert code_of(sealed, Key(id=300, suite=Suite.GCM, secret=bytes(32))) == "not_authentic"


def test_no_failure_repeats_the_value_or_the_key():
    with pytest.raises(IntegrityProblem) as caught:
        open_sealed(
            KEY,
            seal(KEY, "canary", Context(workspace="", source="", collection="", field="")),
            PLACE,
        )
    assert "canary" not in str(caught.value)
    assert KEY.secret.hex() not in repr(KEY)
    assert str(KEY.secret) not in repr(KEY)


def test_a_key_id_that_was_written_longer_is_seen():
    sealed = seal(KEY, "anna", PLACE)
    assert sealed[2:4] == varint(300) == b"\xac\x02"
    for longer in (b"\xac\x82\x00", b"\xac\x82\x80\x00"):
        assert code_of(sealed[:2] + longer + sealed[4:]) == "not_authentic"


@given(number=st.integers(0, 2**63 - 1))
def test_key_ids_survive(number):
    key = Key(id=number, suite=Suite.CCM, secret=bytes(32))
    assert key_id_of(seal(key, 1, PLACE)) == number
    assert len(varint(number)) <= 9


@pytest.mark.parametrize("suite", [Suite.HMAC, Suite.ED25519])
def test_a_key_for_something_else_neither_seals_nor_opens(suite):
    key = dataclasses.replace(KEY, suite=suite)
    with pytest.raises(IntegrityProblem) as caught:
        seal(key, "anna", PLACE)
    assert caught.value.code == "suite_mismatch"
    sealed = seal(KEY, "anna", PLACE)
    assert code_of(sealed, key) == "suite_mismatch"
    assert code_of(sealed[:1] + bytes([suite]) + sealed[2:], key) == "unknown_suite"


def test_no_two_values_are_sealed_under_one_nonce():
    sealed = [seal(KEY, "anna", PLACE) for _ in range(2000)]
    assert len({each[4:16] for each in sealed}) == len(sealed)
