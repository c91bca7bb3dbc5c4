import pytest
from hypothesis import given
from tests.unit.consent.signals.strategies import usp_strings

from govreg.consent.signals.problem import MalformedSignal
from govreg.consent.signals.usp import UspString, decode_usp, encode_usp


@given(usp_strings)
def test_what_is_encoded_is_decoded(usp):
    assert decode_usp(encode_usp(usp)) == usp


def test_by_hand():
    assert decode_usp("1YN-") == UspString(notice=True, opted_out_of_sale=False, lspa_covered=None)
    assert encode_usp(decode_usp("1---")) == "1---"


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("2YNN", "wrong_version", 5),
        ("", "wrong_version", 5),
        ("1", "truncated", 6),
        ("1YN", "truncated", 8),
        ("1YNNN", "trailing_bits", 9),
        ("1yNN", "not_a_flag", 6),
        ("1Y?N", "not_a_flag", 7),
        ("1YN1", "not_a_flag", 8),
    ],
)
def test_what_is_none(text, code, position):
    with pytest.raises(MalformedSignal) as caught:
        decode_usp(text, 5)
    assert (caught.value.code, caught.value.position) == (code, position)
