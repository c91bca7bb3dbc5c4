import pytest

from govreg.connectors.interface import Context
from govreg.testing.connector_suite import ConnectorConformance
from govreg.testing.memory_connector import MemoryConnector, Table


class World:
    """Tables in memory, read back from the lists themselves."""

    def __init__(self, folder):
        self.folder = folder
        self.connector = MemoryConnector({})

    def config(self):
        return {}

    def context(self):
        return Context(source="tested", workspace=self.folder, secret=str)

    def unreachable(self, secret):
        self.connector.faults.unreachable = True
        return {}, self.context()

    def load(self, tables):
        self.connector.tables = {
            name: Table(
                columns=dict(table.columns), key=table.key, rows=[dict(row) for row in table.rows]
            )
            for name, table in tables.items()
        }

    def read_raw(self, collection):
        return [dict(row) for row in self.connector.tables[collection].rows]


class TestMemory(ConnectorConformance):
    @pytest.fixture
    def world(self, tmp_path):
        return World(tmp_path)
