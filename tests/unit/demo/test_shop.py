from __future__ import annotations

import pytest

from govreg.demo.cast import (
    ACCENTED,
    ANNA,
    CALLED_NULL,
    FORMER_AGENT,
    GONE_CUSTOMERS,
    NOBODY,
    TWINS_EMAIL,
    WITHDRAWN_PRODUCT,
)


def column(shop, question, *values):
    return [row[0] for row in shop.execute(question, values)]


def test_counts_are_the_tables(company, shop):
    for ref, count in company.counts.items():
        source, _, table = ref.partition(".")
        if source == "webshop":
            assert column(shop, f"SELECT count(*) FROM {table}") == [count]


def test_foreign_keys_are_declared(shop):
    declared = {
        (table, row["from"], row["table"])
        for table in column(shop, "SELECT name FROM sqlite_master WHERE type = 'table'")
        for row in shop.execute(f"PRAGMA foreign_key_list({table})")
    }
    assert declared == {
        ("customers", "address_id", "addresses"),
        ("orders", "customer_id", "customers"),
        ("order_lines", "order_id", "orders"),
        ("order_lines", "product_id", "products"),
        ("tickets", "customer_id", "customers"),
        ("tickets", "agent_id", "employees"),
        ("employees", "manager_id", "employees"),
        ("logins", "customer_id", "customers"),
    }


def test_exactly_the_told_references_lead_nowhere(company, shop):
    broken = [(row["table"], row["rowid"]) for row in shop.execute("PRAGMA foreign_key_check")]
    orders = column(shop, "SELECT id FROM orders WHERE customer_id IN (?, ?, ?)", *GONE_CUSTOMERS)
    lines = column(shop, "SELECT id FROM order_lines WHERE product_id = ?", WITHDRAWN_PRODUCT)
    letters = column(shop, "SELECT id FROM tickets WHERE agent_id = ?", FORMER_AGENT)
    assert orders
    assert len(lines) == len(letters) == 1
    assert set(broken) == (
        {("orders", n) for n in orders}
        | {("order_lines", n) for n in lines}
        | {("tickets", n) for n in letters}
    )


@pytest.mark.parametrize(
    "question",
    [
        "SELECT id FROM customers WHERE lower(email) = 'a@posti.example'",
        "SELECT id FROM orders WHERE customer_id = 1042",
        "SELECT id FROM order_lines WHERE order_id = 50001",
        "SELECT id FROM tickets WHERE customer_id = 1042",
        "SELECT id FROM tickets WHERE agent_id = 7",
        "SELECT id FROM customers WHERE address_id = 1",
        "SELECT id FROM logins WHERE customer_id = 1042",
    ],
)
def test_lookups_use_an_index(shop, question):
    plan = " ".join(row["detail"] for row in shop.execute(f"EXPLAIN QUERY PLAN {question}"))
    assert "USING" in plan
    assert "SCAN" not in plan


def test_anna_and_her_household(company, shop):
    home = column(shop, "SELECT address_id FROM customers WHERE id = ?", ANNA)
    at_home = column(shop, "SELECT id FROM customers WHERE address_id = ? ORDER BY id", *home)
    assert at_home == [company.customer_id, company.household_mate_id]
    assert column(shop, "SELECT id FROM customers WHERE lower(email) = ?", company.email) == [
        company.customer_id
    ]
    assert not column(shop, "SELECT id FROM customers WHERE lower(email) = ?", company.old_email)


def test_one_e_mail_of_two_customers(shop):
    shared = column(
        shop,
        "SELECT lower(trim(email)) FROM customers WHERE email <> '' GROUP BY 1 HAVING count(*) > 1",
    )
    assert shared == [TWINS_EMAIL]


def test_odd_values_arrive_as_they_are(shop):
    nobody = tuple(shop.execute("SELECT * FROM customers WHERE id = ?", (NOBODY,)).fetchone())
    assert nobody == (NOBODY, *[None] * 11)
    assert column(shop, "SELECT last_name FROM customers WHERE id = ?", CALLED_NULL) == ["NULL"]
    assert column(shop, "SELECT last_name FROM customers WHERE id = ?", ACCENTED) == ["O'Grönlund"]
    assert column(shop, "SELECT count(*) FROM customers WHERE notes LIKE '=HYPERLINK%'") == [1]


def test_passwords_are_hashes_of_nothing_and_all_different(shop):
    hashes = column(shop, "SELECT password_hash FROM customers WHERE password_hash IS NOT NULL")
    assert len(hashes) == len(set(hashes))
    assert all(text.startswith("$argon2id$") for text in hashes)
