import decimal

import pyarrow as pa
import pytest

from govreg.connectors.interface import Context
from govreg.testing.connector_changes import Notes, change, planned
from govreg.testing.connector_suite import ConnectorConformance
from govreg.testing.connector_world import TableSpec, opened
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


@pytest.mark.parametrize("assign", [{"age": "7"}, {"word": 5}, {"total": 0}])
def test_a_new_value_is_kept_in_the_type_of_its_column(tmp_path, assign):
    world = World(tmp_path)
    columns = {
        "id": pa.int64(),
        "age": pa.int64(),
        "word": pa.string(),
        "total": pa.decimal128(8, 2),
    }
    row = {"id": 1, "age": 3, "word": "q", "total": decimal.Decimal("5.25")}
    world.load({"t": TableSpec(columns=columns, rows=[row], key=("id",))})
    with opened(world) as session:
        plan = planned(session, change(session, "t", [(1,)], assign))
        assert [str(o.kind) for o in session.apply(plan, Notes())] == ["done"]
        assert [str(o.kind) for o in session.apply(plan, Notes())] == ["already"]
        assert session.sample("t", 1).num_rows == 1
