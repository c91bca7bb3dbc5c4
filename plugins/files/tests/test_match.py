import datetime as dt
import decimal

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from govreg.register.catalogue import Fold
from govreg.subjects.identifier import folded
from govreg_files.match import KeyMatch, folded_mask


@pytest.mark.parametrize(
    ("fold", "wanted", "hits"),
    [
        (Fold.EXACT, ["a@b.c"], [0]),
        (Fold.CASE, ["a@b.c"], [0, 1]),
        (Fold.CASE, ["åke"], [4]),
        (Fold.COMPACT, ["+35840123"], [2]),
        (Fold.EXACT, ["' OR 1=1 --", "%"], []),
    ],
)
def test_folds(fold, wanted, hits):
    column = pa.array(["a@b.c", " A@B.C\t", "+358 (40) 1-2.3", None, "ÅKE"])
    mask = folded_mask(column, pa.array(wanted), fold).to_pylist()
    assert [at for at, hit in enumerate(mask) if hit] == hits


def test_keys_are_converted_and_what_does_not_convert_matches_nothing():
    match = KeyMatch([("7",), ("x",), (None,), (8.0,)], [pa.int64()])
    assert match.keys == {(7,), (8,)}
    assert match.mask([pa.array([7, 8, 9, None])]).to_pylist() == [True, True, False, False]


def test_composite_keys_do_not_mix():
    match = KeyMatch([(1, "a"), (2, "b")], [pa.int64(), pa.string()])
    columns = [pa.array([1, 1, 2, 2]), pa.array(["a", "b", "a", "b"])]
    assert match.mask(columns).to_pylist() == [True, False, False, True]


@given(
    texts=st.lists(st.none() | st.text(max_size=8), max_size=6),
    other=st.text(max_size=8),
    fold=st.sampled_from(list(Fold)),
)
@example(
    texts=["ΝΙΚΟΣ", "İpek", "\x1cA\x1f", "ẞ", "a\u2013b", "\u00a0x"], other="νικος", fold=Fold.CASE
)
@example(texts=["\na", "a\n"], other="a", fold=Fold.COMPACT)
def test_a_fold_is_the_one_of_the_core(texts, other, fold):
    for wanted in {folded(text, fold) for text in texts if text is not None} | {other}:
        mask = folded_mask(pa.array(texts, type=pa.string()), pa.array([wanted]), fold)
        hits = [text is not None and folded(text, fold) == wanted for text in texts]
        assert [bool(hit) for hit in mask.to_pylist()] == hits


def test_bytes_are_no_text_and_match_none():
    mask = folded_mask(pa.array([b"\xff", b"a", None]), pa.array(["a"]), Fold.EXACT)
    assert not any(mask.to_pylist())


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (pa.int64(), 7, 10**30),
        (pa.int64(), "7", "9" * 40),
        (pa.int16(), 7, 70_000),
        (pa.decimal128(6, 2), "7.50", "7.555"),
        (pa.decimal128(6, 2), "7.5", "1234567"),
        (pa.date32(), "2026-02-28", "2026-02-30"),
        (pa.timestamp("us"), dt.datetime(2026, 1, 1), "no time"),
        (pa.timestamp("us", tz="UTC"), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 5),
        (pa.time64("us"), dt.time(1, 2), "canary"),
        (pa.duration("us"), dt.timedelta(1), "canary"),
        (pa.string(), decimal.Decimal(7), b"canary"),
    ],
)
def test_a_key_that_its_column_cannot_hold_matches_nothing(kind, good, bad):
    match = KeyMatch([(bad,), (good,)], [kind])
    assert len(match.keys) == 1
    column = pa.array([next(iter(match.keys))[0], None], type=kind)
    assert [bool(hit) for hit in match.mask([column]).to_pylist()] == [True, False]
