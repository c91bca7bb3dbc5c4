import pyarrow as pa
import pytest

ibis = pytest.importorskip("ibis")

ARROW = {
    "string": pa.string(),
    "boolean": pa.bool_(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "decimal(9, 2)": pa.decimal128(9, 2),
    "array<string>": pa.list_(pa.string()),
}


@pytest.fixture(scope="module")
def engine():
    return ibis.duckdb.connect()


@pytest.fixture(scope="session")
def table_of():
    """Rows as a table; by way of Arrow, as pandas takes what is not a number for null."""

    def made(rows, schema):
        kinds = pa.schema([(name, ARROW[kind]) for name, kind in schema.items()])
        return ibis.memtable(pa.Table.from_pylist(rows, schema=kinds))

    return made
