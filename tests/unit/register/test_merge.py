from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govreg.register.files import source_of
from govreg.register.merge import merge_source
from govreg.register.model import LinkRole
from govreg.register.proposal import (
    CollectionProposal,
    FieldProposal,
    LinkProposal,
    SourceProposal,
)
from govreg.yaml12 import parse, text_of

PATH = Path("shop.yaml")


def _field(name, category="user.name", **rest):
    return FieldProposal(name=name, category=category, reason=f"because of {len(name)}", **rest)


PROPOSAL = SourceProposal(
    name="shop",
    reason="seen",
    connector="sql",
    config={"url": "sqlite:///a.db"},
    collections=(
        CollectionProposal(
            name="people",
            reason="people",
            key=("id",),
            subject="customer",
            fields=(_field("id", "user.unique_id", identifier="customer_id"), _field("odd", None)),
        ),
        CollectionProposal(
            name="sales.orders",
            reason="records",
            key=("no",),
            links=(
                LinkProposal(
                    fields=("person",),
                    to="people",
                    to_fields=("id",),
                    role=LinkRole.OWNS,
                    reason="a foreign key",
                ),
            ),
            fields=(_field("no", "none"), _field("person", "user.unique_id")),
        ),
    ),
)

HAND_MADE = """\
# ours
govreg_source: 1
source: shop
title: Shop
connector: sql
owner: Web team   # ask Maija
collections:
  people:   # checked in May
    fields:
      id: {category: user.unique_id} # mine
      name:
        category: user.name   # kept
        label: >
          the name
          of it

  # what they bought
  sales.orders:
    key: [person]
    fields: {person: {category: user.unique_id}}

# the end
"""


def _merged(text, proposal=PROPOSAL):
    return text_of(merge_source(parse(text, PATH), proposal, PATH))


def test_a_new_file_is_read_back_as_proposed():
    source = source_of(merge_source(None, PROPOSAL, PATH))
    assert source.collections["people"].subject == "customer"
    assert source.collections["people"].fields["id"].identifier == "customer_id"
    (link,) = source.collections["sales.orders"].links
    assert (link.to, link.to_fields, link.role) == ("shop.people", ("id",), LinkRole.OWNS)


def test_each_field_says_why_and_an_unclassified_one_says_so():
    text = text_of(merge_source(None, PROPOSAL, PATH))
    assert "id: {category: user.unique_id, identifier: customer_id}  # because of 2\n" in text
    assert "odd: {}  # unclassified: because of 3\n" in text


def test_what_a_person_wrote_stays_where_it_is():
    text = _merged(HAND_MADE)
    held = source_of(parse(text, PATH)).collections
    assert held["people"].key == ("id",)
    assert held["people"].subject is None
    assert held["people"].fields["id"].identifier is None
    assert set(held["people"].fields) == {"id", "name", "odd"}
    assert held["sales.orders"].key == ("person",)
    assert set(held["sales.orders"].fields) == {"person", "no"}
    for comment in ("# ours", "# ask Maija", "# checked in May", "# mine", "# kept", "# the end"):
        assert comment in text
    assert text.index("odd:") < text.index("# what they bought") < text.index("sales.orders")
    assert text.endswith("# the end\n")


@pytest.mark.parametrize("text", [HAND_MADE, text_of(merge_source(None, PROPOSAL, PATH))])
def test_merging_twice_changes_no_byte(text):
    once = _merged(text)
    assert _merged(once) == once


@pytest.mark.parametrize("empty", ["collections: {}  # soon\n", "collections:\n", ""])
def test_an_empty_file_is_filled(empty):
    head = "govreg_source: 1\nsource: shop\ntitle: Shop\nconnector: sql\nowner: me\n"
    text = _merged(head + empty)
    assert set(source_of(parse(text, PATH)).collections) == {"people", "sales.orders"}
    assert _merged(text) == text


def test_a_role_that_a_person_corrected_stays():
    text = text_of(merge_source(None, PROPOSAL, PATH)).replace("role: owns", "role: mentions")
    assert _merged(text) == text


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@settings(max_examples=50, deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=5, unique=True), reason=NAMES, extra=NAMES)
def test_any_name_is_read_back_and_merged_once(names, reason, extra):
    def proposal(fields):
        return SourceProposal(
            name="shop",
            reason=reason,
            connector="sql",
            collections=(
                CollectionProposal(
                    name=names[0],
                    reason=reason,
                    key=(names[0],),
                    fields=tuple(
                        FieldProposal(name=name, category=None, reason=reason) for name in fields
                    ),
                ),
            ),
        )

    first = text_of(merge_source(None, proposal(names), PATH))
    source = source_of(parse(first, PATH))
    assert list(source.collections[names[0]].fields) == names
    assert source.collections[names[0]].key == (names[0],)
    grown = [*names, *([extra] if extra not in names else [])]
    second = _merged(first, proposal(grown))
    assert list(source_of(parse(second, PATH)).collections[names[0]].fields) == grown
    assert _merged(second, proposal(grown)) == second


def test_a_question_as_long_as_a_line_is_a_name_too():
    long = "How often in the last twelve months did you: " + "very " * 40 + "much?"
    collection = CollectionProposal(
        name="survey", reason="", fields=tuple(_field(n, None) for n in (long, "b"))
    )
    proposal = SourceProposal(name="shop", reason="", connector="sql", collections=(collection,))
    first = text_of(merge_source(None, proposal, PATH))
    again = CollectionProposal(
        name="survey", reason="", fields=tuple(_field(n, None) for n in (long, "b", f"{long}?"))
    )
    grown = SourceProposal(name="shop", reason="", connector="sql", collections=(again,))
    second = _merged(first, grown)
    assert list(source_of(parse(second, PATH)).collections["survey"].fields) == [
        long,
        "b",
        f"{long}?",
    ]
    assert _merged(second, grown) == second
