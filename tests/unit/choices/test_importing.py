"""Choices of the past come in batches that are whole or not at all, and never twice."""

from __future__ import annotations

import csv
import datetime as dt
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from govreg.audit.log import read_entries, size
from govreg.audit.tree import leaf_hash, root
from govreg.choices.exporting import Wanted
from govreg.choices.import_model import Declared, Refusal
from govreg.clock import fixed_clock
from govreg.consent.model import EventKind
from govreg.consent.status import Standing
from govreg.consent.tables import consent_batch, consent_event
from govreg.errors import NotFound, Refused, UsageProblem
from govreg.subjects.index import merge, resolve
from govreg.subjects.suppression import Why, counts, suppress
from govreg.subjects.tables import subject as subject_table

from .world import NOW, Ticking, given, shop, withdrawn

BEGINS = dt.datetime(2019, 1, 1, tzinfo=dt.UTC)
PERIOD = Declared(source="old crm", begins=BEGINS, ends=NOW)
ROW = {
    "email": "one@a.example",
    "activity": "newsletter",
    "kind": "given",
    "at": "2026-02-01T10:00:00+02:00",
    "notice": "newsletter@1",
    "language": "en",
    "method": "checkout-form@4",
    "act": "ticked",
    "channel": "web",
    "steps": "1",
    "explicit": "true",
}


@pytest.fixture
def engine(tmp_path):
    with shop(tmp_path) as made:
        yield made


def rows(*changes):
    return [{**ROW, **change} for change in changes]


def written(folder, held, name="choices.csv"):
    path = folder / name
    names = list(dict.fromkeys(key for row in held for key in row))
    if name.endswith(".jsonl"):
        path.write_text("".join(json.dumps(row) + "\n" for row in held))
    elif name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(held), path)
    else:
        with path.open("w", newline="") as file:
            to = csv.DictWriter(file, names)
            to.writeheader()
            to.writerows(held)
    return path


def taken(engine, folder, held, name="choices.csv", declared=PERIOD, **more):
    return engine.consent.import_file(written(folder, held, name), declared, actor="dpo", **more)


def why(made):
    return {one: (rows.count, rows.first) for one, rows in made.refused.items()}


def stands(engine, email, activity="newsletter", at=None):
    who = engine.consent.find({"email": email})
    return engine.consent.status(who, activity, at)


@pytest.mark.parametrize("name", ["choices.csv", "choices.jsonl", "choices.parquet"])
def test_choices_of_the_past_stand_as_if_recorded_then(engine, tmp_path, name):
    made = taken(
        engine,
        tmp_path,
        rows(
            {},
            {"at": "2026-02-03T10:00:00+02:00", "kind": "withdrawn"},
            {"email": "two@a.example"},
        ),
        name,
    )
    assert (made.rows, made.recorded, made.already, made.refusals) == (3, 3, 0, 0)
    assert made.people == 2
    assert made.by_kind == {"given": 2, "withdrawn": 1}
    assert stands(engine, "one@a.example").consent is Standing.WITHDRAWN
    then = dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
    assert stands(engine, "one@a.example", at=then).consent is Standing.GIVEN
    second = stands(engine, "two@a.example")
    assert second.counts.value == "true"


def test_an_imported_event_is_the_recorded_one_to_the_last_bit(tmp_path):
    clock = Ticking()
    with shop(tmp_path, clock=clock) as engine:
        said = given(at=clock.now, particulars={"evidence": "box 7"}, age=44, country="FI")
        made = engine.consent.record(said, identifiers={"email": "one@a.example"}, actor="dpo")
        row = {
            "subject": made.subject,
            "at": clock.now.isoformat(),
            "age": "44",
            "country": "FI",
            "evidence": "box 7",
        }
        held = [{k: v for k, v in {**ROW, **row}.items() if k != "email"}]
        again = taken(engine, tmp_path, held)
        assert (again.recorded, again.already) == (0, 1)


def test_what_was_imported_before_adds_nothing(engine, tmp_path):
    held = rows({}, {"email": "two@a.example"}, {})
    first = taken(engine, tmp_path, held)
    assert (first.recorded, first.already) == (2, 1)
    second = taken(engine, tmp_path, held)
    assert (second.recorded, second.already, second.people) == (0, 3, 0)


