import datetime as dt
import decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from plugins.files.tests.rewriting import rewritten

from govreg.errors import SourceProblem
from govreg.testing.connector_changes import Notes, change, planned
from govreg.testing.connector_world import rows_of, said
from govreg_files.parquet_file import ParquetFormat

TABLE = pa.table(
    {
        "id": pa.array([1, 2, 3, 4], type=pa.int32()),
        "total": pa.array(
            [decimal.Decimal("1.10"), None, decimal.Decimal("3.30"), None],
            type=pa.decimal128(12, 2),
        ),
        "at": pa.array([dt.date(2026, 1, 1)] * 4),
        "lines": pa.array(
            [[{"a": 1}], [], None, [{"a": 2}]], type=pa.list_(pa.struct([("a", pa.int64())]))
        ),
        "kind": pa.array(["x", "y", "x", "y"]).dictionary_encode(),
    }
).replace_schema_metadata({"made by": "somebody"})


@pytest.fixture
def held(tmp_path):
    pq.write_table(TABLE, tmp_path / "a.parquet", row_group_size=2, compression="zstd")
    form = ParquetFormat()
    return form, tmp_path / "a.parquet", form.layout(tmp_path / "a.parquet", {})


def test_values_cross_with_their_kinds(held):
    form, path, layout = held
    rows = [r for b in form.batches(path, layout, list(layout.columns)) for r in b.to_pylist()]
    assert rows[0] == {
        "id": 1,
        "total": decimal.Decimal("1.10"),
        "at": dt.date(2026, 1, 1),
        "lines": '[{"a": 1}]',
        "kind": "x",
    }
    assert any("lines" in note for note in layout.notes)


def test_a_rewrite_keeps_schema_metadata_compression_and_other_rows(held, tmp_path):
    form, path, layout = held
    target = tmp_path / "b.parquet"
    assert rewritten(form, path, target, layout, ("id",), {(1,): {"total": None}, (3,): None}) == 2
    made = pq.ParquetFile(target)
    assert made.schema_arrow.equals(pq.read_schema(path), check_metadata=True)
    assert made.metadata.row_group(0).column(0).compression == "ZSTD"
    wanted = TABLE.to_pylist()
    wanted[0]["total"] = None
    assert made.read().to_pylist() == [wanted[0], wanted[1], wanted[3]]


def test_every_row_may_go(held, tmp_path):
    form, path, layout = held
    assert (
        rewritten(
            form, path, tmp_path / "b.parquet", layout, ("id",), {(n,): None for n in range(5)}
        )
        == 4
    )
    assert pq.read_table(tmp_path / "b.parquet").num_rows == 0


@pytest.mark.parametrize("cut", [4, 40, 200])
def test_a_file_that_was_cut_off(parquet_folder, cut):
    parquet_folder.keys = {"t": ("id",)}
    pq.write_table(TABLE, parquet_folder.path("t"))
    whole = parquet_folder.path("t").read_bytes()
    parquet_folder.path("t").write_bytes(whole[:-cut])
    with parquet_folder.open() as session, pytest.raises(SourceProblem) as caught:
        list(session.scan("t", ["id"]))
    assert caught.value.code == "corrupt_file"


MANY_KINDS = {
    "nanos": pa.array([1, 1_600_000_000_123_456_789], type=pa.timestamp("ns", tz="UTC")),
    "span": pa.array([1, 2], type=pa.duration("ns")),
    "clock": pa.array([1, 2], type=pa.time64("ns")),
    "half": pa.array([1.5, None], type=pa.float32()),
    "map": pa.array([[("k", 1)], None], type=pa.map_(pa.string(), pa.int64())),
    "bits": pa.array([b"\xff\x00", None], type=pa.binary()),
    "fixed": pa.array([b"ab", b"cd"], type=pa.binary(2)),
    "uuid": pa.ExtensionArray.from_storage(
        pa.uuid(), pa.array([b"a" * 16, b"b" * 16], type=pa.binary(16))
    ),
    "kind": pa.array(["x", None]).dictionary_encode(),
    "tree": pa.array([{"a": [1]}, {"a": None}], type=pa.struct([("a", pa.list_(pa.int8()))])),
    "large": pa.array(["x", "y"], type=pa.large_string()),
    "view": pa.array(["x", "y"], type=pa.string_view()),
    "unsigned": pa.array([1, 2**63 + 5], type=pa.uint64()),
    "nothing": pa.nulls(2),
    "money": pa.array([decimal.Decimal("1.10"), None], type=pa.decimal256(50, 2)),
    "second": pa.array([1, 2], type=pa.timestamp("ms")),
}


