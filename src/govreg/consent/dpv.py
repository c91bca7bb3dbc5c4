"""The terms of the Data Privacy Vocabulary 2.3 that receipts use, and what each of ours is there.

- Every term is one of DPV 2.3; a test holds the emitted ones against the vocabulary.
- `ConsentTerminated`, which the guide to ISO/IEC TS 27560 names, is none and is never written.
- What has no term there is in a namespace of govreg's own, described in
  `docs/spec/consent-receipt.md`.
- The context stands in every receipt: nothing is fetched to read one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from govreg.consent.model import EventKind
from govreg.consent.status import Standing

MARK = "govreg_consent_receipt"
"""The first member of a receipt; its value is the version."""

CONTEXT: Mapping[str, str] = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "govreg": "urn:govreg:v1:",
    MARK: "urn:govreg:v1:receiptVersion",
}
"""What the names in a receipt stand for."""

RECORD_PROFILE = "dpv-27560:record"
RECEIPT_PROFILE = "dpv-27560:receipt"
"""By which schema a record and a receipt are read."""

STATES: Mapping[EventKind, str] = {
    EventKind.REQUESTED: "dpv:ConsentRequested",
    EventKind.GIVEN: "dpv:ConsentGiven",
    EventKind.RENEWED: "dpv:RenewedConsentGiven",
    EventKind.REFUSED: "dpv:ConsentRefused",
    EventKind.WITHDRAWN: "dpv:ConsentWithdrawn",
    EventKind.REVOKED: "dpv:ConsentRevoked",
    EventKind.EXPIRED: "dpv:ConsentExpired",
    EventKind.INVALIDATED: "dpv:ConsentInvalidated",
    EventKind.PARENT_AUTHORISED: "dpv:ConsentGiven",
    EventKind.AUTHORISED: "dpv:ConsentGiven",
    EventKind.AUTHORISATION_REVOKED: "dpv:ConsentWithdrawn",
}
"""The state of consent that an event leads to."""

STANDINGS: Mapping[Standing, str] = {
    Standing.UNKNOWN: "dpv:ConsentUnknown",
    Standing.REQUESTED: "dpv:ConsentRequested",
    Standing.GIVEN: "dpv:ConsentGiven",
    Standing.RENEWED: "dpv:RenewedConsentGiven",
    Standing.REFUSED: "dpv:ConsentRefused",
    Standing.WITHDRAWN: "dpv:ConsentWithdrawn",
    Standing.REVOKED: "dpv:ConsentRevoked",
    Standing.EXPIRED: "dpv:ConsentExpired",
    Standing.INVALIDATED: "dpv:ConsentInvalidated",
}
"""What stands, as the vocabulary has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """What an event that exercises a right is there."""

    control: str | None = None
    """How the person is involved; the vocabulary has nothing for limiting and restricting."""
    right: str | None = None
    """The right, where the choice is made under the GDPR."""
    status: str | None = None
    """What became of it."""


_OBJECTS = "dpv:ObjectingToProcess"

EXERCISES: Mapping[EventKind, Exercise] = {
    EventKind.OBJECTED: Exercise(
        control=_OBJECTS, right="eu-gdpr:A21", status="dpv:RequestInitiated"
    ),
    EventKind.OBJECTION_UPHELD: Exercise(
        control=_OBJECTS, right="eu-gdpr:A21", status="dpv:RequestAccepted"
    ),
    EventKind.OBJECTION_ENDED: Exercise(
        control=_OBJECTS, right="eu-gdpr:A21", status="dpv:RequestUnfulfilled"
    ),
    EventKind.OPTED_OUT: Exercise(control="dpv:OptingOutFromProcess"),
    EventKind.OPTED_IN: Exercise(control="dpv:OptingInToProcess"),
    EventKind.LIMITED: Exercise(),
    EventKind.LIMIT_ENDED: Exercise(),
    EventKind.RESTRICTED: Exercise(right="eu-gdpr:A18", status="dpv:RequestAccepted"),
    EventKind.RESTRICTION_ENDED: Exercise(right="eu-gdpr:A18", status="dpv:ActivityCompleted"),
}
"""Events that are no consent: objections, opt-outs, limits, restrictions."""

BASES: Mapping[str, str] = {
    **{f"gdpr.6.1.{letter}": f"eu-gdpr:A6-1-{letter}" for letter in "abcdef"},
    **{f"gdpr.9.2.{letter}": f"eu-gdpr:A9-2-{letter}" for letter in "abcdefghij"},
}
"""Lawful bases by their codes."""

RIGHTS: Mapping[str, str] = {
    "access": "eu-gdpr:A15",
    "rectification": "eu-gdpr:A16",
    "erasure": "eu-gdpr:A17",
    "restriction": "eu-gdpr:A18",
    "portability": "eu-gdpr:A20",
    "objection": "eu-gdpr:A21",
    "withdraw_consent": "eu-gdpr:A7-3",
    "complaint": "eu-gdpr:A77",
    "judicial_remedy": "eu-gdpr:A79",
}
"""Rights of the GDPR by their kinds."""

ROLES: Mapping[str, str] = {
    "processor": "dpv:DataProcessor",
    "controller": "dpv:DataController",
    "joint_controller": "dpv:JointDataControllers",
}
"""What a recipient is beside `dpv:Recipient`."""
