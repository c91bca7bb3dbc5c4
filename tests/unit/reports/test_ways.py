"""Steps, limits and gaps are worded in the language of the page."""

from __future__ import annotations

import pytest

from govreg.gate.scope import Cap, CapCode, Step, StepCode
from govreg.reports.ways import (
    cap_data,
    cap_of,
    cap_words,
    found_by_words,
    path_words,
    step_words,
    why_not_words,
)
from govreg.reports.words import Words

EN, FI = Words("en"), Words("fi")
BY = Step(code=StepCode.BY, collection="crm.contacts", through="email")
OVER = Step(code=StepCode.OVER, collection="shop.orders", through="customer_id→shop.customers")


def test_a_path_names_each_step():
    steps = (BY, OVER, Step(code=StepCode.CONFIRMED))
    assert path_words(steps, EN) == (
        "crm.contacts by e-mail address; shop.orders over customer_id→shop.customers; "
        "confirmed by a person"
    )
    assert path_words(steps, FI).startswith("crm.contacts, hakutietona sähköpostiosoite; ")


def test_how_a_collection_was_searched_leaves_its_name_out():
    assert found_by_words((BY, OVER), EN) == ("by e-mail address, over customer_id→shop.customers")


@pytest.mark.parametrize("code", StepCode)
@pytest.mark.parametrize("words", [EN, FI])
def test_every_step_has_words(code, words):
    told = step_words(Step(code=code, collection="a.b", through="email"), words)
    assert code.value not in told.split() or code in {"by", "over", "confirmed", "context"}
    assert told


@pytest.mark.parametrize(
    "cap",
    [
        Cap(code=CapCode.ROUNDS, number=6),
        Cap(code=CapCode.ROWS, number=5000, collection="a.b"),
        Cap(code=CapCode.IDENTIFIERS, number=20, kind="email"),
        Cap(code=CapCode.FAN_OUT, number=9, collection="a.b", step=OVER),
    ],
)
def test_every_limit_has_words_and_comes_back_out_of_data(cap):
    assert cap_of(cap_data(cap)) == cap
    assert str(cap.number)[0] in cap_words(cap, EN)
    assert cap_words(cap, EN) != cap_words(cap, FI)


def test_what_follows_a_colon_is_worded_too():
    assert why_not_words("no_identifier:email,phone", FI).endswith(
        "(sähköpostiosoite, puhelinnumero)"
    )
    assert why_not_words("unsettled:inferred", FI).endswith("(päätelty yhteys)")
    assert why_not_words("bad_line:12", EN) == "a line of the file cannot be read (12)"
