import pytest

from govreg.testing.connector_suite import ConnectorConformance
from govreg.testing.connector_world import Lack


class TestCsv(ConnectorConformance):
    @pytest.fixture
    def world(self, csv_folder):
        return csv_folder

    @pytest.fixture
    def lacks(self):
        return frozenset(
            {
                Lack.INTEGER,
                Lack.DECIMAL,
                Lack.DATE,
                Lack.TIMESTAMP,
                Lack.BOOLEAN,
                Lack.MISSING,
                Lack.ALL_OR_NOTHING,
            }
        )


class TestJsonLines(ConnectorConformance):
    @pytest.fixture
    def world(self, json_folder):
        return json_folder

    @pytest.fixture
    def lacks(self):
        return frozenset({Lack.DECIMAL, Lack.DATE, Lack.TIMESTAMP, Lack.ALL_OR_NOTHING})


class TestParquet(ConnectorConformance):
    @pytest.fixture
    def world(self, parquet_folder):
        return parquet_folder

    @pytest.fixture
    def lacks(self):
        return frozenset({Lack.ALL_OR_NOTHING})
