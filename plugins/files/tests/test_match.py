import pyarrow as pa
import pytest

from govreg.register.catalogue import Fold
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
