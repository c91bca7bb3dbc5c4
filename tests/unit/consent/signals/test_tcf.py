import datetime as dt
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from tests.unit.consent.signals.strategies import ALPHABET, tc_strings

from govreg.consent.signals.bits import BitWriter
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.problem import LONGEST, MalformedSignal
from govreg.consent.signals.tcf import decode_tc
from govreg.consent.signals.tcf_encode import encode_tc
from govreg.consent.signals.tcf_model import (
    PublisherPurposes,
    Restriction,
    RestrictionType,
    TcString,
)

DAY = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
PLAIN = TcString(
    created=DAY,
    last_updated=DAY,
    cmp_id=31,
    cmp_version=2,
    consent_screen=1,
    consent_language="FI",
    vendor_list_version=120,
    policy_version=5,
)
FULL = replace(
    PLAIN,
    vendor_consents=IdSet(range(1, 400)),
    vendor_legitimate_interests=IdSet({2, 9}),
    publisher_restrictions=(
        Restriction(purpose=7, type=RestrictionType.NOT_ALLOWED, vendors=IdSet({1, 2, 3, 9})),
    ),
    disclosed_vendors=IdSet({1, 2}),
    allowed_vendors=IdSet({3}),
    publisher=PublisherPurposes(custom_purposes=2, custom_consents=IdSet({2})),
)


