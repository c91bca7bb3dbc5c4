import pytest

from govreg.audit.proof import Proof, parse_proof
from govreg.audit.signature import SigningKey, VerifyKey
from govreg.errors import IntegrityProblem


@pytest.fixture
def known(vectors):
    return vectors("proof")


def test_known_proofs_verify_and_are_written_byte_for_byte(known):
    key = VerifyKey.from_text(known["key"])
    for index, text in enumerate(known["proofs"]):
        proof = parse_proof(text)
        assert proof.to_text() == text
        checkpoint = proof.verify(known["entries"][index].encode(), key)
        assert (proof.index, checkpoint.size) == (index, 5)


def test_the_only_entry_needs_no_hashes(known):
    proof = parse_proof(known["only_entry"])
    assert proof.hashes == ()
    assert proof.to_text() == known["only_entry"]
    proof.verify(known["entries"][0].encode(), VerifyKey.from_text(known["key"]))


def test_extra_is_carried_but_not_vouched_for(known):
    proof = parse_proof(known["with_extra"])
    assert proof.extra == b"hint"
    assert proof.to_text() == known["with_extra"]
    changed = Proof(index=2, hashes=proof.hashes, checkpoint=proof.checkpoint, extra=b"lie")
    changed.verify(known["entries"][2].encode(), VerifyKey.from_text(known["key"]))


def test_every_known_attack_is_refused_by_name(known):
    key = VerifyKey.from_text(known["key"])
    for case in known["bad"]:
        with pytest.raises(IntegrityProblem) as caught:
            parse_proof(case["proof"]).verify(known["entries"][case["entry"]].encode(), key)
        assert caught.value.code == case["code"], case["attack"]


def test_a_retired_key_may_have_signed(known):
    new = SigningKey(bytes(32)).verify_key("acme.example/audit")
    proof = parse_proof(known["proofs"][0])
    proof.verify(known["entries"][0].encode(), new, VerifyKey.from_text(known["key"]))


def test_the_origin_can_be_demanded(known):
    with pytest.raises(IntegrityProblem) as caught:
        parse_proof(known["proofs"][0]).verify(
            known["entries"][0].encode(), VerifyKey.from_text(known["key"]), origin="else.example"
        )
    assert caught.value.code == "wrong_origin"
