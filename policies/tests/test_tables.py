"""The tables of the GDPR pack against the register's own list of categories."""

import datetime as dt

import pytest

from govreg.plugins import announced
from govreg.policy.adopt import NOTHING_ADOPTED
from govreg.policy.evaluate import decide
from govreg.policy.files import load_books
from govreg.register.taxonomy import CATEGORIES, special
from govreg.yaml12 import plain, read

ON = dt.date(2026, 11, 25)
PACKS = announced().packs
RULES = load_books([folder / "pack.yaml" for folder in PACKS.values()])
CLASSES = plain(read(PACKS["gdpr"] / "pack.yaml").data)["tables"]["gdpr.category_class"]["rows"]
BROAD = {"user"}
"""What says too little of a field for any class; a person is asked."""


def class_of(category):
    while category not in CLASSES and "." in category:
        category = category.rpartition(".")[0]
    return CLASSES.get(category)


@pytest.mark.parametrize("category", sorted(CATEGORIES.keys() - BROAD))
def test_every_category_has_a_class(category):
    assert class_of(category) in {"ordinary", "special", "criminal", "biometric", "revealing"}


@pytest.mark.parametrize("category", [c for c in CATEGORIES if special(c)])
def test_what_the_register_calls_special_is_not_ordinary(category):
    assert class_of(category) in {"special", "criminal", "biometric"}


@pytest.mark.parametrize("category", CLASSES)
def test_the_table_names_no_category_that_is_none(category):
    assert category in CATEGORIES


@pytest.mark.parametrize("act", ["process", "collect", "send", "contact", "decide_automatically"])
def test_an_own_act_of_which_nothing_is_known_is_never_allowed(act):
    question = {"request.law": "gdpr", "request.act": act}
    decision = decide(question, RULES, on=ON, adopted=NOTHING_ADOPTED)
    assert str(decision.outcome) == "needs_human"
    assert decision.unknown_facts
