"""Consent in force as receipts of Kantara's Consent Receipt 1.1.

- One receipt for what was chosen in one moment under one circumstance; each activity in it is a
  service with one purpose. What was withdrawn, has run out or does not count is in none.
- The moment is in seconds of the epoch.
- A mandatory field that nobody has recorded is never made up: the consent is left out, with the
  gap and the place where it is to be said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from govreg.clock import to_millis, to_text
from govreg.condition.truth import Truth
from govreg.consent.gaps import Gap
from govreg.consent.model import Circumstance, Recorded
from govreg.consent.receipt_model import (
    ReceiptActivity,
    ReceiptFacts,
    Receiver,
    number_of,
    said,
)
from govreg.consent.status import STANDS

KANTARA_VERSION = "KI-CR-v1.1.0"
"""What the specification calls the version that is written."""

_MARKETING = "6 - Marketing"
_NO_THIRD_PARTIES = frozenset({"processor", "joint_controller"})

_Standing = tuple[ReceiptActivity, Recorded]


@dataclass(frozen=True, slots=True, kw_only=True)
class KantaraReceipts:
    """The receipts, and what could not be put into one."""

    receipts: tuple[dict[str, Any], ...]
    gaps: tuple[Gap, ...]

    def encode(self) -> bytes:
        """The file's bytes: a JSON array of receipts."""
        return (json.dumps(self.receipts, ensure_ascii=False, indent=1) + "\n").encode()


def kantara_receipts(facts: ReceiptFacts) -> KantaraReceipts:
    """A receipt for each moment in which consent was given that is in force."""
    together: dict[tuple[Any, ...], list[_Standing]] = {}
    gaps: list[Gap] = []
    for activity in facts.ordered:
        event = _in_force(activity)
        if event is None:
            continue
        lacking = list(_gaps(facts, activity, event))
        gaps += lacking
        if not lacking:
            together.setdefault((event.at, event.circumstance_id), []).append((activity, event))
    return KantaraReceipts(
        receipts=tuple(_receipt(facts, together[moment]) for moment in sorted(together)),
        gaps=tuple(sorted(set(gaps))),
    )


def _in_force(activity: ReceiptActivity) -> Recorded | None:
    status = activity.status
    relied = status.consent in STANDS and status.counts is not Truth.FALSE
    return status.deciding if relied else None


def _gaps(facts: ReceiptFacts, activity: ReceiptActivity, event: Recorded) -> Iterator[Gap]:
    name, file = activity.name, f"activities/{activity.name}.yaml"
    settings = "in `govreg.toml`"
    if _policy(facts, event) is None:
        yield Gap(
            activity=name, field="policyUrl", where=f"`controller.privacy_notice` {settings}"
        )
    if not facts.controller.address and not facts.controller.country:
        yield Gap(activity=name, field="address", where=f"`controller.address` {settings}")
    if not facts.controller.email and not facts.officer.email:
        yield Gap(activity=name, field="email", where=f"`controller.email` {settings}")
    if not facts.controller.phone and not facts.officer.phone:
        yield Gap(activity=name, field="phone", where=f"`controller.phone` {settings}")
    if not _method(event.circumstance):
        yield Gap(activity=name, field="collectionMethod", where="`--method` of the choice")
    if not activity.purpose:
        yield Gap(activity=name, field="purpose", where=f"`purpose` in `{file}`")
    if not activity.kinds:
        yield Gap(
            activity=name,
            field="piiCategory",
            where=f"`activities: [{name}]` of the fields that it uses, in `sources/*.yaml`",
        )
    if not activity.receivers and not activity.no_receivers:
        yield Gap(activity=name, field="thirdPartyDisclosure", where=f"`recipients` in `{file}`")


def _receipt(facts: ReceiptFacts, held: Sequence[_Standing]) -> dict[str, Any]:
    _, first = held[0]
    numbers = sorted(str(event.number) for _, event in held)
    special = sorted({k.category for a, _ in held for k in a.kinds if k.special or k.sensitive})
    return {
        "version": KANTARA_VERSION,
        "jurisdiction": facts.jurisdiction,
        "consentTimestamp": to_millis(first.at) // 1000,
        "collectionMethod": _method(first.circumstance),
        "consentReceiptID": number_of("kantara", facts.workspace, facts.subject, *numbers),
        "language": facts.language,
        "piiPrincipalId": facts.subject,
        "piiControllers": [_controller(facts)],
        "policyUrl": _policy(facts, first),
        "services": [_service(facts, activity, event) for activity, event in held],
        "sensitive": bool(special),
        "spiCat": special,
    }


def _controller(facts: ReceiptFacts) -> dict[str, Any]:
    held = facts.controller
    address = {"streetAddress": held.address, "addressCountry": held.country}
    return {
        "piiController": held.name,
        "contact": facts.officer.name,
        "address": {name: value for name, value in address.items() if value},
        "email": held.email or facts.officer.email,
        "phone": held.phone or facts.officer.phone,
        **({"piiControllerUrl": held.url} if held.url else {}),
    }


def _service(facts: ReceiptFacts, activity: ReceiptActivity, event: Recorded) -> dict[str, Any]:
    third = sorted({one.name for one in activity.receivers if _is_third(one)})
    purpose: dict[str, Any] = {
        "purpose": said(activity.purpose, facts.language),
        "purposeCategory": [_MARKETING if activity.direct_marketing else activity.name],
        "consentType": _consent_type(event.circumstance),
        "piiCategory": sorted({kind.category for kind in activity.kinds}),
        "primaryPurpose": False,
        "termination": _termination(facts, activity, event),
        "thirdPartyDisclosure": bool(third),
    }
    if third:
        purpose["thirdPartyName"] = "; ".join(third)
    title = said(activity.title, facts.language) or activity.name
    return {"service": title, "purposes": [purpose]}


def _is_third(held: Receiver) -> bool:
    return held.role not in _NO_THIRD_PARTIES


def _consent_type(held: Circumstance) -> str:
    """`EXPLICIT`, or in words what it was instead, as the specification asks."""
    if held.explicit:
        return "EXPLICIT"
    return f"NOT EXPLICIT: {held.act}" if held.act else "NOT EXPLICIT: act not recorded"


def _termination(facts: ReceiptFacts, activity: ReceiptActivity, event: Recorded) -> str:
    if event.until is not None:
        return to_text(event.until)
    return said(activity.retention, facts.language) or "when consent is withdrawn"


def _method(held: Circumstance) -> str:
    return "; ".join(str(one) for one in (held.method, held.act, held.channel) if one)


def _policy(facts: ReceiptFacts, event: Recorded) -> str | None:
    notice = facts.notice(event.circumstance)
    return (notice.url if notice else None) or facts.privacy_notice
