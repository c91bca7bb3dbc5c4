"""Every table of the store, so that `metadata` is whole."""

from __future__ import annotations

from govreg.audit import tables as audit
from govreg.consent import tables as consent
from govreg.database import metadata
from govreg.protection import tables as protection
from govreg.register import store as register
from govreg.requests import journal
from govreg.requests import tables as requests
from govreg.runner import tables as runner
from govreg.subjects import ledger
from govreg.subjects import tables as subjects

__all__ = ["metadata"]

OWNERS = (audit, consent, protection, register, requests, journal, runner, subjects, ledger)
"""The modules that declare tables."""
