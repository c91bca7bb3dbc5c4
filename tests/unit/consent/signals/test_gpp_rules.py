from dataclasses import replace

import pytest
from tests.unit.consent.signals.test_tcf import PLAIN

from govreg.consent.signals.gpp import GppSection, GppString
from govreg.consent.signals.gpp_rules import gpp_findings, us_findings
from govreg.consent.signals.us import decode_us
from govreg.consent.signals.us_sections import BY_NAME, SENSITIVE
from govreg.consent.signals.usp import decode_usp

SOUND = decode_us(BY_NAME["usca"], "BVoAAABY")


def changed(**fields):
    return replace(SOUND, fields={**SOUND.fields, **fields})


def test_a_sound_section():
    assert list(us_findings(SOUND)) == []


@pytest.mark.parametrize(
    ("us", "code", "named"),
    [
        (changed(SaleOptOutNotice=3, SaleOptOut=0), "undefined_value", "SaleOptOutNotice"),
        (changed(MspaCoveredTransaction=0), "undefined_value", "MspaCoveredTransaction"),
        (changed(**{SENSITIVE: (0, 0, 0, 0, 0, 0, 0, 0, 3)}), "undefined_value", SENSITIVE),
        (changed(SaleOptOutNotice=2, SaleOptOut=1), "opt_out_without_notice", "SaleOptOut has"),
        (
            changed(SharingOptOutNotice=0, SharingOptOut=2),
            "opt_out_without_notice",
            "SharingOptOut has",
        ),
        (replace(SOUND, section_header=True), "section_header", "draft"),
    ],
)
def test_a_rule_that_is_not_kept(us, code, named):
    (finding,) = us_findings(us)
    assert (finding.code, finding.invalid) == (code, False)
    assert named in finding.text


def test_an_opt_out_that_does_not_apply_needs_no_notice():
    assert list(us_findings(changed(SaleOptOutNotice=2, SaleOptOut=0))) == []


def test_findings_say_in_which_section():
    gpp = GppString(
        sections=(
            GppSection(id=2, value=PLAIN),
            GppSection(id=5, value="x"),
            GppSection(id=6, value=decode_usp("1YNN")),
            GppSection(id=8, value=replace(SOUND, section_header=True)),
            GppSection(id=99, value="x"),
        )
    )
    found = [(each.text.partition(":")[0], each.code) for each in gpp_findings(gpp)]
    assert found == [
        ("tcfeuv2", "disclosed_vendors_missing"),
        ("tcfcav1", "unknown_section"),
        ("usca", "section_header"),
        ("section 99", "unknown_section"),
    ]
    assert gpp_findings(gpp)[0].invalid
