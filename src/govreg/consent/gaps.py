"""What a record of consent must say and cannot, because nobody has recorded it.

A mandatory field is never filled with a guess: it is left out and named here, with the place where
it is to be said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from govreg.consent.model import Recorded
from govreg.consent.receipt_model import ReceiptActivity, ReceiptFacts


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Gap:
    """One field that is left out."""

    activity: str
    field: str
    """As ISO/IEC TS 27560 calls it, or Kantara's receipt."""
    where: str
    """Where it is to be said."""


def record_gaps(facts: ReceiptFacts, activity: ReceiptActivity) -> tuple[Gap, ...]:
    """The mandatory fields of ISO/IEC TS 27560 that the record of an activity leaves out."""
    events = facts.consents(activity.name)
    return tuple(sorted(_record(facts, activity, events))) if events else ()


def _record(
    facts: ReceiptFacts, activity: ReceiptActivity, events: tuple[Recorded, ...]
) -> Iterator[Gap]:
    name, file = activity.name, f"activities/{activity.name}.yaml"
    if not activity.purpose:
        yield Gap(activity=name, field="purpose", where=f"`purpose` in `{file}`")
    if not activity.kinds:
        yield Gap(
            activity=name,
            field="pii_information",
            where=f"`activities: [{name}]` of the fields that it uses, in `sources/*.yaml`",
        )
    if not activity.stored_in:
        yield Gap(activity=name, field="storage_locations", where="`country` in `sources/*.yaml`")
    if not activity.retention:
        yield Gap(activity=name, field="retention_period", where=f"`retention` in `{file}`")
    if not activity.receivers and not activity.no_receivers:
        yield Gap(
            activity=name, field="recipient_third_parties", where=f"`recipients` in `{file}`"
        )
    named = any(event.circumstance.notice for event in events)
    if not named and facts.privacy_notice is None:
        yield Gap(
            activity=name,
            field="privacy_notice",
            where="the choice's `notice`, or `controller.privacy_notice` in `govreg.toml`",
        )


def altered_notices(facts: ReceiptFacts) -> tuple[str, ...]:
    """Notices, as `name@version`, whose published text is not the one that a choice names."""
    found: set[str] = set()
    for event in facts.events:
        held, notice = event.circumstance, facts.notice(event.circumstance)
        if notice and held.notice_hash and notice.content_hash != held.notice_hash:
            found.add(f"{notice.name}@{notice.version}")
    return tuple(sorted(found))
