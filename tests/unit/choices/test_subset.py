"""Of any table, the rows that people's choices permit; the same answer as for one person."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from govreg.bulk.duck import arrow_of, duck
from govreg.bulk.snapshot import KINDS, SCHEMA, current
from govreg.bulk.snapshot_build import LATEST, with_ends
from govreg.bulk.standing import Use, Verdict, fold_into
from govreg.choices.copies import copies_of
from govreg.choices.subset import Named
from govreg.condition.truth import Truth
from govreg.consent.model import (
    EVERYTHING,
    FAMILIES,
    Channel,
    Circumstance,
    EventKind,
    Family,
    Recorded,
)
from govreg.consent.preference import Preference
from govreg.consent.status import STANDS, Standing, fold
from govreg.consent.validity import Counts
from govreg.errors import IntegrityProblem, NotFound, UsageProblem
from govreg.subjects.index import merge
from govreg.subjects.leaving import let_leave
from govreg.subjects.suppression import Why, suppress

from .world import NOW, Ticking, given, shop, withdrawn

MAIL = Named(identifier=("email", "mail"))


def table(**columns):
    return pa.table(columns).to_reader()


def asked(engine, rows, named=MAIL, activity="newsletter", use=Use.USE, channel=None):
    with engine.consent.permitted(rows, activity, named, use=use, channel=channel) as held:
        out = pa.Table.from_batches(held.batches, held.schema)
    return out, dict(held.counts)


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def engine(tmp_path, clock):
    with shop(tmp_path, clock=clock) as made:
        yield made


def record(engine, email, choice=None):
    choice = given() if choice is None else choice
    return engine.consent.record(choice, identifiers={"email": email}, actor="dpo").subject


def test_rows_go_out_and_the_others_are_counted_by_reason(engine, clock):
    record(engine, "yes@a.example")
    record(engine, "no@a.example", given(kind=EventKind.REFUSED))
    record(engine, "pre@a.example", given(act="pre_ticked"))
    record(engine, "was@a.example")
    clock.later(days=1)
    record(engine, "was@a.example", withdrawn())
    mails = [
        "Yes@A.example",
        "no@a.example",
        "pre@a.example",
        "was@a.example",
        "new@a.example",
        "x",
        None,
    ]
    out, counts = asked(engine, table(mail=mails, n=list(range(7))))
    assert out.to_pydict() == {"mail": ["Yes@A.example"], "n": [0]}
    assert counts == {
        Verdict.PERMITTED: 1,
        Verdict.REFUSED: 1,
        Verdict.DOES_NOT_COUNT: 1,
        Verdict.SUPPRESSED: 1,
        Verdict.NEVER_CHOSE: 1,
        Verdict.NOT_MAPPED: 2,
    }


def test_what_came_since_the_snapshot_counts_at_once(engine, clock):
    who = record(engine, "one@a.example")
    assert asked(engine, table(mail=["one@a.example"]))[0].num_rows == 1
    upto = current(copies_of(engine.parts).choices).upto
    clock.later(hours=1)
    engine.consent.record(withdrawn(), subject=who, actor="dpo")
    assert asked(engine, table(mail=["one@a.example"]))[0].num_rows == 0
    assert current(copies_of(engine.parts).choices).upto == upto


def test_by_subject_ids_aliases_and_ids_that_nobody_has(engine, clock):
    one, two = record(engine, "one@a.example"), record(engine, "two@a.example")
    three = record(engine, "three@a.example", given(kind=EventKind.REFUSED))
    with engine.store.write() as connection:
        merge(connection, one, two, actor="dpo", now=NOW)
    rows = table(who=[one, two, three, "sub_0000000000000000", None])
    out, counts = asked(engine, rows, Named(subject="who"))
    assert set(out.column("who").to_pylist()) == {one, two}
    assert counts == {Verdict.PERMITTED: 2, Verdict.REFUSED: 1, Verdict.NEVER_CHOSE: 2}
    clock.later(hours=1)
    engine.consent.record(withdrawn(), subject=two, actor="dpo")
    assert asked(engine, table(who=[one, two]), Named(subject="who"))[0].num_rows == 0


def test_without_consent_as_basis_only_a_no_stops_and_strangers_are_not_let_through(engine):
    one = record(
        engine,
        "one@a.example",
        given(activity="orders", notice=None, language=None, kind=EventKind.OBJECTED),
    )
    two = record(engine, "two@a.example")
    three = record(
        engine,
        "three@a.example",
        given(activity="orders", notice=None, language=None, kind=EventKind.OPTED_OUT),
    )
    rows = {"who": [one, two, three, "sub_0000000000000000"]}
    out, counts = asked(engine, table(**rows), Named(subject="who"), "orders")
    assert set(out.column("who").to_pylist()) == {two, three}
    assert counts == {Verdict.OBJECTS: 1, Verdict.PERMITTED: 2, Verdict.NOT_MAPPED: 1}
    out, counts = asked(engine, table(**rows), Named(subject="who"), "orders", Use.SELL_OR_SHARE)
    assert out.column("who").to_pylist() == [two]
    assert counts[Verdict.OPTED_OUT] == 1


def test_several_people_behind_one_address_are_nobody_for_sure(engine):
    for number in ("17", "18"):
        engine.consent.record(given(), identifiers={"customer_id": number}, actor="dpo")
    with engine.store.write() as connection:
        blind = engine.parts.blind(connection)(
            engine.parts.kinds.identifier("email", "h@a.example")
        )
        for (who,) in connection.execute(sa.text("SELECT id FROM subject")).all():
            connection.execute(
                sa.text(
                    "INSERT INTO subject_identifier (subject_id, kind, blind, created_at) "
                    "VALUES (:who, 'email', :blind, 0)"
                ),
                {"who": who, "blind": blind},
            )
    out, counts = asked(engine, table(mail=["h@a.example"]))
    assert (out.num_rows, counts) == (0, {Verdict.AMBIGUOUS: 1})


def test_who_is_listed_is_left_out_though_nobody_knows_them(engine):
    with engine.store.write() as connection:
        blind = engine.parts.blind(connection)(
            engine.parts.kinds.identifier("email", "gone@a.example")
        )
        suppress(connection, [("email", blind)], scope="*", reason=Why.ERASED, now=NOW)
    _, counts = asked(engine, table(mail=["gone@a.example"]), activity="orders")
    assert counts == {Verdict.SUPPRESSED: 1}


def test_who_leaves_is_out_of_the_snapshot_before_anything_is_read(engine):
    who = record(engine, "one@a.example")
    other = record(engine, "two@a.example")
    asked(engine, table(mail=["one@a.example"]))
    place = copies_of(engine.parts).choices
    with engine.store.write() as connection:
        connection.execute(sa.text("DELETE FROM consent_event WHERE subject_id = :w"), {"w": who})
        let_leave(connection, [who], NOW)
    out, _ = asked(engine, table(who=[who, other]), Named(subject="who"))
    assert out.column("who").to_pylist() == [other]
    rows = pa.Table.from_batches(current(place).of("newsletter"), SCHEMA)
    assert rows.column("subject").to_pylist() == [other]


def test_a_snapshot_that_was_altered_or_is_incomplete_is_an_error(engine):
    record(engine, "one@a.example")
    asked(engine, table(mail=["one@a.example"]))
    held = current(copies_of(engine.parts).choices)
    (path,) = held.folder.glob("*/*.sealed")
    whole = path.read_bytes()
    assert b"sub_" not in whole
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(IntegrityProblem):
        asked(engine, table(mail=["one@a.example"]))
    path.unlink()
    with pytest.raises(IntegrityProblem, match="missing"):
        asked(engine, table(mail=["one@a.example"]))


def test_what_a_killed_build_left_is_removed_by_the_next(engine, monkeypatch):
    record(engine, "one@a.example")
    place = copies_of(engine.parts).choices
    left = place.folder / "set_dead"
    left.mkdir(parents=True)
    (left / "x.sealed").write_bytes(b"half")
    assert asked(engine, table(mail=["one@a.example"]))[0].num_rows == 1
    assert not left.exists()


def test_bad_calls_are_told(engine):
    record(engine, "one@a.example")
    with pytest.raises(NotFound, match="no activity `news`"):
        asked(engine, table(mail=["a"]), activity="news")
    with pytest.raises(UsageProblem, match="no column `mail`"):
        asked(engine, table(post=["a"]))
    with pytest.raises(UsageProblem, match="of another type"):
        asked(engine, table(mail=[1]))
    with pytest.raises(UsageProblem, match="nothing says whose"):
        asked(engine, table(mail=["a"]), Named())
    with pytest.raises(NotFound, match="no row map of `crm"):
        asked(engine, table(mail=["a"]), Named(rows="crm.customers"))


T0 = 1_700_000_000_000
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["sub_a", "sub_b"]),
        st.sampled_from(["news", EVERYTHING]),
        st.sampled_from(list(EventKind)),
        st.integers(0, 8),
        st.one_of(st.none(), st.integers(1, 10)),
        st.integers(1, 2),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@for_all(events=EVENTS, now=st.integers(0, 9), merged=st.booleans(), split=st.integers(0, 12))
def test_sets_and_single_people_have_one_answer(events, now, merged, split):
    """Also where a part of the events was folded before, as the snapshot's are."""
    hour = 3_600_000
    recorded = [
        Recorded(
            number=number,
            subject=who,
            activity=activity,
            kind=kind,
            at=dt.datetime.fromtimestamp((T0 + at * hour) / 1000, dt.UTC),
            until=None
            if until is None
            else dt.datetime.fromtimestamp((T0 + (at + until) * hour) / 1000, dt.UTC),
            received_at=dt.datetime.fromtimestamp(T0 / 1000, dt.UTC),
            circumstance=Circumstance(law="gdpr", controller="x"),
            circumstance_id=circumstance,
            batch=None,
            sealed=None,
        )
        for number, (who, activity, kind, at, until, circumstance) in enumerate(events, 1)
    ]
    moment = dt.datetime.fromtimestamp((T0 + now * hour) / 1000, dt.UTC)

    def judged(circumstance, guardian):
        return (
            {1: Truth.TRUE, 2: Truth.FALSE}[circumstance]
            if guardian
            else {
                1: Truth.UNKNOWN,
                2: Truth.TRUE,
            }[circumstance]
        )

    into = {"sub_b": "sub_a"} if merged else {}
    with duck(Path(tempfile.mkdtemp())) as db:
        # what lies after now never is in a snapshot
        early = [e for e in recorded[:split] if e.at <= moment]
        late = [e for e in recorded if e not in early]
        rows, more = [], []
        for activity in ("news", EVERYTHING):
            part = as_rows([e for e in early if e.activity == activity])
            db.register("rows", part)
            folded = arrow_of(db, LATEST)
            (rows if activity == "news" else more).extend(folded.cast(SCHEMA).to_batches())
        more += as_rows(late).to_batches()
        fold_into(
            db,
            rows,
            more,
            aliases=into,
            now=T0 + now * hour,
            zone="Europe/Helsinki",
            judge=lambda number, day, guardian: {
                Truth.TRUE: True,
                Truth.FALSE: False,
                Truth.UNKNOWN: None,
            }[judged(number, guardian)],
        )
        found = {row["subject"]: row for row in arrow_of(db, "FROM standing").to_pylist()}
    for who in {into.get(e.subject, e.subject) for e in recorded}:
        mine = [e for e in recorded if into.get(e.subject, e.subject) == who]
        status = fold(
            mine,
            who,
            "news",
            moment,
            lambda event, guardian: Counts(truth=judged(event.circumstance_id, guardian)),
        )
        row = found.get(who)
        if row is None:
            assert all(e.at > moment for e in mine)
            continue
        kind = KINDS[row["kind"]] if row["kind"] is not None else None
        assert (status.deciding.kind if status.deciding else None) == kind
        assert (status.consent is Standing.EXPIRED and kind is not EventKind.EXPIRED) == bool(
            row["expired"]
        )
        if status.consent in STANDS:
            assert {None: Truth.UNKNOWN, True: Truth.TRUE, False: Truth.FALSE}[
                row["counts"]
            ] is status.counts
        assert (status.objection is not None) == row["objects"]
        assert status.opted_out == row["opted_out"]
        assert status.limits == row["limits"]
        assert status.restricted == row["restricted"]


