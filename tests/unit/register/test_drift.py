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
from govreg.register.drift import compare
from govreg.register.files import load_register

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


def test_a_source_that_is_as_registered_has_no_finding(register):
    assert _compared(register) == []


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
