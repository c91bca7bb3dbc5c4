import datetime as dt

import pytest
from hypothesis import given, settings
from tests.unit.consent.signals.strategies import gpp_strings
from tests.unit.consent.signals.test_tcf import PLAIN

from govreg.consent.signals.gpp import (
    GppSection,
    GppString,
    decode_gpp,
    decode_section,
    encode_gpp,
    split_gpp,
)
from govreg.consent.signals.problem import MalformedSignal
from govreg.consent.signals.tcf_encode import encode_tc
from govreg.consent.signals.us import UsPrivacy
from govreg.consent.signals.us_sections import BY_NAME
from govreg.consent.signals.usp import UspString, decode_usp


def refused(text, **options):
    with pytest.raises(MalformedSignal) as caught:
        decode_gpp(text, **options)
    return caught.value.code, caught.value.position


def plainly(value):
    """A decoded section as the vendors' reader words it."""
    if isinstance(value, UspString):
        letters = {True: "Y", False: "N", None: "-"}
        return {
            "Version": 1,
            "Notice": letters[value.notice],
            "OptOutSale": letters[value.opted_out_of_sale],
            "LspaCovered": letters[value.lspa_covered],
        }
    if isinstance(value, UsPrivacy):
        version = next(iter(BY_NAME[value.section].layouts.values())).version_name
        found = {version: value.version}
        for name, held in value.fields.items():
            one = isinstance(held, tuple) and len(held) == 1
            found[name] = held[0] if one else list(held) if isinstance(held, tuple) else held
        if value.gpc is not None:
            found |= {"GpcSegmentType": 1, "Gpc": value.gpc}
        return found
    return encode_tc(value)


def unpadded(text):
    return [part.rstrip("A") for part in text.replace(".", "~").split("~")]


def test_what_the_vendors_own_encoder_wrote_is_read_and_written(vectors):
    rows = vectors("gpp")
    assert len(rows) >= 500
    for row in rows:
        gpp = decode_gpp(row["text"])
        assert [section.id for section in gpp.sections] == row["ids"]
        for section in gpp.sections:
            expected = (
                dict(row["sections"][section.name])
                if section.id != 2
                else row["sections"]["tcfeuv2"]
            )
            if isinstance(expected, dict):
                expected = {k: v for k, v in expected.items() if not k.endswith("Included")}
            assert plainly(section.value) == expected
        written = encode_gpp(gpp)
        assert unpadded(written) == unpadded(row["text"])  # they pad to bytes first
        assert len(written) <= len(row["text"])
        assert decode_gpp(written) == gpp


def test_the_vectors_leave_no_section_out(vectors):
    rows = vectors("gpp")
    met = [name for row in rows for name in row["sections"]]
    for name in [*BY_NAME, "uspv1", "tcfeuv2"]:
        assert met.count(name) > 50
    versions = [row["sections"]["usnat"]["Version"] for row in rows if "usnat" in row["sections"]]
    assert min(versions.count(1), versions.count(2)) > 20
    assert sum("Gpc" in section for row in rows for section in row["sections"].values()) > 500


@settings(max_examples=100)
@given(gpp_strings())
def test_what_is_encoded_is_decoded_and_encoded_the_same(gpp):
    text = encode_gpp(gpp)
    assert decode_gpp(text) == gpp
    assert encode_gpp(decode_gpp(text)) == text


def test_a_section_that_is_not_understood_is_named_and_kept():
    sections = (
        GppSection(id=5, value="BOEFEAyO.x"),
        GppSection(id=6, value=decode_usp("1YNN")),
        GppSection(id=28, value="whatever"),
    )
    gpp = decode_gpp(encode_gpp(GppString(sections=sections)))
    assert [(each.id, each.name, each.value) for each in gpp.sections] == [
        (5, "tcfcav1", "BOEFEAyO.x"),
        (6, "uspv1", decode_usp("1YNN")),
        (28, None, "whatever"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "empty", 0),
        ("C", "not_a_header", 0),
        ("DBABTA", "section_count", 0),
        ("DBABTA~", "empty", 7),
        ("DBABTA~1YNN~1YNN", "section_count", 0),
        ("DBABTA~1YN", "truncated", 10),
        ("DBABTA~1YNX", "not_a_flag", 10),
        ("DBABTA~1YNN.", "trailing_bits", 11),
        ("DBABM~C", "truncated", 7),
        ("DBABM~CAAA.IAAA", "truncated", 10),
    ],
)
def test_a_string_that_cannot_be(text, code, position):
    assert refused(text) == (code, position)


def test_places_are_counted_in_the_whole_string():
    gpp = GppString(
        sections=(GppSection(id=2, value=PLAIN), GppSection(id=6, value=decode_usp("1YNN")))
    )
    text = encode_gpp(gpp)
    at = text.index("~1YNN")
    assert refused(text.replace("1YNN", "1YNx")) == ("not_a_flag", at + 4)
    assert refused(text.replace("~1YNN", ".gAAA~1YNN")) == ("unknown_segment", at + 1)
    before = PLAIN.created - dt.timedelta(days=1)
    assert refused(text, now=before) == ("in_future", text.index("~") + 2)


def test_sections_can_be_read_one_by_one():
    parts = split_gpp("DBABjw~anything~1YN")
    assert [(part.id, part.text, part.position) for part in parts] == [
        (5, "anything", 7),
        (6, "1YN", 16),
    ]
    assert decode_section(parts[0]).value == "anything"
    with pytest.raises(MalformedSignal, match="character 20"):
        decode_section(parts[1])


@pytest.mark.parametrize(
    "section",
    [
        GppSection(id=2, value=decode_usp("1YNN")),
        GppSection(id=6, value="1YNN"),
        GppSection(id=7, value="text of a section that is read"),
        GppSection(id=28, value=""),
        GppSection(id=28, value="a~b"),
        GppSection(id=28, value=PLAIN),
    ],
)
def test_a_section_under_the_wrong_id_is_not_encoded(section):
    with pytest.raises(ValueError, match=f"section `{section.id}` does not hold this"):
        encode_gpp(GppString(sections=(section,)))


def test_sections_out_of_order_are_not_encoded():
    usp = decode_usp("1YNN")
    with pytest.raises(ValueError, match="order of their ids"):
        encode_gpp(GppString(sections=(GppSection(id=6, value=usp), GppSection(id=5, value="x"))))
