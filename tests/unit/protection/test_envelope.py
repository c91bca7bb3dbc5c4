import datetime as dt
import decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.errors import IntegrityProblem
from govreg.protection.aead import Suite
from govreg.protection.envelope import (
    Context,
    Key,
    key_id_of,
    open_file,
    open_sealed,
    seal,
    seal_file,
    varint,
)

KEY = Key(id=300, suite=Suite.GCM, secret=bytes(range(32)))
PLACE = Context(workspace="w", source="s", collection="c", field="f", record="r", subject_key=7)

VALUES = st.one_of(
    st.text(),
    st.binary(),
    st.integers(),
    st.booleans(),
    st.decimals(allow_nan=False),
    st.dates(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.dictionaries(st.text(), st.integers()),
    st.lists(st.text()),
)


@given(value=VALUES)
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


@pytest.mark.parametrize("part", ["workspace", "source", "collection", "field", "record"])
def test_a_value_that_was_moved_to_another_place_does_not_open(part):
    sealed = seal(KEY, "anna", PLACE)
    held = {
        name: getattr(PLACE, name)
        for name in ("workspace", "source", "collection", "field", "record")
    }
    moved = Context(**{**held, part: "elsewhere"}, subject_key=7)
    with pytest.raises(IntegrityProblem) as caught:
        open_sealed(KEY, sealed, moved)
    assert caught.value.code == "not_authentic"


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


@given(number=st.integers(0, 2**63 - 1))
def test_key_ids_survive(number):
    key = Key(id=number, suite=Suite.CCM, secret=bytes(32))
    assert key_id_of(seal(key, 1, PLACE)) == number
    assert len(varint(number)) <= 9


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_a_file_of_any_size(tmp_path, size):
    (tmp_path / "plain").write_bytes(bytes(size))
    seal_file(KEY, tmp_path / "plain", tmp_path / "sealed", PLACE)
    open_file(KEY, tmp_path / "sealed", tmp_path / "opened", PLACE)
    assert (tmp_path / "opened").read_bytes() == bytes(size)
    assert (tmp_path / "sealed").stat().st_mode & 0o777 == 0o600


def test_a_sealed_file_that_was_cut_reordered_or_is_none(tmp_path):
    (tmp_path / "plain").write_bytes(b"a" * (1 << 20) + b"b" * (1 << 20) + b"c")
    seal_file(KEY, tmp_path / "plain", tmp_path / "sealed", PLACE)
    whole = (tmp_path / "sealed").read_bytes()
    chunk = 4 + (1 << 20) + len(seal(KEY, b"", PLACE))
    head = len(b"govreg-sealed-file\x01")
    first, second, rest = (
        whole[head : head + chunk],
        whole[head + chunk : head + 2 * chunk],
        whole[head + 2 * chunk :],
    )
    for broken in (
        whole[:-1],
        whole[: head + 2 * chunk],
        whole[:head],
        whole[:head] + second + first + rest,
        whole[:head] + first + rest,
        whole + rest,
        b"something else",
    ):
        (tmp_path / "broken").write_bytes(broken)
        with pytest.raises(IntegrityProblem):
            open_file(KEY, tmp_path / "broken", tmp_path / "opened", PLACE)
        assert not (tmp_path / "opened").exists()
        assert not list(tmp_path.glob(".part-*"))
