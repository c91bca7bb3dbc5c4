import pytest
import sqlalchemy as sa

from govreg.testing.servers import mariadb_url, own_database, postgresql_url

NOBODY = {
    "postgresql": "postgresql+psycopg://nobody@127.0.0.1:1/none",
    "mariadb": "mariadb+pymysql://nobody@127.0.0.1:1/none",
}


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_silent_server_is_a_skip_unless_it_is_required(monkeypatch, kind):
    monkeypatch.setenv(f"GOVREG_TEST_{kind.upper()}", NOBODY[kind])
    assert {"postgresql": postgresql_url, "mariadb": mariadb_url}[kind]() is None
    monkeypatch.delenv("GOVREG_TEST_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="server answers"), own_database(kind):
        pass
    monkeypatch.setenv("GOVREG_TEST_REQUIRE", f"other, {kind}")
    with pytest.raises(pytest.fail.Exception, match="server answers"), own_database(kind):
        pass


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
)
def test_own_database_is_dropped_also_while_it_is_in_use(kind):
    with own_database(kind) as url:
        engine = sa.create_engine(url)
        connection = engine.connect()
        assert connection.scalar(sa.text("SELECT 1")) == 1
        connection.rollback()
    connection.invalidate()
    connection.close()
    engine.dispose()
    with pytest.raises(sa.exc.OperationalError), sa.create_engine(url).connect():
        pass
