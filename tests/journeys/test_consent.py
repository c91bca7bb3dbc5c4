"""Give, withdraw, erase: what proves it stays, and nothing else; the person is found again by it."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import contextmanager

import pyarrow as pa
import pytest
import sqlalchemy as sa
from tests.journeys.test_traps import SOURCE, rows
from tests.journeys.workspace import GONE, erased
from tests.unit.choices.world import WHO, Ticking, given, shop, withdrawn

from govreg.bulk.snapshot import current
from govreg.bulk.standing import Verdict
from govreg.choices.batch_check import check_batches
from govreg.choices.copies import copies_of
from govreg.choices.exporting import Wanted
from govreg.choices.import_model import Declared
from govreg.choices.notices import _standing, renewals
from govreg.choices.receipts import issue_receipt
from govreg.choices.subset import Named
from govreg.choices.suppressing import suppressions_of
from govreg.consent.model import Channel, EventKind
from govreg.consent.preference import Preference
from govreg.consent.proof import drop_ended
from govreg.consent.status import Standing
from govreg.errors import NotFound
from govreg.subjects.row_map import freshness, mapped_rows
from govreg.testing.servers import own_database

EVIDENCE = "call 20260305-17, recorded"


def test_an_erasure_leaves_only_what_proves(tmp_path):
    clock = Ticking()
    with shop(tmp_path, clock) as engine:
        who = engine.consent.record(
            given(particulars={"evidence": EVIDENCE}), identifiers=WHO, actor="dpo"
        ).subject
        other = engine.consent.record(
            given(), identifiers={"email": "two@a.example"}, actor="dpo"
        ).subject
        clock.later(days=1)
        engine.consent.record(withdrawn(), subject=who, actor="dpo")
        clock.later(days=1)
        request = erased(engine, WHO, GONE)
        assert engine.requests.get(request).outcome.startswith("complete")

        assert engine.consent.history(who) == ()
        assert engine.consent.status(who, "newsletter").consent is Standing.UNKNOWN
        assert engine.consent.status(other, "newsletter").consent is Standing.GIVEN
        proofs = engine.consent.proofs(WHO)
        assert [proof.kind for proof in proofs] == [EventKind.GIVEN, EventKind.WITHDRAWN]
        assert proofs[0].circumstance.notice == "newsletter"
        assert len({proof.proof_id for proof in proofs}) == 1
        assert engine.consent.proofs({"email": "two@a.example"}) == ()

        folder = engine.requests.certificate(request)
        statement = json.loads((folder / "certificate.json").read_text())["certificate"][
            "statement"
        ]
        assert statement["consent_closed"] == 2
        (kept,) = [r for r in statement["kept_records"] if r["what"] == "consent_proof"]
        assert kept["basis"] == "GDPR Art 7(1), GDPR Art 17(3)(e)"
        assert kept["until"] == "2029-03-06"
        assert "proof of earlier consent" in (folder / "certificate.html").read_text()

        with engine.store.read() as connection:
            rows = connection.execute(sa.text("SELECT * FROM consent_proof")).fetchall()
            assert who not in str(rows)
        with engine.store.write() as connection:
            assert drop_ended(connection, clock.now + dt.timedelta(days=1094)) == 0
            assert drop_ended(connection, clock.now + dt.timedelta(days=1096)) == 2
        assert engine.consent.proofs(WHO) == ()
        with engine.store.read() as connection:
            count = sa.text("SELECT count(*) FROM consent_proof_reference")
            assert connection.scalar(count) == 0


def test_who_comes_back_is_somebody_new(tmp_path):
    clock = Ticking()
    with shop(tmp_path, clock) as engine:
        first = engine.consent.record(given(), identifiers=WHO, actor="dpo").subject
        erased(engine, WHO, GONE)
        clock.later(days=1)
        second = engine.consent.record(given(), identifiers=WHO, actor="dpo")
        assert second.subject != first
        assert second.status.consent is Standing.GIVEN
        assert len(engine.consent.history(second.subject)) == 1


def test_a_person_who_chose_and_is_in_no_source_is_erased_too(tmp_path):
    clock = Ticking()
    who = {"email": "ghost@a.example"}
    with shop(tmp_path, clock) as engine:
        subject = engine.consent.record(given(), identifiers=who, actor="dpo").subject
        erased(engine, who, GONE)
        assert engine.consent.history(subject) == ()
        assert [proof.kind for proof in engine.consent.proofs(who)] == [EventKind.GIVEN]
        try:
            engine.consent.find(who)
        except NotFound:
            return
        raise AssertionError("an erased person is found")


NOT_ENDED = {
    "person.consent_withdrawn": False,
    "person.objects": False,
    "person.objection_upheld": False,
    "person.objection_pending": False,
    "person.relationship_ended": False,
    "person.child_service": False,
}


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (NOT_ENDED, "refused"),
        ({**NOT_ENDED, "person.consent_withdrawn": True}, "refused"),  # the orders go on
    ],
)
def test_who_goes_on_being_a_customer_keeps_their_choices(tmp_path, facts, outcome):
    clock = Ticking()
    with shop(tmp_path, clock) as engine:
        who = engine.consent.record(
            given(particulars={"evidence": EVIDENCE}), identifiers=WHO, actor="dpo"
        ).subject
        wants = Preference(channel=Channel.PHONE, wanted=False, at=clock.now, origin="desk")
        engine.consent.prefer(who, wants, actor="dpo")
        request = erased(engine, WHO, facts)
        assert engine.requests.get(request).outcome == outcome
        assert engine.consent.find(WHO) == who
        assert len(engine.consent.history(who)) == 1
        assert engine.consent.preferences(who)[Channel.PHONE].wanted is False
        assert engine.consent.proofs(WHO) == ()
        folder = engine.requests.certificate(request)
        statement = json.loads((folder / "certificate.json").read_text())["certificate"][
            "statement"
        ]
        assert statement["keys"] == []
        assert statement["consent_closed"] == 0


def test_what_is_erased_in_part_leaves_a_customer_a_customer(tmp_path):
    """What only the newsletter used goes; the orders go on, and so do the choices for them."""
    clock = Ticking()
    source = SOURCE.replace(
        "name: {category: user.name, activities: [orders]}",
        "name: {category: user.name, activities: [newsletter]}",
    )
    with shop(tmp_path, clock, source=source) as engine:
        who = engine.consent.record(given(), identifiers=WHO, actor="dpo").subject
        clock.later(days=1)
        engine.consent.record(withdrawn(), subject=who, actor="dpo")
        request = erased(engine, WHO, {**NOT_ENDED, "person.consent_withdrawn": True})
        assert engine.requests.get(request).outcome == "complete_with_withheld"
        assert rows(tmp_path, "SELECT name FROM people WHERE id = 1") == [(None,)]
        assert engine.consent.status(who, "newsletter").consent is Standing.WITHDRAWN
        assert engine.consent.find(WHO) == who


@pytest.mark.postgresql
def test_the_same_with_the_store_on_postgresql(tmp_path):
    clock = Ticking()
    with own_database("postgresql") as url:
        text = url.render_as_string(hide_password=False)
        with shop(tmp_path, clock, tables=f'[store]\nurl = "{text}"\n') as engine:
            who = engine.consent.record(
                given(particulars={"evidence": EVIDENCE}), identifiers=WHO, actor="dpo"
            ).subject
            clock.later(days=1)
            engine.consent.record(withdrawn(), subject=who, actor="dpo")
            assert [p.standing for p in engine.consent.history(who)] == [
                Standing.GIVEN,
                Standing.WITHDRAWN,
            ]
            assert renewals(engine.parts) == []
            late = {"email": "two@a.example"}
            clock.later(hours=12)  # the evening: the day is the same
            engine.consent.record(given(), identifiers=late, actor="dpo")
            with engine.store.read() as connection:
                days = {str(day) for *_, day, _ in _standing(connection, engine.parts)}
            assert days == {"2026-03-06"}
            clock.later(days=1)
            erased(engine, WHO, GONE)
            assert engine.consent.history(who) == ()
            assert len(engine.consent.proofs(WHO)) == 2
            found = suppressions_of(
                engine.parts, identifiers=[engine.parts.kinds.identifier("email", WHO["email"])]
            )
            assert [one.scope for one in found] == ["newsletter"]


@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def test_give_withdraw_filter_receipt_erase(tmp_path, kind):
    """What a person chose reaches a table of rows at once; an erasure leaves only the proof."""
    clock = Ticking()
    with a_shop(tmp_path, clock, kind) as engine:
        who = engine.consent.record(given(), identifiers=WHO, actor="dpo").subject
        engine.consent.record(given(), identifiers={"email": "two@a.example"}, actor="dpo")
        engine.row_maps.sync(actor="dpo")
        assert permitted(engine, tmp_path) == [1, 2]
        clock.later(days=1)
        engine.consent.record(withdrawn(), subject=who, actor="dpo")
        assert permitted(engine, tmp_path) == [2]

        issue_receipt(engine.parts, who, tmp_path / "receipt", actor="dpo")
        page = next((tmp_path / "receipt").glob("*.html")).read_text()
        assert "Consent given" in page
        assert "Consent withdrawn" in page

        clock.later(days=1)
        request = erased(engine, WHO, GONE)
        assert engine.requests.get(request).outcome.startswith("complete")
        kinds = [proof.kind for proof in engine.consent.proofs(WHO)]
        assert kinds == [EventKind.GIVEN, EventKind.WITHDRAWN]
        assert who not in everybody_copied(engine)
        assert len(everybody_copied(engine)) == 2
        assert permitted(engine, tmp_path) == [2]


@pytest.mark.postgresql
def test_an_import_and_what_follows_with_the_store_on_postgresql(tmp_path):
    clock = Ticking()
    with a_shop(tmp_path, clock, "postgresql") as engine:
        engine.row_maps.sync(actor="dpo")
        path = tmp_path / "choices.csv"
        line = "newsletter,{},2026-03-0{}T10:00:00Z,newsletter,en,form@4,ticked,web,1"
        made = [
            "one@a.example," + line.format("given", 1),
            "one@a.example," + line.format("withdrawn", 3),
            "two@a.example," + line.format("given", 2),
            "new@a.example," + line.format("given", 2),
            "new@a.example," + line.format("given", 2),
            "x," + line.format("given", 2),
        ]
        head = "email,activity,kind,at,notice,language,method,act,channel,steps\n"
        path.write_text(head + "\n".join(made) + "\n")
        begins = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        period = Declared(source="crm", begins=begins, ends=clock.now)
        first = engine.consent.import_file(path, period, actor="dpo")
        assert (first.recorded, first.already, first.refusals, first.people) == (4, 1, 1, 1)
        assert first.suppressed == 2  # the address and the number of one person
        again = engine.consent.import_file(path, period, actor="dpo")
        assert (again.recorded, again.already) == (0, 5)
        assert permitted(engine, tmp_path) == [2]
        who = engine.consent.find({"email": "two@a.example"})
        assert engine.consent.check([who], "newsletter") == {who: Verdict.PERMITTED}
        assert engine.consent.status(who, "newsletter").consent is Standing.GIVEN
        assert check_batches(engine.parts).wrong == []
        out = engine.consent.export_file(tmp_path / "out.parquet", Wanted(), actor="dpo")
        assert out.events == 4


@contextmanager
def a_shop(folder, clock, kind):
    """The shop with its store on either kind of database."""
    if kind == "sqlite":
        with shop(folder, clock) as engine:
            yield engine
        return
    with own_database("postgresql") as url:
        text = url.render_as_string(hide_password=False)
        with shop(folder, clock, tables=f'[store]\nurl = "{text}"\n') as engine:
            yield engine


def permitted(engine, folder):
    ids = [row[0] for row in rows(folder, "SELECT id FROM people")]
    table = pa.table({"id": ids}).to_reader()
    with engine.consent.permitted(table, "newsletter", Named(rows="shop.people")) as held:
        return sorted(id_ for batch in held.batches for id_ in batch.column("id").to_pylist())


def everybody_copied(engine):
    copies = copies_of(engine.parts)
    with engine.store.read() as connection:
        maps = freshness(connection)
    batches = [b for one in maps.values() for b in mapped_rows(copies.rows, one)]
    held = current(copies.choices)
    batches += [b for activity in held.activities for b in held.of(activity)]
    return {who for batch in batches for who in batch.column("subject").to_pylist()}
