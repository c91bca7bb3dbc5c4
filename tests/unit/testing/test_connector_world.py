import pyarrow as pa

from govreg.testing.connector_world import CANARY, Lack, fitted, multiset, people, said


def test_what_a_source_lacks_is_left_out():
    table = fitted(people(), frozenset(Lack))
    assert set(table.columns.values()) == {pa.string()}
    assert {"born", "seen", "active", "balance"}.isdisjoint(table.columns)
    assert table.rows[0]["id"] == "1"
    assert "" not in {value for row in table.rows for value in row.values()}


def test_nothing_is_left_out_of_a_source_that_lacks_nothing():
    assert fitted(people(), frozenset()) == people()


def test_multiset_tells_kinds_and_numbers_of_rows():
    assert multiset([{"a": 1}, {"a": 2}]) == multiset([{"a": 2}, {"a": 1}])
    assert multiset([{"a": 1}]) != multiset([{"a": "1"}])
    assert multiset([{"a": 1}, {"a": 1}]) != multiset([{"a": 1}])


def test_everything_behind_an_exception_is_searched():
    cause, context, noted = ValueError(CANARY), ValueError(CANARY), ValueError("plain")
    noted.add_note(CANARY)
    for behind in ({"__cause__": cause}, {"__context__": context}, {"__cause__": noted}):
        outer = KeyError("outer")
        for name, value in behind.items():
            setattr(outer, name, value)
        assert CANARY in said(outer)
    assert CANARY not in said(KeyError("outer"))
