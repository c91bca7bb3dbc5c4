"""An activity in a receipt: why, which data, who gets it, where, how long, and the way out."""

from __future__ import annotations

from typing import Any

from govreg.consent.dpv import BASES, RIGHTS, ROLES
from govreg.consent.receipt_model import (
    KindOfData,
    Notice,
    ReceiptActivity,
    ReceiptFacts,
    Receiver,
    number_of,
)
from govreg.consent.receipt_values import texts, urn

Node = dict[str, Any]

CONTROLLER = "_:controller"


def process_id(facts: ReceiptFacts, activity: ReceiptActivity) -> str:
    """The name of an activity in receipts."""
    return urn(number_of("process", facts.workspace, activity.name))


def process(facts: ReceiptFacts, activity: ReceiptActivity) -> Node:
    """The activity as `dpv:Process`; what nobody has recorded is left out."""
    basis = BASES.get(activity.basis or "")
    gdpr = {RIGHTS[one.kind] for one in facts.rights if one.kind in RIGHTS}
    node: Node = {
        "@id": process_id(facts, activity),
        "@type": "dpv:Process",
        "dct:identifier": activity.name,
        "dct:title": texts(activity.title),
        "dpv:hasPurpose": _purpose(activity),
        "dpv:hasLegalBasis": {"@id": basis} if basis else None,
        "dpv:hasPersonalData": [_data(one) for one in sorted(activity.kinds, key=_category)],
        "dpv:hasDataController": {"@id": CONTROLLER},
        "dpv:hasRecipient": [_receiver(one) for one in sorted(activity.receivers, key=_name)],
        "dpv:hasStorageCondition": _storage(activity),
        "dpv:hasProcessingCondition": _place("dpv:ProcessingLocation", activity.processed_in),
        "dpv:hasConsentControl": _way_out(facts, activity),
        "dpv:hasRight": [{"@id": one} for one in sorted(gdpr)],
    }
    return {name: value for name, value in node.items() if value or name == "dpv:hasRecipient"}


def ways_out(facts: ReceiptFacts, activity: ReceiptActivity) -> list[dict[str, str] | str]:
    """How a choice is taken back: in the words of the latest notice, and by letter."""
    notice, held = latest_notice(facts, activity), facts.controller
    letter = f"mailto:{held.email}" if held.email else held.address or held.name
    return [*(texts(notice.withdrawal_words) if notice else []), letter]


def latest_notice(facts: ReceiptFacts, activity: ReceiptActivity) -> Notice | None:
    """The notice of the latest choice that was made under one."""
    notices = [facts.notice(event.circumstance) for event in facts.consents(activity.name)]
    return next((one for one in reversed(notices) if one), None)


def country(code: str) -> Node:
    """A country by its code."""
    return {"@type": "dpv:Country", "dct:identifier": code}


def _way_out(facts: ReceiptFacts, activity: ReceiptActivity) -> Node | None:
    if not facts.consents(activity.name):
        return None
    return {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": ways_out(facts, activity)}


def _purpose(activity: ReceiptActivity) -> Node | None:
    if not activity.purpose:
        return None
    marketing = ["dpv:DirectMarketing"] if activity.direct_marketing else []
    return {"@type": ["dpv:Purpose", *marketing], "dct:description": texts(activity.purpose)}


def _data(held: KindOfData) -> Node:
    kind = "dpv:PersonalData"
    if held.special:
        kind = "dpv:SpecialCategoryPersonalData"
    elif held.sensitive:
        kind = "dpv:SensitivePersonalData"
    return {"@type": kind, "dct:identifier": held.category}


def _receiver(held: Receiver) -> Node:
    role = ROLES.get(held.role)
    node: Node = {
        "@type": ["dpv:Recipient", role] if role else "dpv:Recipient",
        "dpv:hasName": held.name,
        "govreg:role": held.role,
        "dpv:hasLocation": country(held.country) if held.country else None,
        "govreg:safeguard": texts(held.safeguard),
    }
    return {name: value for name, value in node.items() if value}


def _storage(activity: ReceiptActivity) -> list[Node]:
    conditions = _place("dpv:StorageLocation", activity.stored_in)
    if activity.retention:
        duration = {"@type": "dpv:Duration", "dct:description": texts(activity.retention)}
        conditions.append({"@type": "dpv:StorageDuration", "dpv:hasDuration": duration})
    return conditions


def _place(kind: str, countries: tuple[str, ...]) -> list[Node]:
    places = [country(code) for code in sorted(set(countries))]
    return [{"@type": kind, "dpv:hasLocation": places}] if places else []


def _category(held: KindOfData) -> tuple[str, bool, bool]:
    return held.category, held.special, held.sensitive


def _name(held: Receiver) -> tuple[str, ...]:
    return held.name, held.role, held.country or "", str(sorted(held.safeguard.items()))
