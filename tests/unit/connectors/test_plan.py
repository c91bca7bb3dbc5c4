"""A plan is bound to the schema and to each row as it was."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.connectors.test_values import VALUES

from govreg.connectors.plan import Change, ChangeKind, SourcePlan, fingerprint, schema_hash
from govreg.connectors.values import canonical
from govreg.register.catalogue import Catalogue, CollectionFacts, ColumnFacts

COLUMN = ColumnFacts(name="id", type=pa.int64(), source_type="INTEGER", nullable=False)


def catalogue(column=COLUMN):
    facts = CollectionFacts(name="people", columns={"id": column}, key=("id",))
    return Catalogue(collections={"people": facts})


@given(st.lists(VALUES, max_size=4), st.lists(VALUES, max_size=4))
def test_two_rows_have_one_fingerprint_only_when_they_are_equal(one, other):
    same = [canonical(v) for v in one] == [canonical(v) for v in other]
    assert (fingerprint(one) == fingerprint(other)) is same


def test_values_do_not_flow_into_their_neighbours():
    assert fingerprint(["ab", ""]) != fingerprint(["a", "b"])
    assert fingerprint([None]) != fingerprint([""])
    assert fingerprint([7]) != fingerprint(["7"])


def test_the_schema_hash_moves_with_the_schema():
    before = schema_hash(catalogue(), ["people"])
    assert before == schema_hash(catalogue(), ["people"])
    assert before != schema_hash(catalogue(replace(COLUMN, nullable=True)), ["people"])
    assert before != schema_hash(catalogue(replace(COLUMN, source_type="TEXT")), ["people"])
    assert before != schema_hash(catalogue(), ["people", "gone"])


def test_the_collections_of_a_plan_are_named_once():
    change = Change(
        collection="people",
        key=("id",),
        kind=ChangeKind.DELETE,
        rows=((1,),),
        fingerprints=("x",),
        guard=(),
        assign={},
    )
    other = replace(change, collection="visits")
    plan = SourcePlan(source="shop", schema_hash="h", changes=(other, change, other))
    assert plan.collections == ("visits", "people")
