import datetime as dt
import json
import math
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.errors import IntegrityProblem
from govreg.reports.canonical import canonical, plain, read_once
from govreg.reports.document import NotSearched

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="aåz"), inner),
    max_leaves=20,
)


@given(JSON)
def test_canonical_bytes_read_back_and_have_one_spelling(value):
    encoded = canonical(value)
    assert json.loads(encoded) == value
    assert canonical(json.loads(encoded)) == encoded


def test_keys_are_sorted_and_nothing_is_spaced():
    assert canonical({"b": [1, 2], "a": "ä"}) == '{"a":"ä","b":[1,2]}'.encode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            dt.datetime(2026, 3, 5, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))),
            "2026-03-05T08:30:00Z",
        ),
        (dt.datetime(2026, 3, 5, 10, 30), "2026-03-05T10:30:00"),
        (dt.date(2026, 3, 5), "2026-03-05"),
        (dt.time(8, 30), "08:30:00"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (Decimal("NaN"), "NaN"),
        (1.5, 1.5),
        (math.inf, "inf"),
        (b"\x00\xff", {"base64": "AP8="}),
        (dt.timedelta(milliseconds=1500), "PT1.5S"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ((1, {"a": Decimal(2)}), [1, {"a": "2"}]),
        (
            NotSearched(place="CRM", code="failed"),
            {"place": "CRM", "code": "failed", "words": {}, "source": {}},
        ),
    ],
)
def test_every_kind_of_value_has_a_plain_form(value, expected):
    assert plain(value) == expected


@pytest.mark.parametrize("cut", [0, 1, 5, 9, 12, 20])
def test_a_file_that_ends_early_is_truncated(cut):
    whole = canonical({"a": {"b": "åäö"}, "c": 1})
    with pytest.raises(IntegrityProblem) as caught:
        read_once(whole[:cut], "the file")
    assert caught.value.code == "truncated"


@pytest.mark.parametrize(
    "broken", [b'{"a":1,"a":2}', b'{"a" 1}', b"[1]", b'{"a":' + b"[" * 99999 + b"}"]
)
def test_what_is_no_object_with_each_key_once_is_malformed(broken):
    with pytest.raises(IntegrityProblem) as caught:
        read_once(broken, "the file")
    assert caught.value.code in ("malformed", "truncated")
