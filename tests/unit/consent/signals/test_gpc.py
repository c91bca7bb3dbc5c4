import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.consent.signals.gpc import GpcSupport, read_gpc_support, sec_gpc, write_gpc_support

MOMENT = dt.datetime(2026, 3, 5, 8, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("values", "sent"),
    [
        (["1"], True),
        ([" 1\t"], True),
        (["0", "1"], True),
        (["1", "1"], True),
        (["1, 1"], False),
        (["01"], False),
        (["true"], False),
        (["1;a=b"], False),
        ([""], False),
        ([], False),
        (["１"], False),
    ],
)
def test_the_header(values, sent):
    assert sec_gpc(values) is sent


@given(st.booleans(), st.none() | st.dates() | st.datetimes(timezones=st.just(dt.UTC)))
def test_what_is_written_is_read(supported, last_update):
    body = write_gpc_support(supported=supported, last_update=last_update)
    expected = GpcSupport(supported=supported, last_update=last_update)
    assert read_gpc_support(body) == expected
    assert read_gpc_support(body.encode()) == expected


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("2026-03-05", dt.date(2026, 3, 5)),
        ("2026-03-05T08:30:00Z", MOMENT),
        ("2026-03-05t08:30:00z", MOMENT),
        ("2026-03-05T10:30:00+02:00", MOMENT),
        ("2026-03-05T08:30:00.5Z", MOMENT.replace(microsecond=500_000)),
    ],
)
def test_moments_as_the_standard_allows_them(stated, read):
    support = read_gpc_support(json.dumps({"gpc": True, "lastUpdate": stated, "more": 1}))
    assert support == GpcSupport(supported=True, last_update=read)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        (b"\xff\xfe\xff", "not_json"),
        ("[" * 100_000, "not_json"),
        ("9" * 5000, "not_json"),
        ("[]", "not_an_object"),
        ("true", "not_an_object"),
        ("{}", "gpc_not_boolean"),
        ('{"gpc": 1}', "gpc_not_boolean"),
        ('{"gpc": "true"}', "gpc_not_boolean"),
        ('{"gpc": null}', "gpc_not_boolean"),
        (" " * (1 << 20) + "{}", "too_long"),
    ],
)
def test_what_is_unclear_is_unknown(body, fault):
    assert read_gpc_support(body) == GpcSupport(supported=None, faults=(fault,))


@pytest.mark.parametrize(
    "stated",
    [
        5,
        "",
        "20260305",
        "2026-W10-4",
        "2026-02-30",
        "2026-03-05T08:30:00",
        "2026-03-05 08:30:00Z",
        "2026-03-05T25:00:00Z",
        "2026-03-05T08:30Z",
        "２026-03-05",
        "2026-03-05T08:30:00+99:99",
    ],
)
def test_a_moment_that_is_none_leaves_the_support(stated):
    support = read_gpc_support(json.dumps({"gpc": False, "lastUpdate": stated}))
    assert support == GpcSupport(supported=False, faults=("bad_last_update",))


def test_a_moment_without_a_zone_is_not_written():
    with pytest.raises(ValueError, match="needs a zone"):
        write_gpc_support(supported=True, last_update=MOMENT.replace(tzinfo=None))
