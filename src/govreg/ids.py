"""Random identifiers: a readable prefix and 80 random bits in Crockford's base 32."""

from __future__ import annotations

import secrets
from base64 import b32encode

_BYTES = 10
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz")


def new_id(prefix: str) -> str:
    """A fresh identifier such as `req_7t0m3k9x2c4v8q1z`; says nothing about what it names."""
    return f"{prefix}_{b32encode(secrets.token_bytes(_BYTES)).decode().translate(_CROCKFORD)}"
