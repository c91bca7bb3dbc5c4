import importlib.util
import sqlite3
import traceback

import pytest
from pydantic import ValidationError

from govreg.connectors.registry import Connectors
from govreg.errors import ConfigurationProblem, SourceProblem
from govreg.testing.connector_world import said
from govreg_sql.connector import SqlConfig, SqlConnector
from govreg_sql.plugin import govreg_connectors

SECRET = "hunter2-canary"


def refused(database, config, secrets=None):
    with pytest.raises((ConfigurationProblem, SourceProblem)) as caught:
        SqlConnector().open(SqlConfig(**config), database.context(secrets))
    assert SECRET not in said(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    return caught.value


def test_announced_class_is_the_connector():
    assert isinstance(Connectors(announced=govreg_connectors()).connector("sql"), SqlConnector)


def test_relative_path_starts_in_the_workspace(lite):
    with SqlConnector().open(SqlConfig(url="sqlite:///shop.db"), lite.context()) as session:
        assert session.check().product == "sqlite"


def test_path_with_signs_of_a_url(lite):
    path = lite.folder / "shop 100% #1.db"
    sqlite3.connect(path).close()
    with SqlConnector().open(
        SqlConfig(url="env:URL"), lite.context({"env:URL": f"sqlite:///{path}"})
    ) as session:
        assert session.discover().collections == {}
    assert sorted(p.name for p in lite.folder.iterdir()) == ["shop 100% #1.db", "shop.db"]


@pytest.mark.parametrize(
    "url", ["sqlite:///none.db", "sqlite://", "sqlite:///:memory:", "sqlite:///."]
)
def test_missing_sqlite_file_is_refused_and_not_made(lite, url):
    before = sorted(lite.folder.iterdir())
    assert refused(lite, {"url": url}).code == "unreachable"
    assert sorted(lite.folder.iterdir()) == before


def test_file_that_is_no_database(lite):
    (lite.folder / "text.db").write_text(SECRET * 500)
    with (
        SqlConnector().open(SqlConfig(url="sqlite:///text.db"), lite.context()) as session,
        pytest.raises(SourceProblem) as caught,
    ):
        session.discover()
    assert caught.value.code == "corrupt_file"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://maija:{SECRET}@127.0.0.1/shop",
        f"mariadb+pymysql://maija:{SECRET}@127.0.0.1/shop",
        f"postgresql://maija@127.0.0.1/shop?password={SECRET}",
    ],
)
def test_literal_password_is_refused(lite, url):
    problem = refused(lite, {"url": url})
    assert "holds a password" in str(problem)
    assert problem.key == "config.url"


def test_literal_password_setting_is_refused(lite):
    problem = refused(lite, {"url": "postgresql://maija@127.0.0.1/shop", "password": SECRET})
    assert problem.key == "config.password"


def test_settings_do_not_show_url_or_password():
    assert SECRET not in repr(SqlConfig(url=f"postgresql://a:{SECRET}@h/d", password=SECRET))


def test_wrong_setting_is_not_repeated():
    with pytest.raises(ValidationError) as caught:
        SqlConfig(url="sqlite:///a.db", connect_timeout=SECRET)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("url", [f"no url {SECRET}", f"postgresql://h:port{SECRET}/d", ""])
def test_unreadable_url(lite, url):
    assert "cannot be read" in str(refused(lite, {"url": "env:URL"}, {"env:URL": url}))


def test_other_kinds_of_databases_are_refused(lite):
    assert "`oracle` is not supported" in str(refused(lite, {"url": "oracle://h/d"}))


def test_missing_driver_names_what_to_install(lite, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "psycopg" else found(name)
    )
    problem = refused(lite, {"url": "postgresql://127.0.0.1/shop"})
    assert "pip install govreg-sql[postgresql]" in str(problem)


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_nobody_listens(lite, kind):
    problem = refused(
        lite, {"url": "env:URL"}, {"env:URL": f"{kind}://a:{SECRET}@127.0.0.1:1/{SECRET}"}
    )
    assert problem.code == "unreachable"
    assert problem.retryable


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("post", marks=pytest.mark.postgresql),
        pytest.param("maria", marks=pytest.mark.mariadb),
    ],
)
def test_wrong_login_and_wrong_database(request, kind):
    database = request.getfixturevalue(kind)
    wrong = database.url.set(username="govreg_no_such_login", password=SECRET)
    lost = database.url.set(database="govreg_no_such_database")
    for url, code in ((wrong, "login_refused"), (lost, "no_database")):
        text = url.render_as_string(hide_password=False)
        assert refused(database, {"url": "env:URL"}, {"env:URL": text}).code == code


@pytest.mark.mariadb
def test_password_by_reference(maria):
    maria.run(f"CREATE OR REPLACE USER govreg_test_login IDENTIFIED BY '{SECRET}'")
    maria.run(f"GRANT SELECT ON {maria.url.database}.* TO govreg_test_login")
    try:
        url = maria.url.set(username="govreg_test_login").render_as_string()
        config = {"url": url, "password": "env:PASSWORD"}
        with SqlConnector().open(
            SqlConfig(**config), maria.context({"env:PASSWORD": SECRET})
        ) as session:
            assert session.check().product == "mariadb"
        assert refused(maria, config, {"env:PASSWORD": f"no {SECRET}"}).code == "login_refused"
    finally:
        maria.run("DROP USER govreg_test_login")
