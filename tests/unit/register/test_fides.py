from __future__ import annotations

import pytest

from govreg.errors import ConfigurationProblem
from govreg.register.fides import read_fides
from govreg.register.files import source_of
from govreg.register.merge import merge_source
from govreg.register.model import LinkRole

DATASET = """\
dataset:
  - fides_key: Shop-DB
    name: Shop
    description: The shop's database
    retention: 30 days
    collections:
      - name: customer
        after: [shop.address]
        fields:
          - name: id
            data_categories: [user.unique_id]
            fides_meta: {primary_key: true}
          - name: email
            data_categories: [user.contact.email]
            fides_meta: {identity: email, data_type: string, length: 40}
          - name: address_id
            data_categories: [system.operations]
            fidesops_meta:
              references: [{dataset: Shop-DB, field: address.id, direction: to}]
          - name: profile
            fides_meta: {data_type: object}
            fields:
              - name: born
                data_categories: [user.demographic.date_of_birth, user.demographic]
              - name: blood
                data_categories: [user.contact.email, user.health_and_medical.blood_group]
          - name: mystery
            data_categories: [robot.serial]
      - name: address
        fields:
          - name: id
            fides_meta: {primary_key: true}
          - {name: street, data_categories: [user.contact.address.street]}
      - name: order
        fields:
          - {name: id, data_categories: [system.operations], fides_meta: {primary_key: true}}
          - name: customer_id
            data_categories: [user.unique_id]
            fides_meta:
              references:
                - {dataset: Shop-DB, field: customer.id, direction: from}
                - {dataset: elsewhere, field: x.y, direction: from}
"""


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "dataset.yml"
        path.write_text(text, encoding="utf-8")
        return read_fides(path)

    return read


def test_a_dataset_becomes_a_source_that_can_be_read(read, tmp_path):
    (proposal,), _ = read(DATASET)
    source = source_of(merge_source(None, proposal, tmp_path / "shop-db.yaml"))
    customer = source.collections["customer"]
    assert (source.name, source.title, customer.key) == ("shop-db", "Shop", ("id",))
    assert customer.fields["email"].identifier == "email"
    assert customer.fields["profile.born"].category == "user.demographic.date_of_birth"
    assert customer.fields["address_id"].category == "none"
    assert customer.fields["mystery"].category is None
    assert "profile" not in customer.fields


def test_references_become_links_by_their_direction(read):
    (proposal,), _ = read(DATASET)
    links = {
        c.name: [(x.fields, x.to, x.to_fields, x.role) for x in c.links]
        for c in proposal.collections
    }
    assert links == {
        "customer": [(("address_id",), "address", ("id",), LinkRole.SHARED)],
        "address": [],
        "order": [(("customer_id",), "customer", ("id",), LinkRole.OWNS)],
    }


def test_the_category_that_asks_for_most_care_is_taken(read):
    (proposal,), notes = read(DATASET)
    fields = {f.name: f for f in proposal.collections[0].fields}
    assert fields["profile.blood"].category == "user.health_and_medical"
    assert any("`user.health_and_medical` was taken, not user.contact.email" in n for n in notes)


def test_nothing_is_dropped_without_a_note(read):
    _, notes = read(DATASET)
    text = "\n".join(notes)
    for word in (
        "Shop-DB",
        "`retention`",
        "`after`",
        "`length`",
        "robot.serial",
        "blood_group",
        "what is not in this file",
    ):
        assert word in text, word


def test_a_reference_from_a_key_turns_round(read):
    (proposal,), _ = read(
        """\
dataset:
  - fides_key: a
    collections:
      - name: people
        fields:
          - name: id
            fides_meta:
              primary_key: true
              references: [{dataset: a, field: notes.person, direction: to}]
      - name: notes
        fields: [{name: person}]
"""
    )
    people, notes = proposal.collections
    assert people.links == ()
    (link,) = notes.links
    assert (link.fields, link.to, link.role) == (("person",), "people", LinkRole.OWNS)


@pytest.mark.parametrize("text", ["a: 1\n", "dataset: 3\n", "- 1\n", "dataset: {{\n"])
def test_another_file_is_refused(read, text):
    with pytest.raises(ConfigurationProblem):
        read(text)


def test_entries_without_a_name_are_noted(read):
    proposals, notes = read(
        "dataset:\n  - 3\n  - {fides_key: a, collections: [7, {name: c, fields: [x]}]}\n"
    )
    assert [p.name for p in proposals] == ["a"]
    assert len(notes) == 3
