from __future__ import annotations

import pytest

from govreg.passes.roles import Kinds, Way, roles_of

KINDS = Kinds(people=frozenset({"people", "staff"}), places=frozenset({"addresses"}))


def _way(child, field, to, **rest):
    return Way(child=child, fields=(field,), to=to, to_fields=("id",), why="a key", **rest)


def _role(*ways):
    return [role.value for _, role, _ in roles_of(ways, KINDS).given]


@pytest.mark.parametrize(
    ("way", "role"),
    [
        (_way("orders", "person_id", "people"), "owns"),
        (_way("orders", "assigned_to", "people"), "mentions"),
        (_way("orders", "käsittelijä", "people"), "mentions"),
        (_way("people", "spouse_id", "people"), "mentions"),
        (_way("staff", "person_id", "people", single=True), "owns"),
        (_way("staff", "person_id", "people"), "mentions"),
        (_way("orders", "emergency_contact_id", "people"), "mentions"),
        (_way("payslips", "employee_id", "staff"), "owns"),
        (_way("people", "address_id", "addresses"), "shared"),
        (_way("products", "address_id", "addresses"), "lookup"),
    ],
)
def test_a_role_by_itself(way, role):
    assert _role(way) == [role]


def test_a_chain_belongs_to_people_however_long():
    assert _role(
        _way("c", "b_id", "b"), _way("b", "a_id", "a"), _way("a", "person_id", "people")
    ) == ["owns", "owns", "owns"]


def test_an_employee_beside_a_person_is_only_named():
    assert _role(
        _way("visits", "person_id", "people"), _way("visits", "employee_id", "staff")
    ) == [
        "owns",
        "mentions",
    ]


def test_a_ring_of_things_ends():
    assert _role(_way("a", "b_id", "b"), _way("b", "a_id", "a")) == ["lookup", "lookup"]
