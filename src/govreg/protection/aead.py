"""Every call of the cipher library, each with the reason why it is safe here.

Not for use elsewhere: `envelope` decides what is sealed for whom, `keystore` which key. A nonce is
never chosen by a caller, except to open what was sealed before.
"""

from __future__ import annotations

import hmac
import secrets
from enum import IntEnum
from typing import assert_never

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from govreg.errors import IntegrityProblem

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


_NOT_AUTHENTIC = "the sealed value was altered, or moved from where it was sealed"


class Suite(IntEnum):
    """What a key is used with, and nothing else."""

    GCM = 1
    """AES-256-GCM: values under a key of their own subject or request."""
    CCM = 2
    """AES-256-CCM, tag 16, nonce 12: keys wrapped under a key."""
    HMAC = 32
    """HMAC-SHA-256: look-up values and references."""
    ED25519 = 33
    """Ed25519: the seed of a signing key."""


SEALING = frozenset({Suite.GCM, Suite.CCM})
"""The suites that a sealed value may name."""


def random_key() -> bytes:
    """32 random bytes. Safe: the operating system's generator, never derived from anything."""
    return secrets.token_bytes(KEY_BYTES)


def random_keys(count: int) -> list[bytes]:
    """As many keys at once. Safe: each is its own 32 bytes of the system's generator."""
    drawn = secrets.token_bytes(KEY_BYTES * count)
    return [drawn[at : at + KEY_BYTES] for at in range(0, len(drawn), KEY_BYTES)]


def random_nonce() -> bytes:
    """12 random bytes.

    Safe: a key here seals far fewer than 2^32 values (NIST SP 800-38D, 8.3), and no counter exists
    that a restored backup could set back.
    """
    return secrets.token_bytes(NONCE_BYTES)


def encrypt(suite: Suite, key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    """Ciphertext and tag. Safe: the key row pins the suite; every nonce is fresh and random."""
    return _cipher(suite, key).encrypt(nonce, plain, aad)


def decrypt(suite: Suite, key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    """The plaintext. Safe: nothing is released before the tag has been checked.

    Raises:
        IntegrityProblem: code `not_authentic`: altered, or moved from where it was sealed;
            `truncated`: too short to have been sealed; `suite_mismatch`: the suite seals nothing.
    """
    if len(nonce) < NONCE_BYTES or len(sealed) < TAG_BYTES:
        raise IntegrityProblem("truncated", "the sealed value is cut off")
    try:
        return _cipher(suite, key).decrypt(nonce, sealed, aad)
    except InvalidTag:
        raise IntegrityProblem("not_authentic", _NOT_AUTHENTIC) from None


class Opener:
    """A cipher under one key, kept ready for many values.

    Safe: it does what `encrypt` and `decrypt` do; the nonces it is given are random, each fresh.
    """

    def __init__(self, suite: Suite, key: bytes) -> None:
        cipher = _cipher(suite, key)
        self.encrypt = cipher.encrypt
        self._decrypt = cipher.decrypt

    def decrypt(self, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        """The plaintext, once the tag has been checked.

        Raises:
            IntegrityProblem: codes `truncated`, `not_authentic`.
        """
        if len(nonce) < NONCE_BYTES or len(sealed) < TAG_BYTES:
            raise IntegrityProblem("truncated", "the sealed value is cut off")
        try:
            return self._decrypt(nonce, sealed, aad)
        except InvalidTag:
            raise IntegrityProblem("not_authentic", _NOT_AUTHENTIC) from None


def _cipher(suite: Suite, key: bytes) -> AESGCM | AESCCM:
    match suite:
        case Suite.GCM:
            return AESGCM(key)
        case Suite.CCM:
            return AESCCM(key, tag_length=TAG_BYTES)
        case Suite.HMAC | Suite.ED25519:
            raise IntegrityProblem(
                "suite_mismatch", f"a key for suite {suite.value} seals nothing"
            )
    assert_never(suite)


class KeyedHash:
    """HMAC-SHA-256 under one key, its context kept and copied.

    Safe: a pseudo-random function of its input for who lacks the key; used for look-ups and
    references, never as an encryption key.
    """

    def __init__(self, key: bytes, prefix: bytes = b"") -> None:
        self._context = HMAC(key, SHA256())
        self._context.update(prefix)

    def of(self, value: bytes) -> bytes:
        """The 32-byte hash of prefix and value."""
        context = self._context.copy()
        context.update(value)
        return context.finalize()


def same(one: bytes, other: bytes) -> bool:
    """Equality in constant time. Safe: tells nothing about where two values differ."""
    return hmac.compare_digest(one, other)


def from_passphrase(
    passphrase: str, salt: bytes, *, memory_kib: int, passes: int, lanes: int
) -> bytes:
    """A 32-byte key from a passphrase by Argon2id (RFC 9106).

    Safe: the salt is random and stored with the parameters; the result only wraps a root key.
    """
    argon = Argon2id(
        salt=salt, length=KEY_BYTES, iterations=passes, lanes=lanes, memory_cost=memory_kib
    )
    return argon.derive(passphrase.encode())
