"""Keyed look-ups and references: equal inputs give equal outputs, and only for who has the key.

    version 1 B | HMAC-SHA-256(key, name 0x00 version value)

The full 32 bytes are kept: the subject index must not confuse two people. What leaks to who steals
the store without the key is equality alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from govreg.errors import IntegrityProblem
from govreg.protection.aead import KeyedHash, Suite
from govreg.protection.envelope import Key, utf8

VERSION = 1
_BEGINS = bytes([VERSION])


class BlindIndex:
    """Look-up values under one key and name."""

    def __init__(self, key: Key, name: str) -> None:
        self._hash = _hash(key, name.encode() + bytes([0, VERSION]))

    def of(self, normalised: str) -> bytes:
        """The look-up value of a text in normal form."""
        return _BEGINS + self._hash.of(utf8(normalised))

    def of_many(self, normalised: Iterable[str]) -> list[bytes]:
        """The look-up values of many texts, in order."""
        return [self.of(text) for text in normalised]


def reference(key: Key, *parts: str) -> str:
    """32 hex digits that stand for some texts, for who has no key to make them again."""
    joined = b"".join(len(part).to_bytes(4, "big") + part for part in map(utf8, parts))
    return _hash(key, b"govreg reference v1\0").of(joined).hex()[:32]


def _hash(key: Key, prefix: bytes) -> KeyedHash:
    """A key that seals or signs makes no look-up values: each key has one use."""
    if key.suite is not Suite.HMAC:
        raise IntegrityProblem("suite_mismatch", f"key {key.id} is not for look-up values")
    return KeyedHash(key.secret, prefix)
