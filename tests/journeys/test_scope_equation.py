"""For random registers and rows: disclosed and withheld is the scope, and so is erased and kept.

    exported ∪ withheld from disclosure = scope = erased ∪ restricted ∪ withheld from erasure

And after the erasure a new search finds nothing but what was withheld.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.journeys.workspace import GONE, confirmed_plan, make, opened, verified

from govreg.erasure.model import Fate, RowAction
from govreg.gate.cells import scope_cells
from govreg.gate.read import Disclosing, disclose
from govreg.requests.approved import open_approved
from govreg.requests.seek import seek

PEOPLE = 4
ROLES = ("owns", "mentions", "shared", "lookup")
CATEGORIES = ("user.content", "user.name", "none", "user.authorization.password")


@st.composite
def fields(draw, number):
    parts = [f"category: {draw(st.sampled_from(CATEGORIES))}"]
    parts.append(
        f"activities: [{draw(st.sampled_from(['orders', 'newsletter', 'books', 'orders, books']))}]"
    )
    for flag in ("free_text", "about_other", "privileged"):
        if draw(st.integers(0, 5)) == 0:
            parts.append(f"{flag}: true")
    erase = draw(st.sampled_from([None, "set_null", '{constant: "x"}', "pseudonym"]))
    if erase:
        parts.append(f"on_erase: {erase}")
    return f"f{number}", "{" + ", ".join(parts) + "}"


@st.composite
def tables(draw):
    """People, and some tables around them, each linked to people or to an earlier table."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        target = draw(st.sampled_from(["people", *[name for name, *_ in made]]))
        role = draw(st.sampled_from(ROLES))
        held = [draw(fields(at)) for at in range(draw(st.integers(1, 3)))]
        keep = draw(st.booleans())
        blank = draw(st.booleans())
        rows = draw(
            st.lists(st.tuples(st.integers(0, PEOPLE + 1), st.integers(2012, 2026)), max_size=8)
        )
        made.append((f"t{number}", target, role, held, keep, blank, rows))
    return made


def build(folder, made):
    database = sqlite3.connect(folder / "d.db")
    database.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, home INTEGER)")
    for person in range(1, PEOPLE + 1):
        database.execute(
            "INSERT INTO people VALUES (?, ?, ?)", (person, f"p{person}@a.example", person % 2 + 1)
        )
    text = [
        "govreg_source: 1\nsource: d\ntitle: D\nconnector: sql",
        'config: {url: "sqlite:///d.db"}\nowner: O\ncollections:',
        "  people:\n    key: [id]\n    subject: customer",
        "    links: [{fields: [home], to: homes, role: shared}]",
        "    fields:",
        "      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}",
        "      email: {category: user.contact.email, identifier: email, activities: [orders]}",
        "      home: {category: user.contact.address, activities: [orders]}",
        "  homes:\n    key: [id]\n    fields:\n      id: {category: none}",
        "      street: {category: user.contact.address.street, activities: [orders]}",
    ]
    database.execute("CREATE TABLE homes (id INTEGER PRIMARY KEY, street TEXT)")
    database.execute("INSERT INTO homes VALUES (1, 'one'), (2, 'two')")
    for name, target, role, held, keep, blank, rows in made:
        columns = ", ".join(f"{field} TEXT" for field, _ in held)
        database.execute(
            f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, ref INTEGER, paid TEXT, {columns})"
        )
        for at, (ref, year) in enumerate(rows, 1):
            values = [f"{name}-{at}-{field}" for field, _ in held]
            marks = ", ".join("?" * (3 + len(values)))
            database.execute(
                f"INSERT INTO {name} VALUES ({marks})", (at, ref, f"{year}-05-17", *values)
            )
        text += [
            f"  {name}:\n    key: [id]",
            f"    links: [{{fields: [ref], to: {target}, role: {role}}}]",
            *(["    on_erase: blank"] if blank else []),
            *(
                [
                    "    retention: {rule: fi.accounting.voucher, anchor: financial_year_of(paid),"
                    f" fields: [paid, {held[0][0]}]}}"
                ]
                if keep
                else []
            ),
            "    fields:\n      id: {category: none}",
            "      ref: {category: user.unique_id, activities: [orders]}",
            "      paid: {category: user.financial, activities: [orders]}",
            *(f"      {field}: {words}" for field, words in held),
        ]
    database.commit()
    database.close()
    make(folder, {"d": "\n".join(text) + "\n"}, activities={"books": "gdpr.6.1.c"})


def cells_of(register, scope):
    return {(c.ref, row.key, field.name) for c, row, field in scope_cells(register, scope)}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(made=tables())
def test_the_scope_equation_holds_cell_by_cell(made):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder, made)
        with opened(folder) as engine:
            check(engine, verified(engine, "erasure", {"email": "p1@a.example"}, GONE))


def check(engine, request_id):
    parts = engine.parts
    plan = confirmed_plan(engine, request_id)
    request = engine.requests.get(request_id)
    with parts.border.visit() as visit:
        scope = seek(parts, visit, request)
    wanted = cells_of(engine.register, scope)
    under = Disclosing(
        rules=parts.rules,
        adopted=parts.adopted,
        on=dt.date(2026, 11, 25),
        facts={"request.law": "gdpr", "request.right": "access"},
        reviewed=lambda _row, _field: None,
    )
    told = disclose(engine.register, scope, parts.kinds, under)
    shown = [
        (t.row.collection, t.row.key, n) for ts in told.values() for t in ts for n in t.values
    ]
    held = [
        (t.row.collection, t.row.key, n) for ts in told.values() for t in ts for n in t.withheld
    ]
    assert len(shown) + len(held) == len(set(shown) | set(held)), "no cell is in two places"
    assert set(shown) | set(held) == wanted

    if plan["blockers"]:
        assert {b["code"] for b in plan["blockers"]} <= {"not_null", "inbound_key"}
        return
    engine.requests.approve(request_id, actor="second")
    erasing = open_approved(parts, request_id).plan
    fates = {
        (row.collection, row.key, name): cause.fate
        for row in erasing.rows
        for name, cause in row.causes.items()
    }
    assert set(fates) == wanted
    for row in erasing.rows:
        gone = {name for name, cause in row.causes.items() if cause.fate is Fate.ERASE}
        assert row.action is not RowAction.DELETE or gone == set(row.causes)
        assert set(row.assign) <= {n for n, c in row.causes.items() if c.fate is not Fate.WITHHOLD}

    list(engine.requests.run(request_id, actor="dpo"))
    good = {"complete", "complete_with_withheld", "refused"}
    outcome = engine.requests.get(request_id).outcome
    assert outcome in ({"partial", "refused"} if plan["not_searched"] else good)
    with parts.border.visit() as visit:
        after = seek(parts, visit, engine.requests.get(request_id))
    kept = {place for place, fate in fates.items() if fate is not Fate.ERASE}
    left = {
        (c.ref, row.key, field.name)
        for c, row, field in scope_cells(engine.register, after)
        if row.values.get(field.name) not in {None, "x"}
    }
    assert left <= kept