def as_rows(events):
    families = list(Family)
    held = pa.table(
        {
            "subject": pa.array([e.subject for e in events], pa.string()),
            "family": pa.array([families.index(FAMILIES[e.kind]) for e in events], pa.int8()),
            "kind": pa.array([KINDS.index(e.kind) for e in events], pa.int8()),
            "at": pa.array([round(e.at.timestamp() * 1000) for e in events], pa.int64()),
            "until": pa.array(
                [round(e.until.timestamp() * 1000) if e.until else None for e in events],
                pa.int64(),
            ),
            "circumstance": pa.array([e.circumstance_id for e in events], pa.int64()),
            "number": pa.array([e.number for e in events], pa.int64()),
        },
        schema=SCHEMA,
    )
    return with_ends(held)


def test_some_people_are_checked_by_their_ids_out_of_the_ledger(engine, clock):
    yes, was = record(engine, "yes@a.example"), record(engine, "was@a.example")
    alias = record(engine, "alias@a.example")
    silent = record(
        engine, "silent@a.example", given(activity="orders", notice=None, language=None)
    )
    with engine.store.write() as connection:
        merge(connection, was, alias, actor="dpo", now=NOW)
    clock.later(hours=1)
    engine.consent.record(withdrawn(), subject=was, actor="dpo")
    found = engine.consent.check([yes, was, alias, silent, "sub_0000000000000000"], "newsletter")
    assert found == {
        yes: Verdict.PERMITTED,
        was: Verdict.SUPPRESSED,
        alias: Verdict.SUPPRESSED,
        silent: Verdict.NEVER_CHOSE,
        "sub_0000000000000000": Verdict.NOT_MAPPED,
    }
    assert engine.consent.check([], "newsletter") == {}