def test_rows_are_refused_by_reason_and_number_and_the_rest_comes_in(engine, tmp_path):
    changes = [
        {"email": ""},
        {"email": "no address"},
        {"activity": "astrology"},
        {"kind": "blessed"},
        {"notice": "newsletter@9"},
        {"act": "danced"},
        {"at": "yesterday"},
        {"at": "2026-02-01T10:00:00"},
        {"at": "2027-02-01T10:00:00Z"},
        {"at": "2001-02-01T10:00:00Z"},
        {"at": "10000-01-01T00:00:00Z"},
        {"steps": "0"},
        {"until": "2026-01-01T00:00:00Z"},
        {"language": "sv"},
        {"activity": "*"},
        {},
    ]
    seen = []
    made = taken(
        engine, tmp_path, rows(*changes), refused=lambda row, one: seen.append((row, one))
    )
    assert why(made) == {
        Refusal.NOBODY: (1, [1]),
        Refusal.IDENTIFIER: (1, [2]),
        Refusal.ACTIVITY: (1, [3]),
        Refusal.KIND: (1, [4]),
        Refusal.NOTICE: (2, [5, 14]),
        Refusal.CHOICE: (3, [6, 12, 15]),
        Refusal.MOMENT: (2, [7, 11]),
        Refusal.NO_ZONE: (1, [8]),
        Refusal.FUTURE: (1, [9]),
        Refusal.OUTSIDE: (1, [10]),
        Refusal.END: (1, [13]),
    }
    assert [row for row, _ in seen] == list(range(1, 16))
    assert made.recorded == 1
    assert made.people == 1  # nobody becomes known by a refused row


def test_a_zone_may_be_stated_for_moments_without_one(engine, tmp_path):
    held = rows({"at": "2026-02-01T10:00:00"})
    zoned = Declared(source="x", begins=BEGINS, ends=NOW, zone=dt.timezone(dt.timedelta(hours=2)))
    taken(engine, tmp_path, held, declared=zoned)
    event = engine.consent.history(engine.consent.find({"email": "one@a.example"}))[0].event
    assert event.at == dt.datetime(2026, 2, 1, 8, tzinfo=dt.UTC)


def test_columns_are_renamed_stated_and_passed_over(engine, tmp_path):
    held = [{"Mail": "one@a.example", "when": ROW["at"], "shoe": "43"}]
    made = taken(
        engine,
        tmp_path,
        held,
        renamed={"email": "Mail", "at": "when"},
        stated={"activity": "newsletter", "kind": "refused"},
        ignored=["shoe"],
    )
    assert made.recorded == 1
    assert stands(engine, "one@a.example").consent is Standing.REFUSED


def test_a_key_names_one_choice_for_ever(engine, tmp_path):
    taken(engine, tmp_path, rows({"key": "k1"}))
    made = taken(engine, tmp_path, rows({"key": "k1"}, {"key": "k1", "method": "other@1"}))
    assert made.already == 1
    assert why(made) == {Refusal.KEY_TAKEN: (1, [2])}


def test_two_rows_of_one_batch_under_one_key(engine, tmp_path):
    made = taken(engine, tmp_path, rows({"key": "k1"}, {"key": "k1", "method": "other@1"}))
    assert made.recorded == 1
    assert why(made) == {Refusal.KEY_TAKEN: (1, [2])}


def test_several_people_behind_one_address_are_told_apart_or_refused(engine, tmp_path):
    made = taken(
        engine,
        tmp_path,
        rows({"customer_id": "17"}, {"customer_id": "18"}, {"customer_id": "17"}),
    )
    # the second shares the address of the first and has another number: a household
    assert made.recorded == 1
    assert made.already == 1
    assert why(made) == {Refusal.SEVERAL: (1, [2])}


