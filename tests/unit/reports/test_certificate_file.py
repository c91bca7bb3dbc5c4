import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from tests.unit.reports.samples import ORIGIN, certificate, clean

from govreg.audit.log import prove
from govreg.errors import IntegrityProblem, UsageProblem
from govreg.reports.certificate_file import (
    certificate_bytes,
    certificate_hash,
    read_certificate,
    sign_certificate,
)

KNOWN = Path(__file__).with_name("certificate.json")


def test_the_signed_bytes_begin_with_their_version():
    signed = certificate_bytes(clean())
    assert signed.startswith(b'{"govreg_certificate":1,"statement":{')
    assert certificate_hash(clean()) == sha256(signed).hexdigest()


def test_the_format_has_not_moved(log):
    assert log.seal(clean()) == KNOWN.read_bytes()


def test_the_file_is_one_line_that_anybody_can_check_by_hand(log):
    encoded = log.seal(clean())
    assert encoded.count(b"\n") == 1
    body = json.loads(encoded)
    signed = json.dumps(
        body["certificate"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    assert body["signature"]["sha256"] == sha256(signed).hexdigest()
    entry = json.loads(base64.b64decode(body["entry"]))
    assert entry["hashes"] == {"certificate": body["signature"]["sha256"]}
    assert body["proof"].startswith("c2sp.org/tlog-proof@v1\n")
    assert body["signature"]["key"] == log.key_text


def test_signing_again_with_its_proof_gives_the_same_signature(log):
    first = json.loads(sign_certificate(clean(), log.key, origin=ORIGIN))
    assert first["entry"] is first["proof"] is None
    assert json.loads(log.seal(clean()))["signature"] == first["signature"]


def test_no_personal_value_has_a_place_in_it():
    text = certificate_bytes(certificate()).decode()
    assert "aino" not in text.lower()
    assert "a3f0" * 8 in text


def test_an_entry_about_something_else_is_refused(log):
    entry = log.entry("22" * 32)
    index, _ = log.enter(entry)
    with log.store.read() as connection:
        proof = prove(connection, index)
    with pytest.raises(UsageProblem, match="does not name this certificate"):
        sign_certificate(clean(), log.key, proof, origin=ORIGIN, entry=entry)
    with pytest.raises(UsageProblem, match="together"):
        sign_certificate(clean(), log.key, proof, origin=ORIGIN)


def test_parts_are_read_back(log):
    held = read_certificate(log.seal(clean()))
    assert held.statement["state"] == "complete"
    assert held.hash == held.stated_hash == certificate_hash(clean())
    assert held.key.to_text() == log.key_text
    assert held.proof.index == 2


@pytest.mark.parametrize("cut", [0, 1, 40, 1000, -1, -2, -3, -400])
def test_a_cut_file_is_truncated_and_a_missing_newline_not_canonical(log, cut):
    whole = log.seal(clean())
    with pytest.raises(IntegrityProblem) as caught:
        read_certificate(whole[:cut])
    assert caught.value.code == ("malformed" if cut == -1 else "truncated")
