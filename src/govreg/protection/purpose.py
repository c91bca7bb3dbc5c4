"""What keys are for, and with which cipher alone each is used."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from govreg.protection.aead import Suite


class Purpose(StrEnum):
    """What a key is for. The owner is a subject, a request, or a fixed name."""

    SUBJECT = "subject"
    AUDIT_REF = "audit_ref"
    REQUEST = "request"
    REQUEST_REF = "request_ref"
    INDEX = "index"
    LEDGER = "ledger"
    SIGNING = "signing"
    COPY = "copy"
    """Of govreg's own copies for work over many rows."""
    KEPT = "kept"
    """Of what an erasure left in sources for a law's sake, once the person's key is gone."""
    FIELD = "field"
    """Of a field's values in a source that are under nobody's own key; see `field_keys`."""
    FIELD_INDEX = "field_index"
    """Of a field's look-up values in a source."""


SUITES: Mapping[Purpose, Suite] = {
    Purpose.SUBJECT: Suite.GCM,
    Purpose.AUDIT_REF: Suite.HMAC,
    Purpose.REQUEST: Suite.GCM,
    Purpose.REQUEST_REF: Suite.HMAC,
    Purpose.INDEX: Suite.HMAC,
    Purpose.LEDGER: Suite.HMAC,
    Purpose.SIGNING: Suite.ED25519,
    Purpose.COPY: Suite.GCM,
    Purpose.KEPT: Suite.GCM,
    Purpose.FIELD: Suite.CCM,
    Purpose.FIELD_INDEX: Suite.HMAC,
}
"""The suite of each purpose's keys; a key of one suite is refused everywhere else."""
