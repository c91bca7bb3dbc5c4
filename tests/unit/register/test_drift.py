from __future__ import annotations

import dataclasses

import pyarrow as pa
import pytest

from govreg.register.catalogue import (
    Catalogue,
    CollectionFacts,
    ColumnFacts,
    Fold,
    ForeignKey,
    Trigger,
)
from govreg.register.drift import check_activities, check_register, compare
from govreg.register.files import load_register
from govreg.register.model import LinkRole, Recipient

FOLDS = {"email": Fold.CASE, "customer_id": Fold.EXACT}


@pytest.fixture
def register(workspace):
    return load_register(workspace)


def _codes(findings):
    return [(f.code, f.place) for f in findings]


def _changed(register, name, **changes):
    source = register.sources["shop"]
    held = dataclasses.replace(source.collections[name], **changes)
    collections = {**source.collections, name: held}
    return dataclasses.replace(
        register, sources={"shop": dataclasses.replace(source, collections=collections)}
    )


def _field(register, name, field, **changes):
    held = register.sources["shop"].collections[name]
    fields = {**held.fields, field: dataclasses.replace(held.fields[field], **changes)}
    return _changed(register, name, fields=fields)


def _facts(name, columns, key=("id",), indexed=None):
    indexed = indexed or {}
    return CollectionFacts(
        name=name,
        key=key,
        columns={
            column: ColumnFacts(
                name=column,
                type=pa.string(),
                source_type="text",
                nullable=True,
                indexed=frozenset(indexed.get(column, ())),
            )
            for column in columns
        },
    )


def _catalogue(**changes):
    given = {
        "collections": {
            "people": _facts(
                "people", ["id", "mail"], indexed={"id": [Fold.EXACT], "mail": [Fold.CASE]}
            ),
            "orders": _facts("orders", ["id", "person"]),
        },
        "foreign_keys": (
            ForeignKey(
                name=None,
                collection="orders",
                fields=("person",),
                to_collection="people",
                to_fields=("id",),
            ),
        ),
    }
    return Catalogue(**{**given, **changes})


def _compared(register, **changes):
    return _codes(compare(register.sources["shop"], _catalogue(**changes), FOLDS))


def test_a_register_that_says_everything_has_no_finding(register):
    assert check_register(register, FOLDS) == ()
    assert _compared(register) == []


def test_an_unclassified_field_is_an_error(register):
    found = check_register(_field(register, "orders", "id", category=None), FOLDS)
    assert _codes(found) == [("unclassified_field", "shop.orders.id")]


def test_personal_data_without_an_activity_is_an_error(register):
    found = check_register(_field(register, "people", "mail", activities=()), FOLDS)
    assert _codes(found) == [("field_without_activity", "shop.people.mail")]


def test_an_unknown_identifier_kind_names_the_known_ones(register):
    (found,) = check_register(_field(register, "people", "mail", identifier="mail"), FOLDS)
    assert (found.code, found.way_out) == ("unknown_identifier_kind", "known: customer_id, email")


def test_personal_rows_without_a_key_cannot_be_changed(register):
    assert _codes(check_register(_changed(register, "orders", key=()), FOLDS)) == [
        ("no_key", "shop.orders")
    ]


@pytest.mark.parametrize(
    ("role", "reached"),
    [
        (LinkRole.OWNS, True),
        (LinkRole.MENTIONS, True),
        (LinkRole.SHARED, False),
        (LinkRole.LOOKUP, False),
    ],
)
def test_a_collection_is_reached_as_the_search_goes(register, role, reached):
    (link,) = register.sources["shop"].collections["orders"].links
    changed = _changed(register, "orders", links=(dataclasses.replace(link, role=role),))
    found = _codes(check_register(changed, FOLDS))
    assert found == ([] if reached else [("unreachable_collection", "shop.orders")])


def test_an_identifier_of_somebody_else_leads_nowhere(register):
    changed = _field(register, "people", "mail", about_other=True)
    changed = _field(changed, "people", "id", identifier=None)
    assert ("unreachable_collection", "shop.people") in _codes(check_register(changed, FOLDS))


def _activity(register, **changes):
    held = dataclasses.replace(register.activities["orders"], **changes)
    return dataclasses.replace(register, activities={"orders": held})


