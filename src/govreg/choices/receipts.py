"""Issue a receipt: proof for the person of what they chose, given and withdrawn alike.

(1) the actor may hand it over
(2) the person, their choices, and what the register and the notices say of them
(3) record, Kantara's receipts, page and list of hashes, in a folder beside
(4) the entry in the audit log, with the hashes
(5) the folder takes its name
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from govreg.choices.receipt_facts import receipt_facts
from govreg.consent.gaps import Gap, altered_notices
from govreg.reports.receipt_folder import receipt_folder
from govreg.requests.parts import Parts
from govreg.requests.people import INTAKE, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A receipt that was written."""

    number: str
    subject: str
    folder: Path
    activities: int
    events: int
    kantara: int
    """How many of Kantara's receipts are in it."""
    gaps: tuple[Gap, ...]
    """Mandatory fields that are left out, because nobody has recorded them."""
    altered: tuple[str, ...]
    """Notices whose published text is not the one that a choice names."""


def issue_receipt(
    parts: Parts, subject: str, folder: Path, *, language: str | None = None, actor: str
) -> Issued:
    """Write a person's receipt into a new folder.

    Args:
        parts: The engine's parts.
        subject: The person's id.
        folder: A new or empty folder.
        language: Of the page; the organisation's first one where none is named.
        actor: Who hands it over.

    Raises:
        Refused: the actor may not.
        NotFound: no such person, or no choice of theirs is recorded.
        UsageProblem: the folder holds something.
        ConfigurationProblem: the language has no words.
    """
    # (1): as an answer is handed over
    require(parts.settings, actor, INTAKE, "issue a receipt")
    # (2): what was chosen
    tongue = language or parts.settings.languages[0]
    with parts.store.read() as connection:
        facts = receipt_facts(parts, connection, subject, language=tongue)
    # (3): beside, so that it appears whole or not at all
    with (
        receipt_folder(facts, folder, time_zone=parts.settings.time_zone) as made,
        parts.store.write() as connection,
    ):
        # (4): in the log before the person has it
        parts.log(
            connection,
            "consent.receipt_issued",
            actor,
            subject_ref=parts.subject_ref(connection, facts.subject, create=True),
            source="consent",
            counts={"activities": len(facts.activities), "events": len(facts.events)},
            hashes={**made.hashes},
        )
    # (5): it took its name
    return Issued(
        number=facts.number,
        subject=facts.subject,
        folder=folder,
        activities=len(facts.activities),
        events=len(facts.events),
        kantara=made.kantara,
        gaps=made.gaps,
        altered=altered_notices(facts),
    )
