"""Random identifiers: a readable prefix and 80 random bits in Crockford's base 32."""

from __future__ import annotations

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 16


def new_id(prefix: str) -> str:
    """A fresh identifier such as `req_7t0m3k9x2c4v8q1z`; says nothing about what it names."""
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))}"