def test_ids_stand_for_whom_they_were_merged_into(engine, tmp_path):
    one = engine.consent.record(given(), identifiers={"email": "one@a.example"}, actor="dpo")
    two = engine.consent.record(given(), identifiers={"email": "two@a.example"}, actor="dpo")
    with engine.store.write() as connection:
        merge(connection, one.subject, two.subject, actor="dpo", now=NOW)
    held = [{k: v for k, v in ROW.items() if k != "email"} | {"subject": two.subject}]
    held.append(held[0] | {"subject": "sub_0000000000000000"})
    made = taken(engine, tmp_path, held)
    assert made.recorded == 1
    assert why(made) == {Refusal.SUBJECT: (1, [2])}
    with engine.store.read() as connection:
        newest = connection.scalar(
            sa.select(consent_event.c.subject_id).order_by(consent_event.c.id.desc()).limit(1)
        )
        assert newest == one.subject == resolve(connection, two.subject)


def test_ids_and_identifiers_in_one_file_but_not_in_one_row(engine, tmp_path):
    one = engine.consent.record(given(), identifiers={"email": "one@a.example"}, actor="dpo")
    held = rows({"subject": one.subject}, {"subject": one.subject, "email": ""}, {"subject": ""})
    made = taken(engine, tmp_path, held)
    assert made.recorded == 1
    assert made.already == 1  # the third row names the same person by the address
    assert why(made) == {Refusal.NAMED_TWICE: (1, [1])}


def test_each_batch_has_a_root_one_entry_and_one_notice(engine, tmp_path, monkeypatch):
    monkeypatch.setattr("govreg.choices.tabular.ROWS", 2)
    from govreg.choices import tabular

    monkeypatch.setattr(tabular.batches, "__kwdefaults__", {"rows": 2})
    told = []
    monkeypatch.setattr(engine.consent, "_deliver", lambda: told.append(True))
    with engine.store.read() as connection:
        before = size(connection)
    made = taken(engine, tmp_path, rows({}, {"email": "two@a.example"}, {"email": "x"}, {}))
    assert made.batches == 2
    with engine.store.read() as connection:
        entries = read_entries(connection, before, size(connection))
        batch = connection.execute(sa.select(consent_batch)).one()
        digests = [
            bytes(row.digest)
            for row in connection.execute(
                sa.select(consent_event.c.digest).order_by(consent_event.c.id)
            )
        ]
    assert batch.import_id == made.import_id
    assert batch.root == root(leaf_hash(one) for one in digests).hex()
    assert [entry.action for entry in entries] == ["consent.imported"] * 2
    assert entries[0].hashes["root"] == batch.root
    assert entries[1].counts["already"] == 1
    assert entries[1].counts["refused"] == 1
    assert told == [True]


def test_a_dry_run_leaves_nothing(engine, tmp_path):
    dry = Declared(source="x", begins=BEGINS, ends=NOW, dry_run=True)
    with engine.store.read() as connection:
        before = size(connection)
    made = taken(engine, tmp_path, rows({}, {"kind": "withdrawn"}), declared=dry)
    assert made.recorded == 2
    with engine.store.read() as connection:
        assert size(connection) == before
        assert connection.scalar(sa.select(sa.func.count()).select_from(consent_event)) == 0
        assert connection.scalar(sa.select(sa.func.count()).select_from(subject_table)) == 0


def test_a_file_that_breaks_off_leaves_whole_batches(engine, tmp_path, monkeypatch):
    from govreg.choices import tabular

    monkeypatch.setattr(tabular.batches, "__kwdefaults__", {"rows": 2})
    monkeypatch.setattr("govreg.choices.tabular._BLOCK", 700)
    path = written(tmp_path, rows(*({"email": f"p{n}@a.example"} for n in range(40))))
    with path.open("a") as file:
        file.write("ragged,row\n")
    with pytest.raises(UsageProblem, match="cannot be read as csv at or after row"):
        engine.consent.import_file(path, PERIOD, actor="dpo")
    with engine.store.read() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(consent_event))
    assert count
    assert count % 2 == 0


