"""The same fields sealed and given back in every kind of source, with a value that is awkward."""

from __future__ import annotations

from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from tests.journeys.workspace import make, opened, verified

from govreg.testing.servers import own_database

SOURCE = """\
govreg_source: 1
source: crm
title: CRM
connector: {connector}
config: {config}
owner: O
collections:
  people:
    key: [id]
    subject: customer
    fields:
      id: {{category: user.unique_id, identifier: customer_id, activities: [orders]}}
      email: {{category: user.contact.email, identifier: email, activities: [orders], protect: {{index: email_x}}}}
      email_x: {{category: none}}
      note: {{category: user.content, activities: [orders], protect: {{key: field, bind: field, pad: true}}}}
"""
HEAD = ("id", "email", "email_x", "note")
ROWS = [
    ("1", "One@A.example", None, "O'Brien said: \\ ä 😀"),
    ("2", "two@a.example", None, ""),
    ("3", None, None, "g1.not sealed at all"),
]


class Database:
    def __init__(self, url):
        self.engine = sa.create_engine(url)
        text = "TEXT" if url.get_backend_name() != "mysql" else "TEXT CHARACTER SET utf8mb4"
        with self.engine.begin() as connection:
            connection.execute(
                sa.text(
                    "CREATE TABLE people (id VARCHAR(20) PRIMARY KEY, "
                    f"email {text}, email_x VARCHAR(40), note {text})"
                )
            )
            table = sa.table("people", *(sa.column(name) for name in HEAD))
            connection.execute(
                sa.insert(table), [dict(zip(HEAD, row, strict=True)) for row in ROWS]
            )

    def rows(self):
        with self.engine.connect() as connection:
            query = sa.text("SELECT id, email, email_x, note FROM people ORDER BY id")
            found = [tuple(row) for row in connection.execute(query)]
        self.engine.dispose()
        return found


class File:
    def __init__(self, path):
        self.path = path
        pq.write_table(self._table(ROWS), path)

    def _table(self, rows):
        columns = zip(HEAD, zip(*rows, strict=True), strict=True)
        return pa.table({name: pa.array(held, pa.string()) for name, held in columns})

    def rows(self):
        held = pq.read_table(self.path).to_pydict()
        return list(zip(*(held[name] for name in HEAD), strict=True))


@contextmanager
def held_in(kind, folder):
    if kind == "parquet":
        (folder / "files").mkdir()
        file = File(folder / "files" / "people.parquet")
        yield "files", "{path: files}", file
    elif kind == "sqlite":
        url = sa.URL.create("sqlite", database=str(folder / "crm.db"))
        yield "sql", '{url: "sqlite:///crm.db"}', Database(url)
    else:
        with own_database(kind) as url:
            (folder / "url").write_text(url.render_as_string(hide_password=False))
            (folder / "url").chmod(0o600)
            yield "sql", '{url: "file:url"}', Database(url)


KINDS = [
    "sqlite",
    "parquet",
    pytest.param("postgresql", marks=pytest.mark.postgresql),
    pytest.param("mariadb", marks=pytest.mark.mariadb),
]


@pytest.mark.parametrize("kind", KINDS)
def test_sealed_found_and_given_back_in_every_kind_of_source(tmp_path, kind):
    with held_in(kind, tmp_path) as (connector, config, held):
        make(tmp_path, {"crm": SOURCE.format(connector=connector, config=config)})
        with opened(tmp_path) as engine:
            engine.row_maps.sync(["crm.people"], actor="dpo")
            (done,) = engine.protection.run(expected=1000, actor="dpo")
            assert done.tally.changed == {"email": 2, "email_x": 2, "note": 3}
            rows = held.rows()
            assert all(row[3].startswith("g1.") for row in rows)
            assert (rows[2][1], rows[2][2]) == (None, None)
            assert len({len(row[3]) for row in rows[1:]}) == 2  # padded to whole sixteens
            (state,) = engine.protection.status(actor="dpo")
            assert all(one.well for one in state.fields)
            request = verified(engine, "access", {"email": "one@a.example"})
            found = engine.requests.plan(request, actor="dpo")["found"]
            assert [(one["collection"], one["rows"]) for one in found] == [("crm.people", 1)]
            engine.protection.rotate(["crm.people"], actor="dpo")
            engine.protection.unprotect(["crm.people"], actor="dpo")
            assert held.rows() == ROWS
