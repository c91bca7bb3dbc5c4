"""One list of cells for disclosure and erasure."""

from __future__ import annotations

from govreg.gate.cells import cell_fields, item_facts, scope_cells
from govreg.gate.scope import FoundRow, Relation, Scope
from govreg.register.model import Collection, Field, Register, Source

FIELDS = {
    "id": Field(name="id", category="none"),
    "name": Field(name="name", category="user.name"),
    "agent": Field(name="agent", category="user.unique_id", about_other=True),
    "new": Field(name="new", category=None),
}
TICKETS = Collection(source="shop", name="tickets", fields=FIELDS, key=("id",))
REGISTER = Register(
    sources={
        "shop": Source(
            name="shop",
            title="Shop",
            connector="sql",
            config={},
            owner="Shop",
            collections={"tickets": TICKETS},
        )
    },
    activities={},
)


def row(relation, *own):
    return FoundRow(
        collection="shop.tickets",
        key=(1,),
        values={},
        relation=relation,
        path=(),
        own_fields=own,
    )


def names(found):
    return [field.name for field in cell_fields(TICKETS, found)]


def test_an_unclassified_field_counts_as_personal():
    assert names(row(Relation.OWN)) == ["name", "agent", "new"]
    assert names(row(Relation.SHARED)) == ["name", "agent", "new"]


def test_of_a_mention_only_the_naming_fields():
    assert names(row(Relation.MENTION, "agent")) == ["agent"]
    assert names(row(Relation.MENTION, "gone")) == []


def test_rows_of_a_collection_that_is_not_registered_have_no_cells():
    found = row(Relation.OWN)
    scope = Scope(rows={"shop.tickets": {(1,): found}, "shop.gone": {(1,): found}})
    assert [f.name for _, _, f in scope_cells(REGISTER, scope)] == ["name", "agent", "new"]


def test_what_rules_are_told_of_a_field():
    facts = item_facts(TICKETS, FIELDS["agent"])
    assert facts["item.about_other"] is True
    assert facts["item.collection"] == "tickets"
