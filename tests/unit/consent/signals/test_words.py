from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.consent.signals.strategies import gpp_strings, tc_strings, usp_strings
from tests.unit.consent.signals.test_tcf import FULL, PLAIN

from govreg.consent.signals.gpc import read_gpc_support
from govreg.consent.signals.gpp import decode_gpp
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.usp import decode_usp
from govreg.consent.signals.words import words_of


def said(signal):
    return list(words_of(signal))


@settings(max_examples=60)
@given(st.one_of(tc_strings, gpp_strings(), usp_strings))
def test_everything_has_words(signal):
    lines = said(signal)
    assert lines[0].strip()
    assert all(line == line.rstrip() and len(line) < 300 for line in lines)


def test_a_tc_string():
    tc = replace(
        FULL, purpose_consents=IdSet({1, 12}), purpose_one_treatment=True, publisher_country="DE"
    )
    lines = said(tc)
    assert lines[0] == "TC string under policies 5 (version 2.3) of IAB Europe, for this service"
    for line in (
        "  made 2026-03-05, last updated 2026-03-05",
        "  asked in FI on screen 1 by consent platform 31 (version 2)",
        "  vendor list 120, publisher in DE",
        "  purpose 1 was not put to the person at all",
        "Consent to",
        "  1 Store and/or access information on a device",
        "  12 has no meaning",
        "Told of legitimate interest, no objection: nothing",
        "Vendors with consent: 399 (1-399)",
        "Vendors shown: 2 (1-2)",
        "Vendors allowed (obsolete): 1 (3)",
        "  7 Measure advertising performance: not allowed for 4 (1-3, 9)",
        "Purposes of the publisher's own: 2, consent to 2, legitimate interest for none",
    ):
        assert line in lines


def test_what_is_not_said_is_said_to_be_so():
    lines = said(PLAIN)
    assert "Vendors with consent: none" in lines
    assert "Vendors shown: the string does not say" in lines
    assert "  vendor list 120, publisher in a country not named" in lines


def test_a_long_list_is_cut_and_counted():
    (line,) = [
        line
        for line in said(replace(PLAIN, vendor_consents=IdSet(range(1, 999, 2))))
        if line.startswith("Vendors with consent")
    ]
    assert line.startswith("Vendors with consent: 499 (1, 3, 5, ")
    assert line.endswith(", …)")
    assert len(line) < 100


def test_a_gpp_string():
    assert said(decode_gpp("DBABjw~anything~1YNN")) == [
        "GPP string with 2 sections",
        "",
        "Section 5, tcfcav1: not read, 8 characters kept as they are",
        "",
        "Section 6, uspv1",
        "US Privacy string, version 1",
        "  told of the right to opt out: yes",
        "  opted out of sale: no",
        "  under the limited service provider agreement: no",
    ]


def test_other_signals():
    assert said(decode_usp("1---"))[2] == "  opted out of sale: does not apply"
    assert said(read_gpc_support('{"gpc": false, "lastUpdate": "2026-03-05"}')) == [
        "Global Privacy Control, supported by this site: no",
        "  last update of this statement: 2026-03-05",
    ]
    assert said(read_gpc_support("[]"))[0].endswith("unknown")