class TestSuppression:
    """The list is consulted, and brought up to what stands."""

    def test_last_word_decides_not_the_order_of_rows(self, engine, tmp_path):
        made = taken(
            engine,
            tmp_path,
            rows(
                {"kind": "withdrawn", "at": "2026-02-05T00:00:00Z"},
                {"at": "2026-02-01T00:00:00Z"},
                {"email": "two@a.example", "kind": "withdrawn", "at": "2026-02-01T00:00:00Z"},
                {"email": "two@a.example", "at": "2026-02-05T00:00:00Z"},
                {"email": "three@a.example", "kind": "objected", "at": "2026-02-01T00:00:00Z"},
                {"email": "three@a.example", "at": "2026-02-05T00:00:00Z"},
            ),
        )
        assert made.suppressed == 2
        with engine.store.read() as connection:
            held = counts(connection)
        assert held == {("newsletter", Why.WITHDRAWN): 1, ("newsletter", Why.OBJECTED): 1}

    def test_newer_consent_takes_off_what_an_own_withdrawal_put_on(self, engine, tmp_path):
        taken(engine, tmp_path, rows({"kind": "withdrawn", "at": "2026-02-01T00:00:00Z"}))
        older = taken(engine, tmp_path, rows({"at": "2026-01-15T00:00:00Z"}))
        assert older.lifted == 0
        newer = taken(engine, tmp_path, rows({"at": "2026-02-15T00:00:00Z"}))
        assert newer.lifted == 1

    def test_consent_that_does_not_count_takes_nobody_off(self, engine, tmp_path):
        taken(engine, tmp_path, rows({"kind": "withdrawn", "at": "2026-02-01T00:00:00Z"}))
        made = taken(engine, tmp_path, rows({"act": "pre_ticked", "at": "2026-02-15T00:00:00Z"}))
        assert (made.recorded, made.lifted) == (1, 0)

    @pytest.mark.parametrize("reason", [Why.ERASED, Why.DECEASED, Why.REQUEST])
    def test_who_is_listed_for_good_is_not_taken_in(self, engine, tmp_path, reason):
        self.list_by(engine, "one@a.example", reason)
        made = taken(engine, tmp_path, rows({}, {"kind": "withdrawn"}, {"email": "b@a.example"}))
        assert why(made) == {Refusal.SUPPRESSED: (1, [1])}
        assert made.by_kind == {"withdrawn": 1, "given": 1}

    def test_a_known_person_is_kept_out_by_any_of_their_identifiers(self, engine, tmp_path):
        both = {"email": "one@a.example", "customer_id": "17"}
        who = engine.consent.record(given(), identifiers=both, actor="dpo").subject
        self.list_by(engine, "one@a.example", Why.DECEASED)
        held = [{k: v for k, v in ROW.items() if k != "email"} | {"customer_id": "17"}]
        made = taken(engine, tmp_path, held)
        assert why(made) == {Refusal.SUPPRESSED: (1, [1])}
        assert len(engine.consent.history(who)) == 1

    def test_a_stranger_who_objected_later_stays_out(self, engine, tmp_path):
        self.list_by(
            engine, "one@a.example", Why.OBJECTED, at=dt.datetime(2026, 2, 3, tzinfo=dt.UTC)
        )
        made = taken(
            engine,
            tmp_path,
            rows({"at": "2026-02-01T00:00:00Z"}, {"at": "2026-02-04T00:00:00Z"}),
        )
        assert why(made) == {Refusal.SUPPRESSED: (1, [1])}
        assert made.recorded == 1

    def list_by(self, engine, email, reason, at=NOW):
        with engine.store.write() as connection:
            named = engine.parts.kinds.identifier("email", email)
            blind = engine.parts.blind(connection)(named)
            suppress(connection, [("email", blind)], scope="newsletter", reason=reason, now=at)


