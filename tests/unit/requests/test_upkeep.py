"""What govreg keeps of a person goes with the person's erasure, or when its time has come."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3

import pytest
import sqlalchemy as sa
from tests.journeys.test_traps import build
from tests.journeys.workspace import GONE, confirmed_plan, erased, opened, verified

from govreg.audit.log import read_entries, size
from govreg.audit.verify import verify_folder, verify_store
from govreg.clock import fixed_clock, system_clock
from govreg.errors import IntegrityProblem, NotFound
from govreg.protection.purpose import Purpose
from govreg.protection.tables import key_row, key_shredded
from govreg.requests.issue import signing_key
from govreg.subjects.index import merge
from govreg.subjects.ledger import ledger_entry

ME = {"email": "one@a.example"}


def answered(engine, identifiers=ME):
    """An access request whose answer was delivered."""
    request = verified(engine, "access", identifiers)
    engine.requests.plan(request, actor="dpo")
    list(engine.requests.run(request, actor="dpo"))
    engine.requests.deliver(request, channel="mail", override=True, actor="dpo")
    return request


def keys_of(engine, *owners):
    with engine.store.read() as connection:
        held = connection.execute(
            sa.select(key_row.c.purpose, key_row.c.owner).where(key_row.c.owner.in_(owners))
        )
        return sorted(tuple(row) for row in held)


def log_of(engine):
    with engine.store.read() as connection:
        return read_entries(connection, 0, size(connection))


def certificate_of(engine, request):
    text = (engine.requests.certificate(request) / "certificate.json").read_text()
    return json.loads(text)["certificate"]["statement"]


def test_a_persons_keys_die_with_the_erasure_and_are_listed(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        access = answered(engine)
        subject = engine.requests.get(access).subject_id
        assert keys_of(engine, subject) == [("audit_ref", subject), ("subject", subject)]
        with engine.store.read() as connection:
            rows = connection.execute(sa.select(key_row)).all()
        dying = {str(r.id): r for r in rows if r.owner in {subject, access}}
        before = engine.parts.clock()
        erasure = erased(engine, ME)
        assert keys_of(engine, subject, access) == []
        assert keys_of(engine, erasure) == [("request", erasure), ("request_ref", erasure)]
        listed = certificate_of(engine, erasure)["keys"]
        assert {each["key_id"]: each["scope"] for each in listed} == {
            number: row.purpose for number, row in dying.items()
        }
        for each in listed:
            assert each["check_value"] == dying[each["key_id"]].kcv.hex()
            assert each["provider"] == "local"
            at = dt.datetime.fromisoformat(each["shredded_at"])
            assert before - dt.timedelta(seconds=1) <= at <= engine.parts.clock()
        with engine.store.read() as connection:
            tombs = connection.execute(sa.select(key_shredded)).all()
        assert subject not in str(tombs)


def test_a_person_who_never_asked_before_loses_the_reference_in_the_log(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        erasure = erased(engine, ME)
        (only,) = certificate_of(engine, erasure)["keys"]
        assert only["scope"] == "audit_ref"
        page = (engine.requests.certificate(erasure) / "certificate.html").read_text()
        assert "one person&#39;s reference in the log" in page


def test_references_in_the_log_lead_to_nobody_afterwards_and_the_log_still_verifies(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        access = answered(engine)
        subject = engine.requests.get(access).subject_id
        with engine.store.read() as connection:
            before = engine.parts.subject_ref(connection, subject)
        assert before in {entry.subject_ref for entry in log_of(engine)}
        other = verified(engine, "access", {"email": "two@a.example"})
        erasure = erased(engine, ME)
        engine.requests.deliver(erasure, channel="mail", actor="dpo")

        entries = log_of(engine)
        assert {e.subject_ref for e in entries if e.request in {access, erasure}} <= {before, None}
        with engine.store.write() as connection:
            assert engine.parts.subject_ref(connection, subject) is None
            # no key that is left makes it: not of this person, not of anybody
            for owner in connection.execute(sa.select(sa.text("id FROM subject"))).scalars():
                assert engine.parts.subject_ref(connection, owner) != before
            left = engine.parts.subject_ref(connection, engine.requests.get(other).subject_id)
            assert left in {entry.subject_ref for entry in entries}
            key = signing_key(engine.parts, connection).verify_key(engine.parts.workspace_id)
            assert verify_store(connection, key).size <= len(entries)
        folder = tmp_path / ".govreg" / "audit"
        assert verify_folder(folder, (folder / "public-key.txt").read_text()).size


def test_the_erasures_own_papers_hold_the_reference_until_their_retention_ends(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        erasure = erased(engine, ME)
        engine.requests.deliver(erasure, channel="mail", actor="dpo")
        head = certificate_of(engine, erasure)["head"]
        certified = [e for e in log_of(engine) if e.action == "erasure.certified"]
        assert [e.subject_ref for e in certified] == [head["subject_reference"]]
        assert engine.requests.summary(erasure)["found"]
    later = system_clock() + dt.timedelta(days=800)
    with opened(tmp_path, clock=fixed_clock(later)) as engine:
        verified(engine, "access", {"email": "two@a.example"})
        assert keys_of(engine, erasure) == []
        with pytest.raises(NotFound, match="shredded"):
            engine.requests.summary(erasure)
        with engine.store.read() as connection:
            assert connection.execute(sa.select(ledger_entry)).all() == []


def test_the_keys_of_every_alias_die(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        one, two = answered(engine), answered(engine, {"email": "two@a.example"})
        mine, other = (engine.requests.get(each).subject_id for each in (one, two))
        with engine.store.write() as connection:
            merge(connection, mine, other, actor="dpo", now=engine.parts.clock())
        erased(engine, ME)
        assert keys_of(engine, mine, other, one, two) == []


def test_an_erasure_that_is_cut_off_after_its_keys_went_lists_them_all_the_same(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        answered(engine)
        request = verified(engine, "erasure", ME, GONE)
        confirmed_plan(engine, request)
        engine.requests.approve(request, actor="second")
        work = engine.requests.run(request, actor="dpo")
        for step in work:
            if step.name == "settle":
                work.close()
                break
    with opened(tmp_path) as engine:
        list(engine.requests.run(request, actor="dpo"))
        statement = certificate_of(engine, request)
        scopes = sorted(each["scope"] for each in statement["keys"])
        assert scopes == ["audit_ref", "request", "request_ref", "subject"]
        assert len(statement["head"]["subject_reference"]) == 32


def test_an_erasure_that_stops_at_a_source_shreds_nothing(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        access = answered(engine)
        subject = engine.requests.get(access).subject_id
        request = verified(engine, "erasure", ME, GONE)
        confirmed_plan(engine, request)
        engine.requests.approve(request, actor="second")
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.execute("UPDATE people SET name = 'Another' WHERE id = 1")
        database.close()
        list(engine.requests.run(request, actor="dpo"))
        assert len(keys_of(engine, subject)) == 2
        assert certificate_of(engine, request)["keys"] == []


def test_a_bundle_needs_both_the_persons_key_and_the_requests(tmp_path):
    build(tmp_path)
    for purpose, pick in ((Purpose.SUBJECT, "subject_id"), (Purpose.REQUEST, "id")):
        with opened(tmp_path) as engine:
            access = answered(engine)
            request = engine.requests.get(access)
            with engine.store.write() as connection:
                now = engine.parts.clock()
                assert engine.parts.keys.shred(connection, purpose, getattr(request, pick), now)
            with pytest.raises(NotFound, match="shredded"):
                engine.requests.export(access, tmp_path / "out", actor="dpo")
            assert not (tmp_path / "out").exists()


def test_another_persons_bundle_under_this_requests_name_does_not_open(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        one, two = answered(engine), answered(engine, {"email": "two@a.example"})
        swapped = engine.parts.bundle_path(two).read_bytes()
        engine.parts.bundle_path(one).write_bytes(swapped)
        with pytest.raises(IntegrityProblem) as caught:
            engine.requests.export(one, tmp_path / "out", actor="dpo")
    assert caught.value.code == "wrong_key"


def test_clear_text_that_a_killed_program_left_goes_after_a_day(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        left = tmp_path / ".govreg" / "tmp-left"
        (left / "bundle").mkdir(parents=True)
        (left / "bundle" / "data.json").write_text("clear")
        verified(engine, "access", ME)
        assert left.exists()
        past = (system_clock() - dt.timedelta(days=2)).timestamp()
        os.utime(left, (past, past))
        verified(engine, "access", ME)
        assert not left.exists()


def test_a_lost_index_key_is_not_replaced_in_silence(tmp_path):
    """Under another key a look-up would find nobody, and earlier answers would be forgotten."""
    build(tmp_path)
    with opened(tmp_path) as engine:
        verified(engine, "access", ME)
        with engine.store.write() as connection:
            connection.execute(key_row.delete().where(key_row.c.purpose == "index"))
        with pytest.raises(NotFound, match="there is no index key"):
            verified(engine, "erasure", ME)


def test_a_lost_ledger_key_is_not_replaced_in_silence(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        erased(engine, ME)
        with engine.store.write() as connection:
            connection.execute(key_row.delete().where(key_row.c.purpose == "ledger"))
        with pytest.raises(NotFound, match="there is no ledger key"):
            erased(engine, {"email": "two@a.example"})
