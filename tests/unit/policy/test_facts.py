import re

import pytest

from govreg.policy.fact import BASES, PYTHON, FactKind
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