class TestRefusedAsAWhole:
    """What is wrong with the whole file is said before anything is read in."""

    @pytest.mark.parametrize(
        ("held", "more", "words"),
        [
            ([{**ROW, "mood": "fine"}], {}, "nothing is known of the file's column `mood`"),
            ([{k: v for k, v in ROW.items() if k != "email"}], {}, "no column names a person"),
            ([{k: v for k, v in ROW.items() if k != "at"}], {}, "says when"),
            ([{k: v for k, v in ROW.items() if k != "kind"}], {}, "says the kind"),
            ([ROW], {"stated": {"kind": "given"}}, "stated and is a column"),
            ([ROW], {"stated": {"customer_id": "17"}}, "cannot be stated for all"),
            ([ROW], {"renamed": {"mood": "email"}}, "a choice has no `mood`"),
            ([ROW], {"renamed": {"email": "Mail"}}, "no column `Mail`"),
            ([ROW], {"ignored": ["Mail"]}, "no column `Mail`"),
        ],
    )
    def test_columns(self, engine, tmp_path, held, more, words):
        with pytest.raises(UsageProblem, match=words):
            taken(engine, tmp_path, held, **more)

    def test_people_without_the_role(self, engine, tmp_path):
        with pytest.raises(Refused, match="may not import"):
            engine.consent.import_file(written(tmp_path, rows({})), PERIOD, actor="nobody")

    def test_periods(self, engine, tmp_path):
        for begins, ends in ((NOW, BEGINS), (BEGINS, NOW + dt.timedelta(days=3))):
            period = Declared(source="x", begins=begins, ends=ends)
            with pytest.raises(UsageProblem, match="the declared period ends"):
                taken(engine, tmp_path, rows({}), declared=period)

    def test_no_file(self, engine, tmp_path):
        with pytest.raises(NotFound, match="there is no file"):
            engine.consent.import_file(tmp_path / "x.csv", PERIOD, actor="dpo")
        with pytest.raises(UsageProblem, match="no table that can be read"):
            engine.consent.import_file(tmp_path / "x.xlsx", PERIOD, actor="dpo")


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl", "out.parquet"])
def test_what_is_exported_comes_in_again_as_there_already(tmp_path, name):
    clock = Ticking()
    with shop(tmp_path, clock=clock) as engine:
        who = {"email": "one@a.example"}
        engine.consent.record(
            given(key="web-7", attested={"free": True}), identifiers=who, actor="dpo"
        )
        clock.later(hours=1)
        engine.consent.record(withdrawn(), identifiers=who, actor="dpo")
        clock.later(hours=1)
        sealed = given(particulars={"evidence": "box 7"}, kind=EventKind.RENEWED)
        engine.consent.record(sealed, identifiers=who, actor="dpo")
        path = tmp_path / name
        out = engine.consent.export_file(path, Wanted(), actor="dpo")
        assert (out.events, out.sealed) == (3, 1)
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"one@a.example" not in path.read_bytes()
        assert b"box 7" not in path.read_bytes()
        period = Declared(source="x", begins=BEGINS, ends=clock.now)
        made = engine.consent.import_file(path, period, actor="dpo")
        assert (made.recorded, made.already) == (0, 2)
        assert why(made) == {Refusal.PARTICULARS: (1, [3])}


def test_an_export_is_of_an_activity_and_a_period(tmp_path):
    clock = Ticking()
    with shop(tmp_path, clock=clock) as engine:
        who = {"email": "one@a.example"}
        engine.consent.record(given(), identifiers=who, actor="dpo")
        middle = clock.later(days=1)
        clock.later(days=1)
        engine.consent.record(withdrawn(), identifiers=who, actor="dpo")

        def count(**wanted):
            path = tmp_path / "out.csv"
            return engine.consent.export_file(path, Wanted(**wanted), actor="dpo").events

        assert count() == 2
        assert count(begins=middle) == 1
        assert count(ends=middle) == 1
        assert count(activity="orders") == 0
        with pytest.raises(Refused, match="may not export"):
            engine.consent.export_file(tmp_path / "x.csv", Wanted(), actor="nobody")


def test_notices_end_what_is_imported_as_they_end_what_is_recorded(tmp_path):
    with shop(tmp_path, clock=fixed_clock(NOW)) as engine:
        import dataclasses

        from .world import NOTICE, publish

        ending = dataclasses.replace(NOTICE, version=2, valid_for="P1Y")
        publish(engine, ending)
        taken(
            engine, tmp_path, rows({"notice": "newsletter@2", "at": "2025-02-01T23:30:00+02:00"})
        )
        status = stands(engine, "one@a.example")
        assert status.consent is Standing.EXPIRED
        assert status.until == dt.datetime(2026, 2, 1, 21, 30, tzinfo=dt.UTC)
