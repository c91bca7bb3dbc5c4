"""Announces the packs of this distribution."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from govreg.hookspecs import hookimpl

_HERE = Path(__file__).parent


@hookimpl
def govreg_packs() -> Mapping[str, Path]:
    """Pack names and the folder that holds each."""
    return {
        "gdpr": _HERE / "gdpr",
        "gdpr-fi": _HERE / "gdpr_fi",
        "gdpr-de": _HERE / "gdpr_de",
        "ccpa": _HERE / "ccpa",
        "hipaa": _HERE / "hipaa",
    }
