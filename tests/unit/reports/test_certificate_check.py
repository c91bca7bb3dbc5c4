"""Each test plays somebody who wants a certificate to say something else."""

import base64
import json
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.reports.samples import NOW, ORIGIN, Log, certificate, clean

from govreg.audit.log import prove
from govreg.audit.signature import SigningKey
from govreg.errors import GovregError, IntegrityProblem, NotFound
from govreg.reports.canonical import canonical
from govreg.reports.certificate_check import verify_certificate
from govreg.reports.certificate_file import certificate_hash, sign_certificate

OTHER = SigningKey(bytes(32))


@pytest.fixture
def file(tmp_path, log):
    made = tmp_path / "certificate.json"
    made.write_bytes(log.seal(certificate()))
    return made


def rewrite(file, change):
    body = json.loads(file.read_bytes())
    change(body)
    file.write_bytes(canonical(body) + b"\n")


def code_of(file, key_text, **more):
    with pytest.raises(IntegrityProblem) as caught:
        verify_certificate(file, key_text=key_text, **more)
    return caught.value.code


def test_a_good_certificate_with_a_key_from_elsewhere(file, log):
    report = verify_certificate(file, key_text=log.key_text)
    assert report.state == "partial"
    assert report.key_pinned
    assert (report.origin, report.index, report.size) == (ORIGIN, 2, 3)
    assert report.warnings == ("unwitnessed",)
    assert report.hash == certificate_hash(certificate())
    assert "the operator could rewrite the log" in report.text
    assert report.statement["cells"]["failed"] == 2


def test_without_a_key_from_elsewhere_the_report_says_so(file):
    report = verify_certificate(file, key_text=None)
    assert not report.key_pinned
    assert report.warnings == ("key_not_pinned", "unwitnessed")
    assert "anybody could have made it" in report.text


def test_a_checkpoint_from_elsewhere_makes_it_witnessed(tmp_path, log):
    entry = log.entry(certificate_hash(clean()))
    index, note = log.enter(entry)
    with log.store.read() as connection:
        proof = prove(connection, index)
    file = tmp_path / "certificate.json"
    file.write_bytes(sign_certificate(clean(), log.key, proof, origin=ORIGIN, entry=entry))
    report = verify_certificate(file, key_text=log.key_text, checkpoint=note)
    assert report.witnessed
    assert report.warnings == ()
    # a later checkpoint cannot be compared without the log, and that is said
    _, later = log.enter(log.entry("33" * 32))
    report = verify_certificate(file, key_text=log.key_text, checkpoint=later)
    assert not report.witnessed
    assert report.warnings == ("unwitnessed", "checkpoint_not_compared")


def test_the_operator_who_shows_another_log_is_caught(file, log, tmp_path):
    (tmp_path / "fork").mkdir()
    fork = Log(tmp_path / "fork")
    _, note = fork.enter(*(fork.entry(f"{number}{number}" * 32) for number in range(3)))
    assert code_of(file, log.key_text, checkpoint=note) == "not_in_log"


def test_a_checkpoint_by_another_key_is_a_wrong_key(file, log, tmp_path):
    (tmp_path / "other").mkdir()
    other = Log(tmp_path / "other")
    _, note = other.enter(other.entry("00" * 32), key=OTHER)
    assert code_of(file, log.key_text, checkpoint=note) == "wrong_key"


def test_a_checkpoint_that_is_none_is_malformed(file, log):
    assert code_of(file, log.key_text, checkpoint="hello") == "malformed"


def test_a_certificate_without_a_proof_says_so(tmp_path, log):
    file = tmp_path / "certificate.json"
    file.write_bytes(sign_certificate(clean(), log.key, origin=ORIGIN))
    report = verify_certificate(file, key_text=log.key_text)
    assert report.index is None
    assert report.warnings == ("no_proof",)


def test_changing_the_state_is_altered(file, log):
    rewrite(file, lambda body: body["certificate"]["statement"].update(state="complete"))
    assert code_of(file, log.key_text) == "altered"


def test_changing_the_state_and_its_hash_is_a_bad_signature(file, log):
    def change(body):
        body["certificate"]["statement"].update(state="complete")
        body["signature"]["sha256"] = hash_of(body["certificate"])

    rewrite(file, change)
    assert code_of(file, log.key_text) == "bad_signature"


