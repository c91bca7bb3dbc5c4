import json
from pathlib import Path

import pytest

from govreg.errors import IntegrityProblem
from govreg.protection.aead import (
    SEALING,
    KeyedHash,
    Suite,
    decrypt,
    encrypt,
    from_passphrase,
    same,
)

VECTORS = Path(__file__).parents[4] / "shared" / "data" / "wycheproof"
FILES = {Suite.GCM: "aes_gcm_test.json", Suite.CCM: "aes_ccm_test.json"}


def cases(name):
    for group in json.loads((VECTORS / name).read_text())["testGroups"]:
        for test in group["tests"]:
            yield group, test


@pytest.mark.skipif(not VECTORS.exists(), reason="the public vectors are not here")
@pytest.mark.parametrize("suite", list(FILES))
def test_public_vectors(suite):
    seen = 0
    for group, test in cases(FILES[suite]):
        if (group["keySize"], group["ivSize"], group["tagSize"]) != (256, 96, 128):
            continue
        seen += 1
        key, nonce, aad, plain, sealed = (
            bytes.fromhex(test[name]) for name in ("key", "iv", "aad", "msg", "ct")
        )
        sealed += bytes.fromhex(test["tag"])
        if test["result"] == "invalid":
            with pytest.raises(IntegrityProblem):
                decrypt(suite, key, nonce, sealed, aad)
            continue
        assert decrypt(suite, key, nonce, sealed, aad) == plain
        assert encrypt(suite, key, nonce, plain, aad) == sealed
    assert seen > 20


@pytest.mark.skipif(not VECTORS.exists(), reason="the public vectors are not here")
def test_public_vectors_of_the_keyed_hash():
    seen = 0
    for _, test in cases("hmac_sha256_test.json"):
        tag = bytes.fromhex(test["tag"])
        made = KeyedHash(bytes.fromhex(test["key"])).of(bytes.fromhex(test["msg"]))[: len(tag)]
        assert same(made, tag) is (test["result"] != "invalid")
        seen += 1
    assert seen > 50


def test_a_context_that_is_kept_gives_the_same_as_a_fresh_one():
    kept = KeyedHash(b"k" * 32, b"prefix")
    kept.of(b"something")
    assert kept.of(b"value") == KeyedHash(b"k" * 32).of(b"prefixvalue")


def test_a_passphrase_gives_a_key_that_depends_on_salt_and_parameters():
    made = {
        from_passphrase(word, salt, memory_kib=64, passes=passes, lanes=1)
        for word in ("one", "two")
        for salt in (b"s" * 16, b"t" * 16)
        for passes in (1, 2)
    }
    assert len(made) == 8
    assert {len(key) for key in made} == {32}


@pytest.mark.parametrize("suite", sorted(SEALING))
@pytest.mark.parametrize(
    ("nonce", "sealed"),
    [(b"", b""), (b"1234", b""), (b"n" * 12, b"t" * 15)],
)
def test_what_is_too_short_to_be_sealed_is_named_and_not_a_crash(suite, nonce, sealed):
    with pytest.raises(IntegrityProblem) as caught:
        decrypt(suite, b"k" * 32, nonce, sealed, b"")
    assert caught.value.code == "truncated"
