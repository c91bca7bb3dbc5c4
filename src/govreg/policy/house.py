"""What this program does whatever rules are loaded, and where each law says the same."""

from __future__ import annotations

from collections.abc import Mapping

OTHERS, REVIEWED_OUT, CREDENTIAL, SHARED = "others", "reviewed_out", "credential", "shared"
RECORDS = "records"
"""Records of the request itself stay."""
CONSENT_PROOF = "consent_proof"
"""What proves a person's choices stays, until its end."""
SUPPRESSION = "suppression"
"""Whoever must not be contacted again stays on the list, as keyed look-up values."""

_CITES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    OTHERS: {"gdpr": ("GDPR Art 15(4)",), "ccpa": ("Cal. Civ. Code 1798.145(k)",)},
    REVIEWED_OUT: {"gdpr": ("GDPR Art 15(4)",), "ccpa": ("Cal. Civ. Code 1798.145(k)",)},
    CREDENTIAL: {"gdpr": ("GDPR Art 32",), "ccpa": ("11 CCR 7024(d)",)},
    SHARED: {
        "gdpr": ("GDPR Art 17(3)", "GDPR Art 5(1)(d)"),
        "ccpa": ("Cal. Civ. Code 1798.145(k)",),
    },
    RECORDS: {
        "gdpr": ("GDPR Art 5(2)",),
        "ccpa": ("11 CCR 7101",),
        "hipaa": ("45 CFR 164.530(j)",),
    },
    CONSENT_PROOF: {
        "gdpr": ("GDPR Art 7(1)", "GDPR Art 17(3)(e)"),
        "ccpa": ("11 CCR 7101",),
        "hipaa": ("45 CFR 164.508(b)(6)", "45 CFR 164.530(j)"),
    },
    SUPPRESSION: {
        "gdpr": ("GDPR Art 21(3)", "GDPR Art 6(1)(c)"),
        "ccpa": ("Cal. Civ. Code 1798.105(c)(2)",),
    },
}


def cites_of(code: str, law: object) -> tuple[str, ...]:
    """Where a law says it; nothing for a law that is not known here."""
    return _CITES[code].get(str(law), ())
