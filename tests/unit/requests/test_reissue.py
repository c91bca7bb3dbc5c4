"""Recipients are told later: a new certificate says so, names the one it replaces, and both hold."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import erased, opened

from govreg.errors import IntegrityProblem, NotFound, Refused, UsageProblem
from govreg.reports.certificate_check import verify_certificate


@pytest.fixture
def engine(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def request_id(engine):
    return erased(engine, {"email": "one@a.example"})


def checked(folder):
    key = (folder / "public-key.txt").read_text()
    return verify_certificate(folder / "certificate.json", key_text=key)


def tell(engine, request_id, answer=None):
    engine.requests.tell_recipient(request_id, "Hosting Oy", answer=answer, actor="dpo")
    return engine.requests.certificate(request_id)


def test_telling_a_recipient_issues_a_certificate_that_replaces_the_first(engine, request_id):
    first = engine.requests.certificate(request_id)
    second = tell(engine, request_id)
    assert second != first
    old, new = checked(first), checked(second)
    head = new.statement["head"]
    assert head["replaces"] == {
        "certificate_id": old.certificate_id,
        "hash": old.hash,
        "reason": "recipients",
    }
    assert new.index > old.index
    (told,) = new.statement["recipients"]
    assert told["sent_at"]
    assert told["answer"] == "pending"
    assert old.statement["recipients"][0]["not_told"] == "not_yet"
    changed = {name for name, held in new.statement.items() if held != old.statement[name]}
    assert changed <= {"head", "recipients"}
    assert old.certificate_id in (second / "certificate.html").read_text()


def test_an_answer_keeps_the_time_of_telling_and_gets_its_own(engine, request_id):
    tell(engine, request_id)
    statement = checked(tell(engine, request_id, "erased")).statement
    (told,) = statement["recipients"]
    assert told["answer"] == "erased"
    assert told["answered_at"] >= told["sent_at"]


def test_how_a_recipient_was_told_and_why_one_was_not_are_on_the_certificate(engine, request_id):
    desk = engine.requests
    desk.tell_recipient(request_id, "Hosting Oy", not_told="disproportionate", actor="dpo")
    folder = desk.certificate(request_id)
    (held,) = checked(folder).statement["recipients"]
    assert (held["not_told"], held["sent_at"]) == ("disproportionate", None)
    assert "the effort would be disproportionate" in (folder / "certificate.html").read_text()
    assert desk.untold(request_id) == []
    desk.tell_recipient(request_id, "Hosting Oy", channel="letter", actor="dpo")
    folder = desk.certificate(request_id)
    (held,) = checked(folder).statement["recipients"]
    assert (held["not_told"], held["channel"], held["answer"]) == (None, "letter", "pending")
    assert "(letter)" in (folder / "certificate.html").read_text()
    for wrong in ({"not_told": "we forgot"}, {"channel": "by Anna Virtanen"}):
        with pytest.raises(UsageProblem) as refused:
            desk.tell_recipient(request_id, "Hosting Oy", actor="dpo", **wrong)
        assert "Anna" not in str(refused.value)


def test_informing_the_person_is_on_the_certificate(engine, request_id):
    first = checked(engine.requests.certificate(request_id))
    assert first.statement["times"]["informed"] is None
    assert first.statement["times"]["identity_verified"]
    engine.requests.deliver(request_id, channel="mail", actor="dpo")
    last = checked(engine.requests.certificate(request_id))
    assert last.statement["times"]["informed"]
    assert last.statement["head"]["replaces"]["reason"] == "informed"


def test_the_log_holds_both_hashes(engine, request_id):
    from govreg.reports.certificate_file import decode_entry, read_certificate

    first = checked(engine.requests.certificate(request_id))
    held = read_certificate((tell(engine, request_id) / "certificate.json").read_bytes())
    entry = decode_entry(held.entry)
    assert entry.action == "erasure.certificate_replaced"
    assert entry.hashes == {"certificate": held.hash, "replaces": first.hash}


def test_other_words_than_the_known_answers_never_reach_a_certificate(engine, request_id):
    with pytest.raises(UsageProblem) as refused:
        tell(engine, request_id, "we told anna@a.example")
    assert "anna" not in str(refused.value)
    with pytest.raises(Refused):
        engine.requests.tell_recipient(request_id, "Hosting Oy", answer=None, actor="engineer")
    with pytest.raises(NotFound):
        engine.requests.tell_recipient(request_id, "Nobody", answer=None, actor="dpo")


def test_an_altered_certificate_is_not_carried_on(engine, request_id):
    file = engine.requests.certificate(request_id) / "certificate.json"
    body = json.loads(file.read_text())
    body["certificate"]["statement"]["state"] = "complete"
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    file.write_text(text + "\n")
    with pytest.raises(IntegrityProblem) as problem:
        tell(engine, request_id)
    assert problem.value.code == "altered"


def test_a_certificate_by_another_key_is_not_carried_on(engine, request_id):
    from govreg.audit.signature import SigningKey
    from govreg.requests.issue import check_own, latest

    _, held = latest(engine.parts, request_id)
    other = SigningKey(bytes(32)).verify_key(engine.parts.workspace_id)
    with pytest.raises(IntegrityProblem) as problem:
        check_own(engine.parts, replace(held, key=other))
    assert problem.value.code == "wrong_key"
