import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from tests.unit.consent.signals.strategies import ALPHABET, tc_strings
from tests.unit.consent.signals.test_tcf import DAY, FULL, PLAIN

from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.tcf import decode_tc
from govreg.consent.signals.tcf_encode import encode_tc
from govreg.consent.signals.tcf_model import PublisherPurposes, Restriction, RestrictionType


@settings(max_examples=150)
@given(tc_strings)
def test_what_is_encoded_is_decoded_and_encoded_the_same(tc):
    text = encode_tc(tc)
    assert decode_tc(text) == tc
    assert encode_tc(decode_tc(text)) == text


@pytest.mark.parametrize(
    ("vendors", "ranged"),
    [
        (set(), False),
        ({45}, False),
        ({46}, True),
        (set(range(1, 46)), False),
        (set(range(1, 47)), True),
        ({1, 2, 46}, True),  # 12 + 33 + 16 - 16 is 45
        ({1, 2, 45}, False),
        ({10, 20, 30, 60}, False),  # 12 + 4 * 16 - 16 is 60
        ({10, 20, 30, 61}, True),
    ],
)
def test_vendors_are_ranges_where_the_vendors_own_encoder_writes_ranges(vendors, ranged):
    bits = "".join(
        f"{ALPHABET.index(each):06b}"
        for each in encode_tc(replace(PLAIN, vendor_consents=IdSet(vendors)))
    )
    assert int(bits[213:229], 2) == max(vendors, default=0)
    assert (bits[229] == "1") is ranged


def test_segments_stand_in_one_order():
    kinds = [f"{ALPHABET.index(each[0]):06b}"[:3] for each in encode_tc(FULL).split(".")]
    assert kinds == ["000", "001", "010", "011"]
    assert all(len(each) % 4 == 0 for each in encode_tc(FULL).split("."))


def test_more_ranges_than_can_be_counted_are_not_encoded():
    odd = IdSet(range(1, 2 * 4096, 2))
    one = Restriction(purpose=2, type=RestrictionType.NOT_ALLOWED, vendors=odd)
    with pytest.raises(ValueError, match="`vendors of a restriction` takes 0 to 4095"):
        encode_tc(replace(PLAIN, publisher_restrictions=(one,)))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"cmp_id": 4096}, "`cmp_id` takes 0 to 4095"),
        ({"policy_version": -1}, "`policy_version` takes"),
        ({"consent_language": "en"}, "`consent_language` takes two letters"),
        ({"purpose_consents": IdSet({25})}, "`purpose_consents` takes ids up to 24"),
        ({"special_feature_opt_ins": IdSet({13})}, "`special_feature_opt_ins` takes ids up to 12"),
        ({"created": DAY.replace(tzinfo=None)}, "`created` needs a zone"),
        ({"last_updated": dt.datetime(1960, 1, 1, tzinfo=dt.UTC)}, "`last_updated` takes"),
        ({"publisher": PublisherPurposes(custom_consents=IdSet({1}))}, "`custom_consents` takes"),
        ({"publisher": PublisherPurposes(custom_purposes=64)}, "`custom_purposes` takes 0 to 63"),
    ],
)
def test_what_does_not_fit_is_not_encoded(change, named):
    with pytest.raises(ValueError, match=named):
        encode_tc(replace(PLAIN, **change))


def test_moments_are_cut_to_tenths_and_to_utc():
    zone = dt.timezone(dt.timedelta(hours=2))
    odd = dt.datetime(2026, 3, 5, 2, 0, 0, 199_999, tzinfo=zone)
    tc = decode_tc(encode_tc(replace(PLAIN, created=odd)))
    assert tc.created == DAY.replace(microsecond=100_000)
    assert tc.created.tzinfo is dt.UTC


@pytest.mark.parametrize(
    "vendors",
    [set(range(1, 0x10000)), {0xFFFF}, set(range(1, 0x10000, 2)), set(range(16, 0x10000, 16))],
)
def test_sets_as_large_as_they_can_be(vendors):
    tc = replace(PLAIN, vendor_consents=IdSet(vendors))
    assert decode_tc(encode_tc(tc)).vendor_consents == vendors