def test_who_does_not_want_a_channel_is_left_out_of_it_and_only_of_it(engine, clock):
    one, two = record(engine, "one@a.example"), record(engine, "two@a.example")
    said = {"hours": None, "language": None, "origin": "desk"}
    for who, wanted in ((one, False), (two, False), (two, True)):
        clock.later(hours=1)
        preference = Preference(channel=Channel.EMAIL, wanted=wanted, at=clock.now, **said)
        engine.consent.prefer(who, preference, actor="dpo")
    with engine.store.write() as connection:
        named = engine.parts.kinds.identifier("email", "new@a.example")
        blind = engine.parts.blind(connection)(named)
        entry = [("email", blind)]
        suppress(connection, entry, scope="channel:email", reason=Why.REQUEST, now=NOW)
    mails = ["one@a.example", "two@a.example", "new@a.example"]
    out, counts = asked(engine, table(mail=mails), channel=Channel.EMAIL)
    assert out.column("mail").to_pylist() == ["two@a.example"]
    assert counts == {
        Verdict.PERMITTED: 1,
        Verdict.NOT_WANTED: 1,
        Verdict.SUPPRESSED: 1,
    }
    for channel in (None, Channel.PHONE):
        out, _ = asked(engine, table(mail=mails), channel=channel)
        assert out.column("mail").to_pylist() == ["one@a.example", "two@a.example"]
