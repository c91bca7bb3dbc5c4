import pytest

from govreg.testing.connector_suite import ConnectorConformance
from govreg.testing.connector_world import Lack


class TestSqlite(ConnectorConformance):
    @pytest.fixture
    def world(self, lite):
        return lite

    @pytest.fixture
    def lacks(self):
        return frozenset({Lack.DATE, Lack.TIMESTAMP})


@pytest.mark.postgresql
class TestPostgresql(ConnectorConformance):
    @pytest.fixture
    def world(self, post):
        return post


@pytest.mark.mariadb
class TestMariadb(ConnectorConformance):
    @pytest.fixture
    def world(self, maria):
        return maria

    @pytest.fixture
    def lacks(self):
        return frozenset({Lack.BOOLEAN})
