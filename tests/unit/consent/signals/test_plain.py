import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.consent.signals.strategies import gpp_strings, tc_strings, usp_strings
from tests.unit.consent.signals.test_tcf import FULL

from govreg.consent.signals.gpc import GpcSupport, read_gpc_support
from govreg.consent.signals.gpp import GppString, decode_gpp
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.plain import kind_of, plain
from govreg.consent.signals.tcf_model import Restriction, RestrictionType
from govreg.consent.signals.usp import decode_usp


@settings(max_examples=60)
@given(st.one_of(tc_strings, gpp_strings(), usp_strings))
def test_every_signal_is_plain_json(signal):
    assert json.loads(json.dumps(plain(signal))) == plain(signal)


def test_ids_are_lists_and_moments_are_text():
    held = plain(replace(FULL, created=FULL.created.replace(microsecond=100_000)))
    assert held["created"] == "2026-03-05T00:00:00.100000Z"
    assert held["last_updated"] == "2026-03-05T00:00:00Z"
    assert held["vendor_consents"] == [[1, 399]]
    assert held["disclosed_vendors"] == [[1, 2]]
    assert held["publisher_restrictions"] == [
        {"purpose": 7, "type": "not_allowed", "vendors": [[1, 3], [9, 9]]}
    ]
    assert held["publisher"]["custom_consents"] == [2]


def test_a_string_that_names_everybody_many_times_stays_small():
    everybody = IdSet.of_spans([(1, 0xFFFF)])
    one = Restriction(purpose=2, type=RestrictionType.NOT_ALLOWED, vendors=everybody)
    held = plain(replace(FULL, publisher_restrictions=(one,) * 4095))
    assert len(json.dumps(held["publisher_restrictions"])) < 400_000


def test_a_section_says_whether_it_was_understood():
    held = plain(decode_gpp("DBABjw~anything~1YNN"))["sections"]
    assert held == [
        {"id": 5, "name": "tcfcav1", "understood": False, "text": "anything"},
        {
            "id": 6,
            "name": "uspv1",
            "understood": True,
            "says": {"notice": True, "opted_out_of_sale": False, "lspa_covered": False},
        },
    ]
    (california,) = plain(decode_gpp("DBABBg~BUoAAABY.YA"))["sections"]
    assert california["says"]["opted_out_of_sale_or_sharing"] is True
    assert california["says"]["fields"]["SensitiveDataProcessing"] == [0] * 9


@pytest.mark.parametrize(
    ("signal", "kind"),
    [
        (FULL, "tcf"),
        (GppString(sections=()), "gpp"),
        (decode_usp("1---"), "uspv1"),
        (read_gpc_support("{}"), "gpc_support"),
    ],
)
def test_kinds(signal, kind):
    assert kind_of(signal) == kind


def test_a_day_stays_a_day():
    support = GpcSupport(supported=True, last_update=dt.date(2026, 3, 5))
    assert plain(support) == {"supported": True, "last_update": "2026-03-05", "faults": []}
