import datetime as dt
import decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from govreg.errors import SourceProblem
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
    assert form.rewrite(path, target, layout, ("id",), {(1,): {"total": None}, (3,): None}) == 2
    made = pq.ParquetFile(target)
    assert made.schema_arrow.equals(pq.read_schema(path), check_metadata=True)
    assert made.metadata.row_group(0).column(0).compression == "ZSTD"
    wanted = TABLE.to_pylist()
    wanted[0]["total"] = None
    assert made.read().to_pylist() == [wanted[0], wanted[1], wanted[3]]


def test_every_row_may_go(held, tmp_path):
    form, path, layout = held
    assert (
        form.rewrite(path, tmp_path / "b.parquet", layout, ("id",), {(n,): None for n in range(5)})
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
