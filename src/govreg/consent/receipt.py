"""The receipt of what a person chose: JSON-LD after ISO/IEC TS 27560, in terms of the vocabulary.

- One record of consent for each activity, with its events in order of time, giving and withdrawing
  alike, and what stands now.
- What is no consent (an objection, an opt-out, a restriction) stands in a record of rights beside
  it, never as a state of consent.
- The same facts always give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from govreg.consent.dpv import (
    CONTEXT,
    EXERCISES,
    MARK,
    RECEIPT_PROFILE,
    RECORD_PROFILE,
    STANDINGS,
    STATES,
)
from govreg.consent.gaps import record_gaps
from govreg.consent.model import AFFIRMATIVE, Chooser, Circumstance, Recorded
from govreg.consent.receipt_model import (
    RECEIPT_VERSION,
    Notice,
    Party,
    ReceiptActivity,
    ReceiptFacts,
    number_of,
)
from govreg.consent.receipt_process import CONTROLLER, country, process, process_id
from govreg.consent.receipt_values import moment, urn
from govreg.consent.status import STANDS

Node = dict[str, Any]

_PERSON = "_:person"


def encode_receipt(facts: ReceiptFacts) -> bytes:
    """The file's bytes: the version first."""
    return (json.dumps(consent_receipt(facts), ensure_ascii=False, indent=1) + "\n").encode()


def consent_receipt(facts: ReceiptFacts) -> Node:
    """The receipt as JSON-LD."""
    return {
        MARK: RECEIPT_VERSION,
        "@context": dict(CONTEXT),
        "@id": urn(facts.number),
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": [{"@id": RECEIPT_PROFILE}],
        "dct:identifier": facts.number,
        "dpv:hasIdentifier": facts.number,
        "dct:created": moment(facts.made_at),
        "dct:language": facts.language,
        "dpv:hasJurisdiction": country(facts.jurisdiction),
        "dpv:hasDataSubject": {
            "@id": _PERSON,
            "@type": "dpv:DataSubject",
            "dpv:hasIdentifier": facts.subject,
        },
        "dpv:hasDataController": {
            **_party(facts.controller, CONTROLLER, "dpv:DataController"),
            "dpv:hasDataProtectionOfficer": _party(
                facts.officer, "_:officer", "dpv:DataProtectionOfficer"
            ),
        },
        "dpv:hasAuthority": _party(facts.authority, "_:authority", "dpv:DataProtectionAuthority"),
        "dpv:hasRecordOfActivity": [*_records(facts)],
    }


def _records(facts: ReceiptFacts) -> Iterator[Node]:
    for activity in facts.ordered:
        if facts.consents(activity.name):
            yield _consent_record(facts, activity)
        if facts.exercises(activity.name):
            yield _rights_record(facts, activity)


def _consent_record(facts: ReceiptFacts, activity: ReceiptActivity) -> Node:
    events = facts.consents(activity.name)
    record: Node = {
        **_head(facts, activity, "dpv:ConsentRecord"),
        "dct:conformsTo": [{"@id": RECORD_PROFILE}],
        "dct:language": facts.language,
        "dpv:hasJurisdiction": country(facts.jurisdiction),
        "dpv:hasDataController": {"@id": CONTROLLER},
        "dpv:hasAuthority": {"@id": "_:authority"},
        "dpv:hasNotice": [*_notices(facts, events)],
        "dpv:hasProcess": [
            {
                **process(facts, activity),
                "dpv:hasConsentStatus": [_state(facts, event) for event in events],
            }
        ],
        "govreg:standing": {"@id": STANDINGS[activity.status.consent]},
    }
    left_out = [gap.field for gap in record_gaps(facts, activity)]
    return record | ({"govreg:leavesOut": left_out} if left_out else {})


def _rights_record(facts: ReceiptFacts, activity: ReceiptActivity) -> Node:
    told = bool(facts.consents(activity.name))
    return {
        **_head(facts, activity, "dpv:RightExerciseRecord"),
        "dpv:hasProcess": [
            {"@id": process_id(facts, activity)} if told else process(facts, activity)
        ],
        "dct:hasPart": [_exercise(facts, event) for event in facts.exercises(activity.name)],
    }


