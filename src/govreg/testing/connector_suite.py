# ruff: noqa: S101, ARG002 - the laws are tests: they assert, and ask for fixtures by name
"""The laws that every connector keeps, as one class of tests for authors of plugins.

    class TestMine(ConnectorConformance):
        @pytest.fixture
        def world(self, tmp_path):
            return MyWorld(tmp_path)

See `connector_world` for `World` and for the fixture `lacks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from govreg.connectors.interface import Session
from govreg.connectors.record import Op, RowKey
from govreg.errors import GovregError, SourceProblem
from govreg.register.catalogue import Fold
from govreg.testing.connector_changes import ChangeLaws
from govreg.testing.connector_world import (
    CANARY,
    HOSTILE,
    Lack,
    TableSpec,
    World,
    fitted,
    lines,
    loose,
    multiset,
    opened,
    orders,
    people,
    rows_of,
    said,
    without_estimates,
)

_MANY = 10_000


class ConnectorConformance(ChangeLaws):
    """Every law: opening, discovering, reading, looking up; changes stand in `ChangeLaws`."""

    @pytest.fixture
    def lacks(self) -> frozenset[Lack]:
        """What the source cannot hold or do; override it to declare more."""
        return frozenset()

    @pytest.fixture
    def tables(self, world: World, lacks: frozenset[Lack]) -> Mapping[str, TableSpec]:
        """The loaded collections."""
        made = {"people": people(), "orders": orders(), "lines": lines(), "loose": loose()}
        tables = {name: fitted(table, lacks) for name, table in made.items()}
        world.load(tables)
        return tables

    @pytest.fixture
    def session(self, world: World, tables: Mapping[str, TableSpec]) -> Iterator[Session]:
        """The loaded source, open."""
        with opened(world) as session:
            yield session

    # opening

    def test_settings_have_a_schema(self, world: World) -> None:
        """Editors can complete the settings."""
        assert world.connector.Config.model_json_schema()["properties"]
        assert world.connector.api_version == 1

    def test_unknown_setting_is_refused_and_not_repeated(
        self, world: World, tables: Mapping[str, TableSpec]
    ) -> None:
        """A misspelt setting is an error, and its value is not in the message."""
        with pytest.raises(ValidationError) as caught:
            world.connector.Config.model_validate({**world.config(), "no_such": CANARY})
        assert CANARY not in str(caught.value)

    def test_a_secret_is_in_no_error(self, world: World) -> None:
        """What cannot be opened says so without its secret."""
        settings, context = world.unreachable(CANARY)
        with pytest.raises(GovregError) as caught:
            world.connector.open(world.connector.Config.model_validate(dict(settings)), context)
        assert CANARY not in said(caught.value)

    def test_check_names_the_product(self, session: Session) -> None:
        """`check` says what is there."""
        assert session.check().product

    # discovering

    def test_discover_is_the_same_twice(self, world: World, session: Session) -> None:
        """The same source gives the same catalogue, also to a second session."""
        with opened(world) as other:
            first = without_estimates(session.discover())
            assert first == without_estimates(session.discover())
            assert first == without_estimates(other.discover())

    def test_discover_equals_what_was_loaded(
        self, session: Session, tables: Mapping[str, TableSpec]
    ) -> None:
        """Names, order of columns, types and keys are those of the source."""
        catalogue = session.discover()
        assert set(catalogue.collections) == set(tables)
        assert not catalogue.unreadable
        for name, table in tables.items():
            facts = catalogue.collections[name]
            assert {c.name: c.type for c in facts.columns.values()} == dict(table.columns)
            assert list(facts.columns) == list(table.columns)
            assert facts.key == table.key

    def test_what_is_not_there_has_a_code(self, session: Session) -> None:
        """A collection or column that is absent is an error with its code."""
        for collection, column, code in (
            ("absent", "id", "no_table"),
            ("people", "absent", "no_column"),
        ):
            for ask in (
                lambda c, f: list(session.scan(c, [f])),
                lambda c, f: list(session.find(c, f, [CANARY], fold=Fold.CASE, columns=[f])),
                lambda c, f: list(session.follow(c, [f], [(CANARY,)], columns=[f])),
                lambda c, f: session.tally(c, [f], [(CANARY,)]),
            ):
                with pytest.raises(SourceProblem) as caught:
                    ask(collection, column)
                assert caught.value.code == code
                assert CANARY not in said(caught.value)

    # reading

    @pytest.mark.parametrize("page", [1, 7, 1000])
    @pytest.mark.parametrize("collection", ["people", "orders", "lines", "loose"])
    def test_scan_gives_every_row_once(
        self, world: World, session: Session, tables: Any, collection: str, page: int
    ) -> None:
        """Whatever the size of a page, each row comes once, in the discovered types."""
        columns = list(tables[collection].columns)
        pages = list(session.scan(collection, columns, batch_rows=page))
        assert multiset(rows_of(pages)) == multiset(world.read_raw(collection))
        kinds = session.discover().collections[collection].columns
        for one in pages:
            assert {f.name: f.type for f in one.batch.schema} == {
                name: kinds[name].type for name in columns
            }
        assert all(one.batch.num_rows <= page for one in pages)
        assert pages[-1].cursor is None

    @pytest.mark.parametrize("collection", ["people", "lines"])
    def test_scan_resumes_after_every_page(
        self, world: World, session: Session, tables: Any, collection: str
    ) -> None:
        """From any cursor on come the rows that had not come yet."""
        columns = list(tables[collection].columns)
        pages = list(session.scan(collection, columns, batch_rows=5))
        whole = multiset(world.read_raw(collection))
        for at, page in enumerate(pages):
            if page.cursor is not None:
                rest = session.scan(collection, columns, cursor=page.cursor, batch_rows=3)
                assert multiset(rows_of(pages[: at + 1]) + rows_of(rest)) == whole

    def test_scan_of_one_column(self, world: World, session: Session, tables: Any) -> None:
        """Only the wanted columns come, the key is not needed among them."""
        rows = rows_of(session.scan("people", ["email"], batch_rows=3))
        raw = [{"email": row["email"]} for row in world.read_raw("people")]
        assert multiset(rows) == multiset(raw)

    def test_an_empty_collection_is_no_error(self, world: World, tables: Any) -> None:
        """Nothing is there, and that is what is said."""
        empty = TableSpec(columns=tables["people"].columns, rows=[], key=tables["people"].key)
        world.load({"people": empty})
        with opened(world) as session:
            columns = list(session.discover().collections["people"].columns)
            assert rows_of(session.scan("people", columns)) == []
            assert session.sample("people", 5).num_rows == 0
            assert session.count("people").value == 0

    def test_sample_is_stable(self, world: World, session: Session) -> None:
        """The same content gives the same sample, and no row that is not there."""
        first = session.sample("people", 4)
        assert first.num_rows == 4  # noqa: PLR2004 - as many as were asked for
        with opened(world) as other:
            assert other.sample("people", 4).to_pylist() == first.to_pylist()
        assert set(multiset(first.to_pylist())) <= set(multiset(world.read_raw("people")))

    def test_an_exact_count_is_exact(self, world: World, session: Session) -> None:
        """A count that calls itself exact is."""
        count = session.count("people")
        assert not count.exact or count.value == len(world.read_raw("people"))

    # looking up

    def test_find_exact_takes_texts_literally(self, world: World, session: Session) -> None:
        """Signs of a query language are only signs; a prefix or another case is no match."""
        raw = world.read_raw("people")
        for text in (*HOSTILE, "ada@example.org", "nobody@example.org", CANARY):
            found = _found(session, "email", [text], Fold.EXACT)
            assert multiset(found) == multiset([row for row in raw if row["email"] == text])

    def test_find_by_case(self, world: World, session: Session) -> None:
        """Outer blanks and letter case do not count, anything else does."""
        wanted = "ada@example.org"
        raw = [r for r in world.read_raw("people") if r["email"].strip().lower() == wanted]
        found = _found(session, "email", [wanted], Fold.CASE)
        assert multiset(found) == multiset(raw)
        assert len(found) >= 2  # noqa: PLR2004 - with another case and with blanks

    def test_find_letters_beyond_ascii(self, world: World, session: Session) -> None:
        """Letter case is that of the whole alphabet."""
        raw = [r for r in world.read_raw("people") if r["name"] == "Åke Öström"]
        assert multiset(_found(session, "name", ["åke öström"], Fold.CASE)) == multiset(raw)

    def test_find_compact(self, world: World, session: Session) -> None:
        """Signs between digits do not count; one digit more does."""
        found = _found(session, "phone", ["+358401234567"], Fold.COMPACT)
        wanted = {"+358 40 123-4567", "+358401234567", "(+358) 40.123/4567"}
        raw = [row for row in world.read_raw("people") if row["phone"] in wanted]
        assert multiset(found) == multiset(raw)

    @pytest.mark.parametrize("fold", list(Fold))
    def test_find_of_none_one_and_many(self, session: Session, fold: Fold) -> None:
        """No text gives no row; many texts are asked for together."""
        assert _found(session, "email", [], fold) == []
        many = [f"nobody{number}@example.org" for number in range(_MANY)]
        assert _found(session, "email", many, fold) == []
        name = "Ada" if fold is Fold.EXACT else "ada"
        assert _found(session, "name", [*many, name], fold)

    def test_find_in_a_column_of_numbers(self, session: Session, lacks: frozenset[Lack]) -> None:
        """A number is found by its text; a text that is none matches nothing."""
        if Lack.INTEGER not in lacks:
            assert len(_found(session, "id", ["3"], Fold.EXACT)) == 1
        assert _found(session, "id", [CANARY, "3.5", ""], Fold.EXACT) == []

    def test_follow_gives_each_row_once(self, world: World, session: Session) -> None:
        """Keys may repeat; a key with a gap matches nothing, also not a gap."""
        raw = world.read_raw("orders")
        keys: list[RowKey] = [(1,), (2,), (1,), (None,), (999,)]
        wanted = [row for row in raw if str(row["person"]) in {"1", "2"}]
        assert multiset(_followed(session, "orders", ["person"], keys)) == multiset(wanted)
        assert session.tally("orders", ["person"], keys) == len(wanted)
        assert _followed(session, "orders", ["person"], [(None,)]) == []
        assert _followed(session, "orders", ["person"], []) == []

    def test_follow_converts_numbers_and_texts(self, world: World, session: Session) -> None:
        """Number 3 finds text `3` and the other way round; what cannot be a number is no match."""
        for column, keys in (("code", [(3,)]), ("person", [("3",), (CANARY,)])):
            wanted = [r for r in world.read_raw("orders") if str(r[column]) == "3"]
            assert wanted
            assert multiset(_followed(session, "orders", [column], keys)) == multiset(wanted)
            assert session.tally("orders", [column], keys) == len(wanted)

    def test_follow_by_two_fields(self, world: World, session: Session) -> None:
        """Fields are compared one by one, never glued together."""
        keys: list[RowKey] = [(1, "11"), (11, "2"), (2, None), (3, "1")]
        wanted = [r for r in world.read_raw("lines") if r["note"] in {"111", "112"}]
        wanted = [
            r for r in wanted if (str(r["order_no"]), r["line"]) in {("1", "11"), ("11", "2")}
        ]
        fields = ["order_no", "line"]
        assert multiset(_followed(session, "lines", fields, keys)) == multiset(wanted)
        assert session.tally("lines", fields, keys) == len(wanted)

    def test_follow_of_many_keys(self, world: World, session: Session) -> None:
        """Ten thousand keys are one question."""
        keys = [(number,) for number in range(_MANY)]
        assert multiset(_followed(session, "orders", ["id"], keys)) == multiset(
            world.read_raw("orders")
        )

    def test_follow_stops_at_its_limit(self, session: Session) -> None:
        """No more rows than were asked for."""
        keys = [(number,) for number in range(1, 41)]
        assert len(_followed(session, "orders", ["id"], keys, limit=6)) == 6  # noqa: PLR2004
        assert len(_followed(session, "orders", ["id"], keys, limit=99)) == len(keys)

    def test_capabilities_are_declared(self, session: Session, tables: Any) -> None:
        """What the laws ask for is declared for each collection."""
        for name in tables:
            assert {Op.SCAN, Op.FIND, Op.FOLLOW} <= session.capabilities(name).ops


def _found(
    session: Session, field: str, wanted: Sequence[str], fold: Fold
) -> list[dict[str, Any]]:
    columns = list(session.discover().collections["people"].columns)
    return rows_of(session.find("people", field, wanted, fold=fold, columns=columns))


def _followed(
    session: Session,
    collection: str,
    fields: Sequence[str],
    keys: Sequence[RowKey],
    limit: int | None = None,
) -> list[dict[str, Any]]:
    columns = list(session.discover().collections[collection].columns)
    return rows_of(session.follow(collection, fields, keys, columns=columns, limit=limit))
