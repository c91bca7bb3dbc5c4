import pytest

from govreg.register.kept import kept_fields
from govreg.register.model import Collection, Field, Link, LinkRole, Minimum, Register, Source


def collection(name, *fields, **parts):
    held = {f: Field(name=f, category="user.name", activities=("orders",)) for f in fields}
    return Collection(source="shop", name=name, fields=held, **parts)


@pytest.fixture
def kept():
    def run(*collections):
        source = Source(
            name="shop",
            title="Shop",
            connector="sql",
            config={},
            owner="Shop",
            collections={one.name: one for one in collections},
        )
        found = kept_fields(Register(sources={"shop": source}, activities={}))
        return {one.field: one for one in found}

    return run


BOOKS = Minimum(rule="fi.books", anchor="date_of(paid)", fields=("paid", "total"))


def test_exactly_the_fields_that_a_minimum_names_are_kept(kept):
    found = kept(collection("orders", "paid", "total", "note", minimums=(BOOKS,)))
    assert sorted(found) == ["shop.orders.paid", "shop.orders.total"]
    total = found["shop.orders.total"]
    assert (total.rules, total.activities) == (("fi.books",), ("orders",))
    assert total.anchors == ("shop.orders, date_of(paid)",)


def test_a_linked_field_is_kept_with_the_fields_that_lead_to_it(kept):
    minimum = Minimum(rule="fi.books", anchor="date_of(paid)", fields=("customers.name",))
    link = Link(
        fields=("customer_id",), to="shop.customers", to_fields=("id",), role=LinkRole.OWNS
    )
    found = kept(
        collection("orders", "paid", "customer_id", links=(link,), minimums=(minimum,)),
        collection("customers", "id", "name", "email"),
    )
    assert sorted(found) == [
        "shop.customers.id", "shop.customers.name", "shop.orders.customer_id",
    ]  # fmt: skip


def test_several_minimums_of_one_field_are_all_named(kept):
    other = Minimum(rule="fi.voucher", anchor="date_of(paid)", fields=("paid",))
    again = Minimum(rule="fi.books", anchor="date_of(due)", fields=("paid",))
    found = kept(collection("orders", "paid", "total", minimums=(BOOKS, other, again)))
    assert found["shop.orders.paid"].rules == ("fi.books", "fi.voucher")
    assert found["shop.orders.paid"].anchors == (
        "shop.orders, date_of(paid) and shop.orders, date_of(due)",
        "shop.orders, date_of(paid)",
    )


def test_a_register_without_minimums_keeps_nothing(kept):
    assert kept(collection("orders", "paid")) == {}