def _head(facts: ReceiptFacts, activity: ReceiptActivity, kind: str) -> Node:
    number = number_of(kind, facts.workspace, facts.subject, activity.name)
    return {
        "@id": urn(number),
        "@type": kind,
        "dct:identifier": number,
        "dpv:hasIdentifier": number,
        "dpv:hasDataSubject": {"@id": _PERSON},
    }


def _state(facts: ReceiptFacts, event: Recorded) -> Node:
    state = STATES[event.kind]
    stands = state in {STANDINGS[one] for one in STANDS}
    ends: Node = {
        "@type": "dpv:UntilEventDuration",
        "rdf:value": "withdrawal" if stands else "a later choice",
    }
    if event.until is not None:
        ends = {"@type": "dpv:UntilTimeDuration", "rdf:value": moment(event.until)}
    return {
        **_indicated(facts, event, state),
        "dpv:hasDuration": ends,
        "dpv:hasLegalBasis": {"@id": _consent_type(event.circumstance)},
    }


def _exercise(facts: ReceiptFacts, event: Recorded) -> Node:
    exercise = EXERCISES[event.kind]
    kinds = ["dpv:RightExerciseActivity", *([exercise.control] if exercise.control else [])]
    node: Node = _indicated(facts, event, kinds)
    if exercise.right and event.circumstance.law == "gdpr":
        node["dpv:hasRight"] = {"@id": exercise.right}
    if exercise.status:
        node["dpv:hasStatus"] = {"@id": exercise.status}
    return node


def _indicated(facts: ReceiptFacts, event: Recorded, kind: str | list[str]) -> Node:
    """What every event says: when, who, how, and what was shown."""
    held = event.circumstance
    notice = facts.notice(held)
    signal = held.by if held.by is Chooser.SIGNAL else None
    how = [str(one) for one in (signal, held.method, held.act, held.channel) if one]
    node: Node = {
        "@id": urn(number_of("event", facts.workspace, str(event.number))),
        "@type": kind,
        "dpv:isIndicatedAtTime": moment(event.at),
        "dpv:isIndicatedBy": _indicator(held.by),
        "dpv:hasIndicationMethod": "; ".join(how),
        "dpv:hasNotice": {"@id": _notice_id(facts, notice)} if notice else None,
        "govreg:event": str(event.kind),
        "govreg:about": event.activity,
        "govreg:law": held.law,
        "govreg:noticeHash": held.notice_hash,
        "govreg:textHash": held.text_hash,
        "govreg:textLanguage": held.language,
    }
    return {name: value for name, value in node.items() if value}


def _indicator(by: Chooser) -> Node:
    others = {
        Chooser.GUARDIAN: {"@type": "dpv:GuardianOfDataSubject"},
        Chooser.AGENT: {"@type": "dpv:Agent"},
        Chooser.ORGANISATION: {"@id": CONTROLLER},
    }
    return dict(others.get(by, {"@id": _PERSON}))


def _consent_type(held: Circumstance) -> str:
    if held.explicit:
        return "dpv:ExplicitlyExpressedConsent"
    return "dpv:ExpressedConsent" if held.act in AFFIRMATIVE else "dpv:Consent"


def _notices(facts: ReceiptFacts, events: tuple[Recorded, ...]) -> Iterator[Node]:
    if facts.privacy_notice:
        yield {"@type": "dpv:PrivacyNotice", "schema:url": facts.privacy_notice}
    found = {(one.name, one.version): one for e in events if (one := facts.notice(e.circumstance))}
    for _, one in sorted(found.items()):
        node: Node = {
            "@id": _notice_id(facts, one),
            "@type": "dpv:ConsentNotice",
            "dct:identifier": one.name,
            "schema:version": str(one.version),
            "schema:sha256": one.content_hash,
            "schema:url": one.url,
        }
        yield {name: value for name, value in node.items() if value}


def _notice_id(facts: ReceiptFacts, notice: Notice) -> str:
    return urn(number_of("notice", facts.workspace, notice.name, str(notice.version)))


def _party(party: Party, name: str, role: str) -> Node:
    node: Node = {
        "@id": name,
        "@type": role,
        "dpv:hasName": party.name,
        "dpv:hasAddress": party.address,
        "schema:addressCountry": party.country,
        "dpv:hasContact": party.email or party.phone or party.url,
        "schema:email": party.email,
        "schema:telephone": party.phone,
        "schema:url": party.url,
    }
    return {key: value for key, value in node.items() if value}
