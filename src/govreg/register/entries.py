"""Texts, titles, recipients and residues out of the files: the small entries of a register.

A text that is not given by language counts as English; a title that is not is one name in all.
"""

from __future__ import annotations

from collections.abc import Mapping

from govreg.register.documents import (
    AutomatedDecisionFile,
    RecipientFile,
    ResidueFile,
    Words,
)
from govreg.register.model import AutomatedDecision, Recipient, Residue

_RESIDUE_KINDS = ("backup", "snapshot", "replica", "cache", "log", "export")


def words_of(written: Words | None) -> dict[str, str]:
    """A text by language."""
    if written is None:
        return {}
    return {"en": written} if isinstance(written, str) else dict(written)


def title_of(written: Words, name: str) -> str:
    """One name for lists and plans: the English one, or the first."""
    if isinstance(written, str):
        return written
    return written.get("en") or next(iter(written.values()), name)


def titles_of(written: Words) -> Mapping[str, str]:
    """The names by language; empty where it is one name in all of them."""
    return {} if isinstance(written, str) else dict(written)


def recipient_of(written: RecipientFile) -> Recipient:
    """A recipient."""
    return Recipient(
        name=written.name,
        role=written.role,
        contact=written.contact,
        country=written.country,
        safeguard=words_of(written.safeguard),
    )


def residue_of(written: ResidueFile) -> Residue:
    """A copy; where its kind is not said, it is the first one that its words name."""
    what = words_of(written.what)
    lowered = " ".join(what.values()).lower()
    guessed = next((kind for kind in _RESIDUE_KINDS if kind in lowered), "derived")
    return Residue(what=what, days=written.days, kind=written.kind or guessed)


def automated_of(written: AutomatedDecisionFile | None) -> AutomatedDecision | None:
    """A decision without a person."""
    if written is None:
        return None
    return AutomatedDecision(
        logic=words_of(written.logic),
        significance=words_of(written.significance),
        consequences=words_of(written.consequences),
    )
