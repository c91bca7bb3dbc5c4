from dataclasses import replace

import pytest
from hypothesis import given, settings
from tests.unit.consent.signals.strategies import us_sections

from govreg.consent.signals.bits import BitWriter
from govreg.consent.signals.problem import MalformedSignal
from govreg.consent.signals.us import UsPrivacy, decode_us, encode_us
from govreg.consent.signals.us_sections import BY_NAME, SENSITIVE

CALIFORNIA, MARYLAND, INDIANA = BY_NAME["usca"], BY_NAME["usmd"], BY_NAME["usin"]


def refused(section, text):
    with pytest.raises(MalformedSignal) as caught:
        decode_us(section, text, 10)
    return caught.value.code, caught.value.position


@settings(max_examples=400)
@given(us_sections())
def test_what_is_encoded_is_decoded_and_encoded_the_same(us):
    text = encode_us(us)
    assert decode_us(BY_NAME[us.section], text) == us
    assert encode_us(decode_us(BY_NAME[us.section], text)) == text


@settings(max_examples=100)
@given(us_sections())
def test_every_cut_is_refused(us):
    core = encode_us(us).split(".")[0]
    for at in range(len(core)):
        code, position = refused(BY_NAME[us.section], core[:at])
        assert (code, position) == ("truncated", 10 + at)


def test_by_hand():
    us = decode_us(CALIFORNIA, "BUoAAABY.YA")
    assert us.fields["SaleOptOutNotice"] == 1
    assert us.fields["SaleOptOut"] == 2
    assert us.fields["SharingOptOut"] == 2
    assert us.fields["MspaServiceProviderMode"] == 2
    assert us.gpc is True
    assert us.opted_out_of_sale_or_sharing
    assert not replace(us, gpc=False).opted_out_of_sale_or_sharing
    assert not replace(us, gpc=None).opted_out_of_sale_or_sharing
    for name in ("SaleOptOut", "SharingOptOut"):
        assert replace(us, gpc=None, fields={**us.fields, name: 1}).opted_out_of_sale_or_sharing
    other = {**us.fields, "SaleOptOut": 0, "SharingOptOut": 3}
    assert not replace(us, gpc=None, fields=other).opted_out_of_sale_or_sharing


@pytest.mark.parametrize(
    ("section", "text", "code", "position"),
    [
        ("usca", "CUoAAABY", "wrong_version", 10),
        ("usca", "AUoAAABY", "wrong_version", 10),
        ("usnat", "DAAAAAAAAAAA", "wrong_version", 10),
        ("usca", "BUoAAABY.", "truncated", 19),
        ("usca", "BUoAAABY.AA", "unknown_segment", 19),
        ("usca", "BUoAAABY.YA.YA", "unknown_segment", 21),
        ("usca", "BUoAAABY.YB", "trailing_bits", 19),
        ("usva", "BVVqAAEABY.YA", "unknown_segment", 20),
        ("usca", "BUoAAABYB", "trailing_bits", 17),
        ("usca", "BUoAA!BY", "not_base64url", 15),
        ("usin", "BVVV.AA", "truncated", 17),
        ("usca", "", "truncated", 10),
    ],
)
def test_a_section_that_cannot_be(section, text, code, position):
    if section == "usva":
        text = encode_us(decode_us(BY_NAME["usva"], "BAAAAAA")) + ".YA"
        position = 10 + len(text) - 3
    assert refused(BY_NAME[section], text) == (code, position)


def header(section, version=1):
    """The header of a section as the draft has it, with one subsection."""
    bits = BitWriter()
    for value, width in ((section.id, 6), (version, 6), (1, 12), (0b011, 3)):
        bits.put(value, width, "header")
    return bits.text(6)


@pytest.mark.parametrize("section", [MARYLAND, INDIANA])
def test_the_header_of_the_draft_is_read_and_never_written(section):
    plain = decode_us(section, "BVVV" if section is INDIANA else "BVVU")
    texts = [encode_us(plain)]
    if section is MARYLAND:
        texts.append(encode_us(replace(plain, gpc=True)))
    else:
        texts.append(encode_us(replace(plain, fields={**plain.fields, SENSITIVE: (1,) * 8})))
    for text in texts:
        drafted = decode_us(section, f"{header(section)}.{text}")
        assert drafted == replace(decode_us(section, text), section_header=True)
        assert encode_us(drafted) == text


def test_a_header_of_the_draft_that_cannot_be():
    assert refused(MARYLAND, header(MARYLAND)) == ("truncated", 10 + len(header(MARYLAND)))
    assert refused(MARYLAND, f"{header(MARYLAND, 2)}.BVVU") == ("wrong_version", 10)
    assert refused(MARYLAND, f"{header(MARYLAND)[:3]}.BVVU")[0] == "truncated"
    assert refused(CALIFORNIA, f"{header(CALIFORNIA)}.BUoAAABY") == ("wrong_version", 10)


SOUND = UsPrivacy(section="usmd", version=1, fields=decode_us(MARYLAND, "BVVU").fields)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"section": "usxx"}, "no version `1` of section `usxx`"),
        ({"version": 2}, "no version `2` of section `usmd`"),
        ({"fields": {}}, "fields of `usmd` are not these: `Add"),
        ({"fields": {**SOUND.fields, "Other": 1}}, "not these: `Other`"),
        ({"fields": {**SOUND.fields, "SaleOptOut": 4}}, "`SaleOptOut` takes 0 to 3"),
        (
            {"fields": {**SOUND.fields, "SaleOptOut": (1, 1)}},
            "`SaleOptOut` of `usmd` has 1 values",
        ),
        (
            {"section": "usin", "fields": decode_us(INDIANA, "BVVV").fields, "gpc": True},
            "`usin` does not hold `gpc`",
        ),
    ],
)
def test_what_does_not_fit_is_not_encoded(change, named):
    with pytest.raises(ValueError, match=named):
        encode_us(replace(SOUND, **change))
