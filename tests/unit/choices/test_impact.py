"""What a withdrawal changes: what only a maximum names has nothing left for which it may stay."""

from __future__ import annotations

import pytest
from tests.journeys.workspace import make

from govreg.choices.impact import impact_of
from govreg.register.files import load_register

SOURCE = """\
govreg_source: 1
source: desk
title: Desk
connector: sql
config: {url: "sqlite:///desk.db"}
owner: Desk
collections:
  letters:
    key: [id]
    subject: customer
    retention:
      - {rule: fi.accounting.voucher, anchor: date_of(day), fields: [total]}
      - {rule: fi.recruitment, anchor: date_of(day), fields: [email, total]}
    fields:
      id: {category: none}
      day: {category: none}
      email: {category: user.contact.email, identifier: email, activities: [newsletter]}
      total: {category: user.payment, activities: [newsletter, orders]}
"""


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    return load_register(make(tmp_path_factory.mktemp("desk"), {"desk": SOURCE}))


def test_a_maximum_keeps_nothing_and_a_minimum_does(register):
    found = impact_of(register, "newsletter", ending={"fi.recruitment"})
    held = {one.field: (one.left, one.kept_by, one.due) for one in found.fields}
    assert held == {
        "email": ((), (), True),
        "total": (("orders",), ("fi.accounting.voucher",), False),
    }
    assert [one.field for one in found.due] == ["email"]


def test_every_rule_that_is_not_said_to_end_keeps(register):
    found = impact_of(register, "newsletter")
    held = {one.field: one.kept_by for one in found.fields}
    assert held["email"] == ("fi.recruitment",)