def plainly(value):
    """A decoded value as the vectors write it."""
    if isinstance(value, IdSet):
        return value.words().replace(" ", "").replace("none", "")
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, Restriction):
        return [value.purpose, int(value.type), plainly(value.vendors)]
    if isinstance(value, PublisherPurposes):
        return {each.name: plainly(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [plainly(each) for each in value]
    return value


def refused(text, **options):
    with pytest.raises(MalformedSignal) as caught:
        decode_tc(text, **options)
    assert len(text) < 20 or text not in str(caught.value)
    return caught.value.code, caught.value.position


def test_what_the_vendors_own_encoder_wrote_is_read_and_written_the_same(vectors):
    rows = vectors("tcf")
    assert len(rows) >= 500
    for row in rows:
        tc = decode_tc(row["text"])
        found = {each.name: plainly(getattr(tc, each.name)) for each in fields(tc)}
        assert found == row["fields"]
        assert encode_tc(tc) == row["text"]


def test_the_vectors_leave_no_form_out(vectors):
    rows = [decode_tc(row["text"]) for row in vectors("tcf")]
    types = {each.type for row in rows for each in row.publisher_restrictions}
    assert types == set(RestrictionType) - {RestrictionType.UNDEFINED}
    assert max(len(row.publisher_restrictions) for row in rows) > 3
    assert {row.policy_version for row in rows} == {2, 4, 5}
    assert (
        sum(row.publisher is not None and row.publisher.custom_purposes > 0 for row in rows) > 100
    )
    assert sum(bool(row.allowed_vendors) for row in rows) > 30
    ranged = [
        row["text"]
        for row in vectors("tcf")
        if decode_tc(row["text"]).vendor_consents.highest > 45
    ]
    assert sum(bit_after_head(text) for text in ranged) > 50
    assert sum(not bit_after_head(text) for text in ranged) > 50


def bit_after_head(text):
    """Whether vendors with consent are written as ranges: bit 229."""
    return ALPHABET.index(text[229 // 6]) >> 5 - 229 % 6 & 1


@settings(max_examples=100)
@given(tc_strings)
def test_every_cut_is_refused_where_it_is(tc):
    text = encode_tc(replace(tc, disclosed_vendors=None, allowed_vendors=None, publisher=None))
    at = len(text.rstrip("A")) - 1
    code, position = refused(text[:at]) if at else ("empty", 0)
    assert code in {"truncated", "empty"}
    assert position == at


def test_segments_may_stand_in_any_order():
    core, *others = encode_tc(FULL).split(".")
    assert decode_tc(".".join([core, *reversed(others)])) == FULL


def test_the_padding_of_other_writers_is_read():
    tc = replace(PLAIN, vendor_consents=IdSet({6}))  # 265 bits: 45 characters, padded to 48
    text = encode_tc(tc)
    assert len(text) == 48
    for cut in (45, 46, 47, 48):
        assert decode_tc(text[:cut]) == tc
    assert refused(text[:44]) == ("truncated", 44)
    assert refused(f"{text}A") == ("trailing_bits", 44)
    assert refused(f"{text[:47]}B") == ("trailing_bits", 44)


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "empty", 0),
        ("A" * (LONGEST + 1), "too_long", LONGEST),
        ("BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA", "wrong_version", 0),
        ("DBABMA", "wrong_version", 0),
        ("C", "truncated", 1),
        (".", "truncated", 0),
        ("é", "not_base64url", 0),
        ("CAAA=", "not_base64url", 4),
    ],
)
def test_what_is_no_tc_string(text, code, position):
    assert refused(text) == (code, position)


def test_version_1_says_that_it_is_dead():
    with pytest.raises(MalformedSignal, match="version `1`") as caught:
        decode_tc("BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA")
    assert caught.value.details == ("version 1 has been invalid since 2020",)
    assert caught.value.exit_code == 5


def test_segments_that_cannot_be():
    text = encode_tc(PLAIN)
    end = len(text) + 1
    assert refused(f"{text}.gAAA") == ("unknown_segment", end)
    assert refused(f"{text}.AAAA") == ("unknown_segment", end)
    assert refused(f"{text}.IAAA.IAAA") == ("repeated_segment", end + 5)
    assert refused(f"{text}.") == ("truncated", end)
    assert refused(f"{text}.IAA!", position=100) == ("not_base64url", 100 + end + 3)
    assert refused(f"{text}.IAAB") == ("trailing_bits", end + 3)


def test_letters_that_are_none():
    text = encode_tc(PLAIN)
    assert refused(f"{text[:18]}_{text[19:]}") == ("not_a_letter", 18)
    assert refused(f"{text[:19]}a{text[20:]}") == ("not_a_letter", 18)


@pytest.mark.parametrize("field", ["created", "last_updated"])
def test_a_clock_in_the_future(field):
    text = encode_tc(replace(PLAIN, **{field: DAY + dt.timedelta(milliseconds=100)}))
    now = DAY + dt.timedelta(milliseconds=100)
    assert decode_tc(text, now=now) == decode_tc(text)
    assert refused(text, now=DAY) == ("in_future", 1 if field == "created" else 7)


def hand_made(put):
    """A core up to its restrictions, with what `put` adds."""
    bits = BitWriter()
    bits.put(2, 6, "Version")
    bits.put(0, 207, "the rest of the head")
    bits.put(0, 34, "no vendors")
    put(bits)
    return bits.text(24)


def test_ranges_that_overlap_are_their_union():
    def put(bits):
        bits.put(1, 12, "NumPubRestrictions")
        bits.put(3 << 14 | 3 << 12 | 2, 20, "purpose 3, type 3, two entries")
        for first, last in ((5, 9), (2, 6)):
            bits.put(1 << 32 | first << 16 | last, 33, "a range")

    (only,) = decode_tc(hand_made(put)).publisher_restrictions
    assert (only.purpose, only.type) == (3, RestrictionType.UNDEFINED)
    assert only.vendors == set(range(2, 10))


def test_a_restriction_backwards_is_refused_where_it_is():
    def put(bits):
        bits.put(1, 12, "NumPubRestrictions")
        bits.put(3 << 14 | 1, 20, "purpose 3, one entry")
        bits.put(1 << 32 | 9 << 16 | 2, 33, "a range")

    assert refused(hand_made(put)) == ("bad_range", 279 // 6)


def test_what_is_decoded_is_whole():
    """A decoder fills a string's fields past their declaration: none may be missing."""
    held = decode_tc(encode_tc(PLAIN))
    assert held.__dict__.keys() == {field.name for field in fields(TcString)}
    assert held == TcString(**{one.name: getattr(held, one.name) for one in fields(held)})
