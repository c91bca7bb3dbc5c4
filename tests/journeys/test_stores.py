"""The register's own store on PostgreSQL, what it forgets, and its schema against the code's."""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.journeys.test_faults import CANARY, EMAIL, LETTERS, SHOP
from tests.journeys.workspace import GONE, confirmed_plan, erased, make, opened, verified

from govreg.clock import fixed_clock, system_clock
from govreg.database import Store, sqlite_url
from govreg.errors import ConfigurationProblem, Conflict, IntegrityProblem
from govreg.migrations.tables import metadata
from govreg.migrations.upgrade import HEAD, VERSION_TABLE, require_current, upgrade
from govreg.protection.provider import LocalKeys
from govreg.requests.store import get
from govreg.testing.servers import own_database


def fill(folder):
    with sqlite3.connect(folder / "shop.db") as database:
        database.executescript(
            f"""
            CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
            CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people, note TEXT);
            INSERT INTO people VALUES (1, '{EMAIL}', '{CANARY}'), (2, 'two@a.example', 'Two');
            INSERT INTO orders VALUES (1, 1, '{CANARY}'), (2, 2, 'two');
            """
        )
    database.close()
    (folder / "letters").mkdir()
    (folder / "letters" / "sent.csv").write_text(
        f"id,email,text\n1,{EMAIL},{CANARY}\n2,x@a.example,x\n"
    )


@pytest.mark.postgresql
def test_the_whole_journey_with_the_store_on_postgresql(tmp_path):
    fill(tmp_path)
    with own_database("postgresql") as url:
        text = url.render_as_string(hide_password=False)
        make(tmp_path, {"shop": SHOP, "letters": LETTERS}, tables=f'[store]\nurl = "{text}"\n')
        with opened(tmp_path) as engine:
            access = verified(engine, "access", {"email": EMAIL})
            engine.requests.plan(access, actor="dpo")
            list(engine.requests.run(access, actor="dpo"))
            engine.requests.deliver(access, channel="mail", actor="dpo")
            request = verified(engine, "erasure", {"email": EMAIL}, GONE)
            confirmed_plan(engine, request)
            engine.requests.approve(request, actor="second")
            running = engine.requests.run(request, actor="dpo")
            next(running)
            with opened(tmp_path) as other, pytest.raises(Conflict):
                list(other.requests.run(request, actor="dpo"))
            list(running)
            assert engine.requests.get(request).outcome == "complete"
        assert not (tmp_path / ".govreg" / "register.db").exists()
        reading = sa.create_engine(url)
        with reading.connect() as connection:
            for table in sa.inspect(connection).get_table_names():
                rows = connection.execute(sa.text(f"SELECT * FROM {table}")).fetchall()
                assert CANARY not in str(rows)
        reading.dispose()


@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def test_the_migrations_make_the_schema_that_the_code_declares(tmp_path, kind):
    def check(url):
        store = Store(url)
        with pytest.raises(ConfigurationProblem, match="govreg upgrade"):
            require_current(store)
        assert upgrade(store) == (None, HEAD)
        assert upgrade(store) == (HEAD, HEAD)
        require_current(store)
        with store.read() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
            assert compare_metadata(context, metadata) == []
        with store.write() as connection:
            connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
        with pytest.raises(ConfigurationProblem, match="newer"):
            require_current(store)
        store.close()

    if kind == "sqlite":
        check(sqlite_url(tmp_path / "store.db"))
        return
    with own_database("postgresql") as url:
        check(url.render_as_string(hide_password=False))


@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def test_a_store_of_the_first_release_comes_forward_with_its_requests(tmp_path, kind):
    def check(url):
        store = Store(url)
        upgrade(store, to="0001")
        with store.write() as connection:
            connection.execute(sa.text("INSERT INTO subject (id, created_at) VALUES ('s', 1)"))
            connection.execute(
                sa.text(
                    "INSERT INTO subject_request (id, kind, law, subject_id, state, received_at, "
                    "opened_by, due_at, target_at, verification, facts) VALUES ('req_1', "
                    "'access', 'gdpr', 's', 'received', 1, 'dpo', 2, 2, 'none', '{}')"
                )
            )
        with pytest.raises(ConfigurationProblem, match="govreg upgrade"):
            require_current(store)
        assert upgrade(store) == ("0001", HEAD)
        with store.read() as connection:
            held = get(connection, "req_1")
        assert (held.clock, held.place, held.law) == ("running", None, "gdpr")
        store.close()

    if kind == "sqlite":
        check(sqlite_url(tmp_path / "store.db"))
        return
    with own_database("postgresql") as url:
        check(url.render_as_string(hide_password=False))