def test_signing_anew_with_another_key_is_a_wrong_key(file, log):
    file.write_bytes(sign_certificate(clean(), OTHER, origin=ORIGIN))
    assert code_of(file, log.key_text) == "wrong_key"
    assert verify_certificate(file, key_text=None).warnings[0] == "key_not_pinned"


def test_a_retired_key_may_be_given_beside_the_present_one(file, log):
    keys = f"{OTHER.verify_key(ORIGIN).to_text()}\n{log.key_text}\n"
    assert verify_certificate(file, key_text=keys).key_pinned


def test_the_log_entry_of_another_certificate_is_not_in_log(file, log):
    entry = log.entry("44" * 32)
    index, _ = log.enter(entry)
    with log.store.read() as connection:
        proof = prove(connection, index)

    def change(body):
        body["entry"] = base64.b64encode(entry.encode()).decode()
        body["proof"] = proof.to_text()

    rewrite(file, change)
    assert code_of(file, log.key_text) == "not_in_log"


def test_an_entry_that_was_never_logged_is_not_in_log(file, log):
    made_up = type(log.entry("00" * 32))(
        at=NOW,
        action="erasure.verified",
        actor="nobody",
        hashes={"certificate": certificate_hash(certificate())},
    )
    rewrite(file, lambda body: body.update(entry=base64.b64encode(made_up.encode()).decode()))
    assert code_of(file, log.key_text) == "not_in_log"


@pytest.mark.parametrize("gone", ["entry", "proof"])
def test_half_of_the_evidence_is_not_in_log(file, log, gone):
    rewrite(file, lambda body: body.update({gone: None}))
    assert code_of(file, log.key_text) == "not_in_log"


def test_a_newer_version_is_refused_by_name(file, log):
    rewrite(file, lambda body: body["certificate"].update(govreg_certificate=2))
    assert code_of(file, log.key_text) == "newer_version"
    file.write_bytes(b'{"certificate":{"govreg_certificate":7},"unheard":"of"}\n')
    assert code_of(file, log.key_text) == "newer_version"


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.update(extra=1),
        lambda body: body.pop("proof"),
        lambda body: body["signature"].update(algorithm="none"),
        lambda body: body["signature"].update(value="!!"),
        lambda body: body["signature"].update(key="nonsense"),
        lambda body: body["certificate"].update(govreg_certificate=True),
        lambda body: body["certificate"].update(statement=[]),
        lambda body: body.update(certificate="x"),
        lambda body: body.update(signature=None),
        lambda body: body.update(proof="x"),
        lambda body: body.update(proof=1),
        lambda body: body.update(entry="AAAA"),
        lambda body: body.update(entry=3),
    ],
)
def test_what_is_no_certificate_is_malformed(file, log, change):
    rewrite(file, change)
    assert code_of(file, log.key_text) == "malformed"


def test_another_spelling_of_the_same_certificate_is_malformed(file, log):
    file.write_text(json.dumps(json.loads(file.read_bytes())) + "\n", encoding="utf-8")
    assert code_of(file, log.key_text) == "malformed"


def test_a_cut_file_is_truncated(file, log):
    file.write_bytes(file.read_bytes()[:-100])
    assert code_of(file, log.key_text) == "truncated"


def test_a_signed_statement_without_a_head_is_malformed(file, log):
    def change(body):
        body["certificate"]["statement"] = {"state": "complete"}
        signed = canonical(body["certificate"])
        body["signature"]["sha256"] = hash_of(body["certificate"])
        body["signature"]["value"] = base64.b64encode(log.key.sign(signed)).decode()
        body["entry"] = body["proof"] = None

    rewrite(file, change)
    assert code_of(file, log.key_text) == "malformed"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.data())
def test_no_flipped_bit_passes(file, log, data):
    whole = log_bytes(log)
    changed = bytearray(whole)
    place = data.draw(st.integers(0, len(whole) - 1))
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(changed)
    with pytest.raises(GovregError):
        verify_certificate(file, key_text=log.key_text)


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(NotFound):
        verify_certificate(tmp_path / "certificate.json", key_text=None)


def hash_of(inner):
    return sha256(canonical(inner)).hexdigest()


def log_bytes(log):
    if not hasattr(log, "sealed"):
        log.sealed = log.seal(clean())
    return log.sealed
