"""One normal form for each identifier, found in every writing that a source may hold."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from govreg.errors import ConfigurationProblem, UsageProblem
from govreg.subjects.identifier import CORE_KINDS, Identifier, Kinds, folded

KINDS = Kinds(known=CORE_KINDS, country="FI")
for _warm in ("phone", "email"):  # the first call imports a library, which takes its time
    KINDS.read(_warm, "0401234567@a.example")
LIKELY = st.one_of(
    st.text(max_size=30),
    st.emails(),
    st.from_regex(r"\+?[0-9 ()-]{5,15}", fullmatch=True),
    st.from_regex(r"[0-9]{6}[-+A][0-9]{3}[0-9A-Y]", fullmatch=True),
)


@example(kind="national_id", text="00000000001/")
@given(kind=st.sampled_from(sorted(CORE_KINDS)), text=LIKELY)
@example(kind="national_id", text="00000000001/")
def test_normalising_twice_is_normalising_once(kind, text):
    once = KINDS.read(kind, text)
    if once is not None:
        assert KINDS.read(kind, once.value) == once


@given(kind=st.sampled_from(sorted(CORE_KINDS)), text=LIKELY)
def test_the_normal_form_is_among_the_texts_asked_for(kind, text):
    found = KINDS.read(kind, text)
    if found is not None:
        assert folded(found.value, CORE_KINDS[kind].fold) in KINDS.wanted(kind, [found])


@given(kind=st.sampled_from(sorted(CORE_KINDS)), text=LIKELY)
def test_no_identifier_is_empty_or_told_by_its_repr(kind, text):
    found = KINDS.read(kind, text)
    if found is not None:
        assert found.value.strip()
        assert repr(found) == f"Identifier(kind={kind!r})"


@pytest.mark.parametrize(
    "text",
    [
        "040 123 4567",
        "040-1234567",
        "0401234567",
        "+358 40 123 4567",
        "+358401234567",
        "00358 40 1234567",
        "+358 (0)40 123 4567",
        "358401234567",
        "(040) 123.4567",
        "40 123 4567",
        "040\u00a0123\u00a04567",
    ],
)
def test_a_phone_number_is_found_in_many_writings(text):
    wanted = KINDS.identifier("phone", "+358 40 1234567")
    assert folded(text, CORE_KINDS["phone"].fold) in KINDS.wanted("phone", [wanted])


@pytest.mark.parametrize(
    "text", ["040 123 4567", "+358401234567", "00358 40 1234567", "+358 (0)40 123 4567"]
)
def test_each_such_hit_is_the_same_number(text):
    assert KINDS.read("phone", text) == Identifier(kind="phone", value="+358401234567")


@pytest.mark.parametrize("text", ["", " ", "-", "0", "none", "\t"])
def test_fillers_are_no_identifier(text):
    for kind in ("email", "phone", "national_id"):
        assert KINDS.read(kind, text) is None


@pytest.mark.parametrize("text", ["0", "00", "000000", "", "  "])
def test_zero_is_nobodys_customer_number(text):
    assert KINDS.read("customer_id", text) is None
    assert KINDS.read("customer_id", 0) is None


@pytest.mark.parametrize(
    "text", ["unknown", "N/A N/A", "000000-0000", "111111-1111", "XXXXXXX", "999999999", "012345"]
)
def test_a_filler_is_nobodys_national_code(text):
    found = KINDS.read("national_id", text)
    assert found is None or text == "012345"


def test_a_finnish_code_needs_its_check_character():
    assert KINDS.read("national_id", " 131052-308t ") == Identifier(
        kind="national_id", value="131052-308T"
    )
    assert KINDS.read("national_id", "131052-308A") is None


def test_a_number_written_with_zeros_is_another_number():
    assert KINDS.read("customer_id", "007") != KINDS.read("customer_id", 7)


def test_case_and_blanks_do_not_make_another_address():
    assert KINDS.read("email", " One@Example.COM ") == KINDS.read("email", "one@example.com")


def test_an_international_domain_is_one_domain():
    found = KINDS.identifier("email", "one@bücher.example")
    assert found == KINDS.read("email", "one@xn--bcher-kva.example")
    assert "one@bücher.example" in KINDS.wanted("email", [found])


def test_a_value_that_is_none_of_the_kind_is_not_repeated():
    with pytest.raises(UsageProblem) as told:
        KINDS.identifier("email", "secret words")
    assert "secret" not in str(told.value)
    with pytest.raises(ConfigurationProblem, match="no identifier kind"):
        KINDS.kind("shoe_size")


@pytest.mark.parametrize("value", [None, True, b"one@a.example"])
def test_values_that_can_hold_no_identifier(value):
    assert KINDS.read("email", value) is None