@pytest.mark.parametrize("name", list(MANY_KINDS))
def test_a_column_of_any_kind_is_read_and_set_to_null(parquet_folder, name):
    """The untouched row's value passes through nothing but Arrow."""
    parquet_folder.keys = {"t": ("id",)}
    table = pa.table({"id": [1, 2], name: MANY_KINDS[name]})
    path = parquet_folder.path("t")
    pq.write_table(table, path)
    stored = pq.read_table(path)
    with parquet_folder.open() as session:
        rows = rows_of(session.scan("t", ["id", name]))
        assert [row["id"] for row in rows] == [1, 2]
        kind = session.discover().collections["t"].columns[name].type
        assert session.sample("t", 1).schema.field(name).type == kind
        plan = planned(session, change(session, "t", [(1,)], {name: None}))
        assert [(o.kind, o.code) for o in session.apply(plan, Notes())] == [("done", None)] or (
            name == "nothing"
        )
    made = pq.read_table(path)
    assert made.schema.equals(stored.schema, check_metadata=True)
    assert made.column(name).slice(1).equals(stored.column(name).slice(1))
    assert made.column(name)[0].as_py() is None


@pytest.mark.parametrize("name", list(MANY_KINDS))
def test_a_row_beside_a_column_of_any_kind_is_deleted(tmp_path, name):
    path, target = tmp_path / "a.parquet", tmp_path / "b.parquet"
    pq.write_table(pa.table({"id": [1, 2], name: MANY_KINDS[name]}), path)
    form = ParquetFormat()
    assert rewritten(form, path, target, form.layout(path, {}), ("id",), {(1,): None}) == 1
    stored, made = pq.read_table(path), pq.read_table(target)
    assert made.schema.equals(stored.schema, check_metadata=True)
    assert made.equals(stored.slice(1))


def test_each_columns_compression_is_kept(tmp_path):
    path, target = tmp_path / "a.parquet", tmp_path / "b.parquet"
    pq.write_table(
        pa.table({"id": [1, 2], "s": [{"a": "x"}, {"a": "y"}], "plain": ["x", "y"]}),
        path,
        compression={"id": "GZIP", "s.a": "ZSTD", "plain": "NONE"},
    )
    form = ParquetFormat()
    rewritten(form, path, target, form.layout(path, {}), ("id",), {(1,): None})

    def codecs(file):
        group = pq.ParquetFile(file).metadata.row_group(0)
        return {group.column(n).path_in_schema: group.column(n).compression for n in range(3)}

    assert codecs(target) == codecs(path) == {"id": "GZIP", "s.a": "ZSTD", "plain": "UNCOMPRESSED"}


def test_old_timestamps_stay_old(tmp_path):
    path, target = tmp_path / "a.parquet", tmp_path / "b.parquet"
    table = pa.table({"id": [1, 2], "at": pa.array([1, 2], type=pa.timestamp("ns"))})
    pq.write_table(table, path, use_deprecated_int96_timestamps=True)
    form = ParquetFormat()
    rewritten(form, path, target, form.layout(path, {}), ("id",), {(1,): None})
    assert pq.ParquetFile(target).schema.column(1).physical_type == "INT96"


def test_a_column_name_that_stands_twice_is_an_error(parquet_folder):
    parquet_folder.keys = {"t": ("id",)}
    table = pa.Table.from_arrays(
        [pa.array([1]), pa.array(["a"]), pa.array(["b"])], ["id", "x", "x"]
    )
    pq.write_table(table, parquet_folder.path("t"))
    with parquet_folder.open() as session:
        assert dict(session.discover().unreadable) == {"t": "duplicate_column"}


def test_what_must_not_be_null_is_said_and_kept(parquet_folder):
    parquet_folder.keys = {"t": ("id",)}
    schema = pa.schema([pa.field("id", pa.int64(), nullable=False), pa.field("x", pa.string())])
    pq.write_table(
        pa.table({"id": [1, 2], "x": ["a", "b"]}, schema=schema), parquet_folder.path("t")
    )
    before = parquet_folder.path("t").read_bytes()
    with parquet_folder.open() as session:
        columns = session.discover().collections["t"].columns
        assert {name: column.nullable for name, column in columns.items()} == {
            "id": False,
            "x": True,
        }
        plan = planned(session, change(session, "t", [(1,)], {"id": None}))
        assert [o.code for o in session.apply(plan, Notes())] == ["bad_value"]
    assert parquet_folder.path("t").read_bytes() == before


def test_damage_in_the_middle_of_a_file_is_an_error(parquet_folder):
    parquet_folder.keys = {"t": ("id",)}
    path = parquet_folder.path("t")
    words = [f"canary {n}" * 5 for n in range(5000)]
    pq.write_table(pa.table({"id": list(range(5000)), "x": words}), path, use_dictionary=False)
    whole = bytearray(path.read_bytes())
    at = len(whole) // 2
    whole[at : at + 400] = b"\xff" * 400
    path.write_bytes(whole)
    with parquet_folder.open() as session, pytest.raises(SourceProblem) as caught:
        list(session.scan("t", ["id", "x"]))
    assert caught.value.code == "corrupt_file"
    assert "canary" not in said(caught.value)
