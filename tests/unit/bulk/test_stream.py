import pytest

from govreg.bulk.stream import streamed

ibis = pytest.importorskip("ibis")


def test_rows_come_in_batches_and_all_of_them(engine):
    engine.raw_sql("CREATE TABLE held AS SELECT range AS id FROM range(25000)")
    table = ibis.table({"id": "int64"}, name="held")
    batches = list(streamed(engine, table.filter(table.id % 2 == 0), batch_rows=4096))
    assert len(batches) > 1
    assert max(len(batch) for batch in batches) <= 4096
    assert sum(len(batch) for batch in batches) == 12500