@pytest.mark.parametrize(
    "blank", [{"retention": {}}, {"source_of_data": {"en": " "}}, {"recipients": ()}]
)
def test_an_activity_that_leaves_something_unsaid(register, blank):
    found = check_activities(_activity(register, **blank))
    assert _codes(found) == [("activity_incomplete", "activities.orders")]


def test_a_third_country_needs_a_safeguard(register):
    bare = Recipient(name="Cloud Inc", role="processor", country="US")
    (found,) = check_activities(_activity(register, recipients=(bare,)))
    assert (found.code, "Cloud Inc" in found.message) == ("activity_incomplete", True)
    safe = dataclasses.replace(bare, safeguard={"en": "standard contractual clauses"})
    assert check_activities(_activity(register, recipients=(safe,))) == ()


def test_an_activity_that_nothing_uses_is_a_warning(register):
    extra = dataclasses.replace(register.activities["orders"], name="old")
    register = dataclasses.replace(register, activities={**register.activities, "old": extra})
    (found,) = check_register(register, FOLDS)
    assert (found.code, found.severity) == ("unused_activity", "warning")


def test_what_one_side_has_and_the_other_has_not(register):
    people = _facts("people", ["id", "phone"], indexed={"id": [Fold.EXACT]})
    found = _compared(
        register, collections={"people": people, "extra": _facts("extra", ["a"])}, foreign_keys=()
    )
    assert found == [
        ("unregistered_collection", "shop.extra"),
        ("unregistered_field", "shop.people.phone"),
        ("missing_field", "shop.people.mail"),
        ("missing_collection", "shop.orders"),
    ]


def test_a_collection_that_cannot_be_read_is_not_missing(register):
    people = _catalogue().collections["people"]
    found = _compared(
        register, collections={"people": people}, foreign_keys=(), unreadable={"orders": "denied"}
    )
    assert found == [("unreadable_collection", "shop.orders")]


def test_a_key_that_the_source_does_not_keep_unique(register):
    orders = _facts("orders", ["id", "person", "no"], key=("no",))
    found = _compared(
        _changed(register, "orders", key=("person",)),
        collections={**_catalogue().collections, "orders": orders},
    )
    assert ("key_changed", "shop.orders") in found


def test_a_file_that_declares_no_key_is_believed(register):
    orders = _facts("orders", ["id", "person"], key=())
    assert _compared(register, collections={**_catalogue().collections, "orders": orders}) == []


def test_a_lookup_without_an_index_is_a_warning_where_the_source_has_indexes(register):
    held = _catalogue().collections
    people = _facts("people", ["id", "mail"], indexed={"id": [Fold.EXACT], "mail": [Fold.EXACT]})
    assert _compared(register, collections={**held, "people": people}) == [
        ("unindexed_lookup", "shop.people.mail")
    ]
    bare = _facts("people", ["id", "mail"])
    assert _compared(register, collections={**held, "people": bare}) == []


def test_a_foreign_key_must_be_declared(register):
    assert _compared(_changed(register, "orders", links=())) == [
        ("undeclared_foreign_key", "shop.orders.person")
    ]


def test_a_foreign_key_from_outside_the_source_is_seen(register):
    outside = ForeignKey(
        name="x", collection="crm.notes", fields=("p",), to_collection="people", to_fields=("id",)
    )
    found = _compared(register, foreign_keys=(*_catalogue().foreign_keys, outside))
    assert found == [("unregistered_collection", "shop.crm.notes")]


def test_a_trigger_is_read_by_a_person(register):
    triggers = (Trigger(name="t_log", collection="orders", event="delete"),)
    assert _compared(register, triggers=triggers) == [("unreviewed_trigger", "shop.orders.t_log")]
    read = _changed(register, "orders", triggers_reviewed=("t_log",))
    assert _compared(read, triggers=triggers) == []


def test_the_inside_of_a_nested_column_is_no_missing_field(register):
    mail = register.sources["shop"].collections["people"].fields["mail"]
    nested = dataclasses.replace(mail, name="mail.home")
    fields = {
        "id": register.sources["shop"].collections["people"].fields["id"],
        "mail.home": nested,
    }
    assert _compared(_changed(register, "people", fields=fields)) == []
