"""What a register leaves open by itself."""

from __future__ import annotations

import dataclasses

import pytest

from govreg.register.catalogue import Fold
from govreg.register.check import check_activities, check_register
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


def test_a_register_that_says_everything_has_no_finding(register):
    assert check_register(register, FOLDS) == ()


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


def test_no_recipients_is_an_answer_and_not_beside_recipients(register):
    said = _activity(register, recipients=(), no_recipients=True)
    assert check_activities(said) == ()
    both = _activity(register, no_recipients=True)
    (found,) = check_activities(both)
    assert "it is said that there are none" in found.message
