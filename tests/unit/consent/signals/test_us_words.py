from dataclasses import replace

import pytest

from govreg.consent.signals.us import decode_us
from govreg.consent.signals.us_sections import BY_NAME, SECTIONS, SENSITIVE
from govreg.consent.signals.us_words import us_words

CALIFORNIA = decode_us(BY_NAME["usca"], "BUoAAABY.YA")


def said(us):
    return list(us_words(us, "Section 8, usca"))


def test_a_section():
    lines = said(CALIFORNIA)
    assert lines[:3] == [
        "Section 8, usca: privacy choices in California, version 1",
        "  opted out of sale or sharing: yes",
        "  Global Privacy Control: set",
    ]
    for line in (
        "  notice of sale opt-out: given",
        "  sale opt-out: did not opt out",
        "  sensitive data: does not apply (1, 2, 3, 4, 5, 6, 7, 8, 9)",
        "  covered by the Multi-State Privacy Agreement: yes",
        "  service provider mode of that agreement: no",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("section", "one", "two"),
    [
        ("usca", "opted out", "did not opt out"),
        ("usut", "opted out", "did not opt out"),
        ("usia", "opted out", "did not opt out"),
        ("usco", "no consent", "consent"),
    ],
)
def test_sensitive_data_is_consent_or_opting_out(section, one, two):
    us = decode_us(BY_NAME[section], "B" + "A" * 7)
    us = replace(us, fields={**us.fields, SENSITIVE: (1, 2, 3)})
    (line,) = [line for line in us_words(us, "x") if "sensitive data: " in line]
    assert line == f"  sensitive data: {one} (1); {two} (2); has no meaning (3)"


@pytest.mark.parametrize("section", SECTIONS.values(), ids=lambda each: each.name)
def test_every_field_has_words_of_its_own(section):
    fields = {name for layout in section.layouts.values() for name, _ in layout.fields}
    us = replace(CALIFORNIA, section=section.name, fields=dict.fromkeys(fields, 1), gpc=None)
    lines = said(us)
    assert "  Global Privacy Control: the section does not say" in lines
    named = [line.partition(":")[0] for line in lines[3:]]
    assert len(set(named)) == len(fields)
    assert all(name == name.lower() or "Multi-State" in name for name in named)