def test_an_erasure_takes_earlier_answers_along(tmp_path):
    fill(tmp_path)
    make(tmp_path, {"shop": SHOP, "letters": LETTERS})
    with opened(tmp_path) as engine:
        access = verified(engine, "access", {"email": EMAIL})
        engine.requests.plan(access, actor="dpo")
        list(engine.requests.run(access, actor="dpo"))
        engine.requests.deliver(access, channel="mail", actor="dpo")
        bundle = engine.parts.bundle_path(access)
        kept = tmp_path / "kept"
        kept.write_bytes(bundle.read_bytes())
        erased(engine, {"email": EMAIL})
        assert not bundle.exists()
        bundle.write_bytes(kept.read_bytes())  # as out of a backup
        with pytest.raises(Exception, match="shredded"):
            engine.requests.export(access, tmp_path / "answer", actor="dpo")


def test_what_has_run_out_goes(tmp_path):
    fill(tmp_path)
    make(tmp_path, {"shop": SHOP, "letters": LETTERS})
    with opened(tmp_path) as engine:
        access = verified(engine, "access", {"email": EMAIL})
        engine.requests.plan(access, actor="dpo")
        list(engine.requests.run(access, actor="dpo"))
        engine.requests.deliver(access, channel="mail", actor="dpo")
        bundle = engine.parts.bundle_path(access)
    later = system_clock() + dt.timedelta(days=29)
    with opened(tmp_path, clock=fixed_clock(later)) as engine:
        verified(engine, "access", {"email": "two@a.example"})
        assert bundle.exists()
    later = system_clock() + dt.timedelta(days=31)
    with opened(tmp_path, clock=fixed_clock(later)) as engine:
        verified(engine, "access", {"email": "two@a.example"})
        assert not bundle.exists()
        assert engine.requests.summary(access)["found"]
    later = system_clock() + dt.timedelta(days=800)
    with opened(tmp_path, clock=fixed_clock(later)) as engine:
        verified(engine, "access", {"email": "two@a.example"})
        with pytest.raises(Exception, match="shredded"):
            engine.requests.summary(access)
        assert engine.requests.get(access).state == "answered"


def lose(keys):
    (key,) = keys.iterdir()
    key.unlink()
    return key, 3, "restore it"


def swap(keys):
    (key,) = keys.iterdir()
    other = LocalKeys(keys.parent / "others")
    key.write_bytes((other.folder / other.create_root(1)).read_bytes())
    return key, 5, "restore the key file that belongs to this store"


def widen(keys):
    (key,) = keys.iterdir()
    key.chmod(0o644)
    return key, 3, f"chmod 600 {key}"


@pytest.mark.parametrize("harm", [lose, swap, widen])
def test_a_root_key_that_is_lost_wrong_or_open_to_others_has_its_exit_code(tmp_path, harm):
    fill(tmp_path)
    make(tmp_path, {"shop": SHOP, "letters": LETTERS})
    with opened(tmp_path) as engine:
        request = verified(engine, "access", {"email": EMAIL})
    key, code, way_out = harm(tmp_path / ".govreg" / "keys")
    told = subprocess.run(
        [sys.executable, "-m", "govreg", "--actor", "dpo", "request", "plan", request],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == code, told.stderr
    assert key.name in told.stderr
    assert way_out in told.stderr
    assert "Traceback" not in told.stderr
    assert EMAIL not in told.stdout + told.stderr


def test_another_workspaces_key_opens_nothing(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        fill(tmp_path / name)
        make(tmp_path / name, {"shop": SHOP, "letters": LETTERS})
    with opened(tmp_path / "one") as engine:
        request = verified(engine, "access", {"email": EMAIL})
    with opened(tmp_path / "two") as engine:
        verified(engine, "access", {"email": EMAIL})
    keys = tmp_path / "one" / ".govreg" / "keys"
    (mine,) = keys.iterdir()
    (other,) = (tmp_path / "two" / ".govreg" / "keys").iterdir()
    mine.write_bytes(other.read_bytes())
    with opened(tmp_path / "one") as engine, pytest.raises(IntegrityProblem) as caught:
        engine.requests.plan(request, actor="dpo")
    assert caught.value.exit_code == 5
