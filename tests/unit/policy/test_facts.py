import re

import pytest

from govreg.policy.fact import (
    BASES,
    PYTHON,
    Fact,
    FactKind,
    assessed,
    date,
    flag,
    number,
    set_,
    text,
)
from govreg.policy.facts import FACTS

GROUPS = (
    "request|decision|person|consent|authorisation|activity|item|organisation|recipient|assessment"
)


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_declared_in_full(name):
    fact = FACTS[name]
    assert fact.name == name
    assert re.fullmatch(rf"({GROUPS})\.[a-z_]+", name)
    assert fact.words
    if fact.presumed is not None:
        assert isinstance(fact.presumed, PYTHON[fact.kind])
        assert fact.values is None or fact.presumed in fact.values
    if fact.values is not None:
        assert fact.kind in {FactKind.TEXT, FactKind.SET}
        assert len(set(fact.values)) == len(fact.values)


def test_the_bases_are_the_values_of_their_fact():
    assert FACTS["activity.basis"].values == tuple(BASES)
    assert set("abcdefghij") == {basis[-1] for basis in BASES if basis.startswith("gdpr.9.2.")}
    assert set("abcdef") <= {basis[-1] for basis in BASES if basis.startswith("gdpr.6.1.")}


@pytest.mark.parametrize(
    ("made", "fact"),
    [
        (lambda: flag("a.b", "w"), Fact(name="a.b", kind=FactKind.FLAG, words="w")),
        (
            lambda: flag("a.b", "w", presumed=False),
            Fact(name="a.b", kind=FactKind.FLAG, words="w", presumed=False),
        ),
        (lambda: text("a.b", "w"), Fact(name="a.b", kind=FactKind.TEXT, words="w")),
        (
            lambda: text("a.b", "w", "x", "y", presumed="x"),
            Fact(name="a.b", kind=FactKind.TEXT, words="w", values=("x", "y"), presumed="x"),
        ),
        (lambda: set_("a.b", "w"), Fact(name="a.b", kind=FactKind.SET, words="w")),
        (
            lambda: set_("a.b", "w", "x"),
            Fact(name="a.b", kind=FactKind.SET, words="w", values=("x",)),
        ),
        (lambda: number("a.b", "w"), Fact(name="a.b", kind=FactKind.NUMBER, words="w")),
        (lambda: date("a.b", "w"), Fact(name="a.b", kind=FactKind.DATE, words="w")),
        (
            lambda: assessed("b", "w"),
            Fact(name="assessment.b", kind=FactKind.TEXT, words="w", values=("yes", "no")),
        ),
        (
            lambda: assessed("b", "w", "x"),
            Fact(name="assessment.b", kind=FactKind.TEXT, words="w", values=("x",)),
        ),
    ],
)
def test_how_facts_of_each_kind_are_declared(made, fact):
    assert made() == fact
