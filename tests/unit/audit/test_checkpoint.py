import pytest

from govreg.audit.checkpoint import (
    Checkpoint,
    open_checkpoint,
    open_signed,
    read_unchecked,
    seal_checkpoint,
)
from govreg.audit.signature import SigningKey, VerifyKey
from govreg.audit.tree import leaf_hash, root
from govreg.errors import IntegrityProblem


@pytest.fixture
def known(vectors):
    return vectors("checkpoint")


def test_the_known_checkpoint_is_written_byte_for_byte(known):
    made = Checkpoint(
        origin=known["origin"],
        size=known["size"],
        root=root(leaf_hash(each.encode()) for each in known["entries"]),
    )
    assert made.root.hex() == known["root"]
    assert seal_checkpoint(made, SigningKey(bytes.fromhex(known["seed"]))) == known["checkpoint"]


def test_the_known_checkpoint_opens(known):
    key = VerifyKey.from_text(known["key"])
    made, signers = open_signed(known["checkpoint"], [key])
    assert (made.origin, made.size, made.root.hex()) == (known["origin"], 5, known["root"])
    assert signers == (key,)
    assert open_checkpoint(known["checkpoint"], [key], origin=known["origin"]) == made
    assert read_unchecked(known["checkpoint"]) == made


def test_the_checkpoint_of_an_empty_log_opens(known):
    assert open_checkpoint(known["empty"], [VerifyKey.from_text(known["key"])]).size == 0


def test_every_known_attack_is_refused_by_name(known):
    key = VerifyKey.from_text(known["key"])
    for case in known["bad"]:
        with pytest.raises(IntegrityProblem) as caught:
            open_checkpoint(case["note"], [key])
        assert caught.value.code == case["code"], case["attack"]


def test_another_origin_than_expected_is_refused(known):
    with pytest.raises(IntegrityProblem, match=r"expected `else\.example`") as caught:
        open_checkpoint(
            known["checkpoint"], [VerifyKey.from_text(known["key"])], origin="else.example"
        )
    assert caught.value.code == "wrong_origin"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a\n1\n",
        "a\n1\nAAAA\n",
        "a\n1\n====\n",
        "a b\n1\n" + "A" * 43 + "=\n",
        "a\n1\n" + "é" * 44 + "\n",
        "a\n1\n" + "A" * 43 + "=",
    ],
)
def test_what_is_no_checkpoint_is_malformed(text):
    with pytest.raises(IntegrityProblem) as caught:
        Checkpoint.from_text(text)
    assert caught.value.code == "malformed"
