"""The facts that rules may ask about: a declared vocabulary, each with its kind and words.

A rule that names anything else is refused when it is loaded. A fact whose value is not known is
unknown when a rule asks for it, and can never lead to "allow". A few facts are presumed while a
question does not mention them; one that a question gives as unknown stays unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    """What a fact's value is."""

    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    DATE = "date"
    SET = "set"


PYTHON: Mapping[FactKind, type | tuple[type, ...]] = {
    FactKind.TEXT: str,
    FactKind.FLAG: bool,
    FactKind.NUMBER: (int, float),
    FactKind.DATE: dt.date,
    FactKind.SET: str,
}
"""What a fact of each kind is compared with; a set is asked for its members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact that rules may ask about."""

    name: str
    kind: FactKind
    words: str
    values: tuple[str, ...] | None = None
    """The only values allowed, for a text or a set."""
    presumed: bool | str | None = None
    """What holds while a question does not mention it."""


REQUEST_ACTS = ("erase", "disclose", "correct", "restrict", "port", "object", "limit", "opt_out")
"""What a person may ask to be done."""
OWN_ACTS = ("process", "collect", "send", "sell", "share", "contact", "decide_automatically")
"""What the organisation may want to do: `send` is a disclosure to a recipient."""
ACTS = (*REQUEST_ACTS, *OWN_ACTS)

BASES: Mapping[str, str] = {
    "gdpr.6.1.a": "consent",
    "gdpr.6.1.b": "contract",
    "gdpr.6.1.c": "legal obligation",
    "gdpr.6.1.d": "vital interests",
    "gdpr.6.1.e": "public task",
    "gdpr.6.1.f": "legitimate interests",
    "gdpr.9.2.a": "explicit consent",
    "gdpr.9.2.b": "employment and social security law",
    "gdpr.9.2.c": "vital interests of one who cannot consent",
    "gdpr.9.2.d": "members of a non-profit body",
    "gdpr.9.2.e": "made public by the person",
    "gdpr.9.2.f": "legal claims",
    "gdpr.9.2.g": "substantial public interest, by law",
    "gdpr.9.2.h": "health care",
    "gdpr.9.2.i": "public health, by law",
    "gdpr.9.2.j": "archiving, research or statistics, by law",
}
"""Lawful bases that an activity may name, with words for people (Art. 6(1), 9(2) GDPR)."""


def _facts(*facts: Fact) -> Mapping[str, Fact]:
    return {fact.name: fact for fact in facts}


def _flag(name: str, words: str, *, presumed: bool | None = None) -> Fact:
    return Fact(name=name, kind=FactKind.FLAG, words=words, presumed=presumed)


def _text(name: str, words: str, *values: str, presumed: str | None = None) -> Fact:
    return Fact(
        name=name, kind=FactKind.TEXT, words=words, values=values or None, presumed=presumed
    )


def _set(name: str, words: str, *values: str) -> Fact:
    return Fact(name=name, kind=FactKind.SET, words=words, values=values or None)


def _number(name: str, words: str) -> Fact:
    return Fact(name=name, kind=FactKind.NUMBER, words=words)


def _date(name: str, words: str) -> Fact:
    return Fact(name=name, kind=FactKind.DATE, words=words)


def _assessed(name: str, words: str, *outcomes: str) -> Fact:
    """A judgement that a named person made and wrote down; the engine tests its outcome only."""
    return Fact(
        name=f"assessment.{name}",
        kind=FactKind.TEXT,
        words=words,
        values=outcomes or ("yes", "no"),
    )


_LEVELS = ("none", "reasonable", "reasonably_high", "account")

_REQUEST = (
    _text("request.act", "what is about to be done", *ACTS),
    _text("request.law", "the law that the request is made under"),
    _text(
        "request.right",
        "the right that is exercised",
        *("access", "erase", "correct", "restrict", "port", "object", "limit", "opt_out"),
        *("amend", "accounting", "confidential_channel"),
    ),
    _text("request.verification", "how surely the person is who they say", *_LEVELS),
    _flag("request.authority_verified", "the authority of who asks for another is verified"),
    _text(
        "request.by",
        "who asks",
        *("person", "agent", "parent", "representative", "executor"),
        presumed="person",
    ),
    _flag("request.household", "the request is about a household", presumed=False),
    _flag(
        "request.excessive_claimed",
        "somebody holds the request to be manifestly unfounded or excessive",
        presumed=False,
    ),
    _flag("request.third_in_year", "the third such in 12 months", presumed=False),
    _date("decision.date", "the day of the decision"),
)
_PERSON = (
    _flag("person.consent_withdrawn", "the person has withdrawn consent"),
    _flag("person.objects", "the person objects to direct marketing"),
    _flag("person.objection_pending", "an objection is not decided yet"),
    _flag("person.objection_upheld", "an objection stands: no compelling grounds override it"),
    _flag("person.relationship_ended", "the contract or relationship with the person has ended"),
    _flag("person.child_service", "collected as a child for an online service"),
    _flag("person.accuracy_contested", "the person contests that the data are right"),
    _flag("person.opposes_erasure", "the person wants restriction rather than erasure"),
    _flag("person.needs_for_claims", "the person needs the data for legal claims"),
    _number("person.age", "the person's age in whole years"),
    _text("person.country", "where the person lives, ISO 3166 alpha-2"),
    _text("person.state", "the state where the person lives, such as US-CA"),
    _flag("person.deceased", "the person has died", presumed=False),
    _number("person.years_since_death", "whole years since the person died"),
    _flag("person.protected_address", "the person's address is protected", presumed=False),
    _flag(
        "person.inmate",
        "the person is an inmate of a correctional institution",
        presumed=False,
    ),
    _text(
        "person.consent",
        "what the person has said for this purpose",
        *("given", "refused", "withdrawn", "expired", "never_asked"),
    ),
    _flag("person.opted_out", "the person has opted out of sale and sharing"),
    _flag("person.opted_in", "the person has opted in to sale and sharing"),
    _flag("person.limits_sensitive", "the person limits the use of sensitive data"),
    _flag("person.below_sixteen", "the person is known to be below 16", presumed=False),
    _number("person.months_since_refusal", "whole months since the person opted out or said no"),
    _flag("person.existing_customer", "the person is a customer for similar products"),
    _flag("person.opted_out_of_contact", "the person wants no marketing on this channel"),
    _flag("person.restricted", "processing is restricted for the person", presumed=False),
    _set("person.signals", "signals that came with the person", "gpc", "tcf", "gpp"),
    _flag("person.cannot_consent", "the person is physically or legally unable to consent"),
    _flag("person.agreed", "the person agreed, or did not object when asked"),
)
_CONSENT = (
    _flag("consent.affirmative_act", "consent was a clear act, no silence and no ticked box"),
    _flag("consent.informed", "who and what for was told before"),
    _flag("consent.specific", "consent was for this purpose by itself"),
    _flag("consent.free", "no imbalance, bundling or condition"),
    _flag("consent.distinguishable", "the request stood apart from other matters"),
    _flag("consent.dark_pattern", "it came through a dark pattern"),
    _flag("consent.explicit", "consent was explicit"),
    _flag("consent.parental", "who holds parental responsibility gave or authorised it"),
    _number("consent.steps_to_give", "steps to give consent"),
    _number("consent.steps_to_withdraw", "steps to withdraw it"),
    _flag("consent.same_channel", "it can be withdrawn where it was given"),
    _flag("authorisation.expired", "the authorisation has expired"),
    _flag("authorisation.revoked", "the authorisation was revoked"),
    _flag("authorisation.false", "it holds material information known to be false"),
    _flag("authorisation.compound", "it is combined with another document as prohibited"),
)
_ACTIVITY = (
    _text("activity.basis", "the lawful basis of the activity", *BASES),
    _text(
        "activity.special_basis",
        "its exception for special categories",
        *(basis for basis in BASES if basis.startswith("gdpr.9.")),
        "none",
        presumed="none",
    ),
    _flag("activity.ended", "the activity's purpose has ended"),
    _flag("activity.direct_marketing", "the activity is direct marketing"),
    _flag("activity.unlawful", "a person has assessed the processing as unlawful"),
    _flag("activity.erasure_duty", "a law orders the data to be erased"),
    _text("activity.purpose", "the purpose, as a code of the pack"),
    _flag("activity.law_cited", "the Union or member state law that it rests on is written down"),
    _flag("activity.automated", "data are processed by automated means"),
    _flag("activity.automated_decision", "it decides alone, with legal or similar effect"),
    _flag("activity.human_intervention", "a person can intervene in its decisions"),
    _flag("activity.offered_to_child", "an online service offered directly to a child"),
    _flag("activity.new_purpose", "the purpose is another than at collection", presumed=False),
    _flag("activity.incentive", "a financial incentive for personal data", presumed=False),
    _flag("activity.asks_again", "it asks again for what was refused", presumed=False),
    _flag("activity.necessary", "use is necessary and proportionate to a disclosed purpose"),
    _flag("activity.professional_secrecy", "it is done under professional secrecy"),
    _text(
        "activity.channel",
        "how the person is contacted",
        *("email", "sms", "phone", "automated_call", "fax", "post"),
    ),
    _flag("activity.opt_out_offered", "every message offers an opt-out"),
    _flag("activity.opt_out_at_collection", "an opt-out was offered when the address was taken"),
    _flag("activity.concerns_work", "what is offered concerns the work of who is contacted"),
    _flag(
        "activity.personal_use",
        "a natural person does it for purely personal or household purposes",
        presumed=False,
    ),
    _flag(
        "activity.expression",
        "it is journalism, or academic, artistic or literary expression",
        presumed=False,
    ),
    _flag(
        "activity.research",
        "it is archiving in the public interest, research or statistics",
        presumed=False,
    ),
    _flag(
        "activity.law_keeps",
        "Union or member state law orders the data to be kept, apart from a minimum",
        presumed=False,
    ),
    _flag(
        "activity.task_needs_data",
        "a task in the public interest still needs the data",
        presumed=False,
    ),
    _text(
        "activity.despite_restriction",
        "why restricted data are used all the same",
        *("consent", "legal_claims", "rights_of_others", "public_interest", "none"),
        presumed="none",
    ),
)
_ITEM = (
    _text("item.source", "the source"),
    _text("item.collection", "the collection"),
    _text("item.field", "the field"),
    _text("item.category", "the data category"),
    _text(
        "item.origin",
        "how the value came to the controller",
        *("provided", "observed", "derived", "inferred", "third_party"),
    ),
    _text("item.level", "whom the row is about", "individual", "household", "organisation"),
    _text("item.record_class", "the class of the record, such as `accounting_voucher`"),
    _flag("item.secret", "the field holds a credential"),
    _flag("item.about_other", "the field describes another person"),
    _flag("item.privileged", "the field is legally privileged"),
    _flag("item.free_text", "the field is text that people wrote"),
    _flag("item.reviewed", "a person has reviewed the text and released it"),
    _flag("item.shared", "the row is other people's too"),
    _flag("item.minimum_passed", "the record's statutory minimums have all run out"),
    _flag("item.hold", "a legal hold with a case and a review date stands on it", presumed=False),
    _flag("item.claim", "a concrete legal claim that it matters to is in view", presumed=False),
    _flag("item.reveals_special", "what it says reveals a special category indirectly"),
    _flag(
        "item.access_limited",
        "a law limits access to it, as for defence, crime or somebody's safety",
        presumed=False,
    ),
    _flag(
        "item.archived_only",
        "it is kept only because a law orders it, or for backup or control",
        presumed=False,
    ),
    _flag("item.on_paper", "it is kept without automated means", presumed=False),
    _flag(
        "item.contract_keeps",
        "by-laws or a contract order it to be kept",
        presumed=False,
    ),
    _flag("item.tax_open", "it matters to taxes that can still be assessed"),
    _flag("item.made_public", "the person manifestly made it public"),
    _flag("item.public_record", "it is lawfully available from public records", presumed=False),
    _flag("item.sector_law", "a sector law such as FCRA or GLBA governs it", presumed=False),
    _flag("item.law_keeps", "a law of any country orders it to be kept", presumed=False),
    _flag("item.loyalty", "a loyalty programme needs it", presumed=False),
    _flag("item.kept_deidentified", "de-identified, and bound to stay so", presumed=False),
    _flag("item.in_notice", "the notice at collection names its category"),
    _flag("item.opt_out_notice", "a notice of opting out was posted when it was collected"),
    _flag("item.encrypted", "it is unreadable without a key"),
    _flag("item.for_identification", "biometric data are processed to identify"),
    _text("item.deidentified", "how it was made unidentifiable", "safe_harbor", "expert", "none"),
    _flag("item.psychotherapy_notes", "psychotherapy notes kept apart"),
    _flag("item.phi", "protected health information"),
    _flag("item.designated_record_set", "part of a designated record set"),
    _flag("item.backup", "it stands in a backup or archive only", presumed=False),
    _flag("item.order_open", "an order, contract, warranty or recall is open", presumed=False),
    _flag(
        "item.security_log", "needed for security and integrity, within its period", presumed=False
    ),
    _flag(
        "item.debug_ticket",
        "needed to repair existing functionality, with a ticket",
        presumed=False,
    ),
    _flag("item.internal_use", "on the approved list of expected internal uses", presumed=False),
)
_OTHERS = (
    _text(
        "organisation.role",
        "controller or processor",
        *("controller", "processor"),
        presumed="controller",
    ),
    _text(
        "organisation.kind",
        "what the organisation is",
        *("private", "public_authority", "non_profit"),
    ),
    _text("organisation.country", "where the organisation is, ISO 3166 alpha-2"),
    _text(
        "organisation.hipaa_role",
        "its part under HIPAA",
        *("covered_entity", "business_associate", "none"),
    ),
    _flag("organisation.eu_established", "it has an establishment in the EEA", presumed=True),
    _flag(
        "organisation.targets_eu",
        "it offers goods or services to people in the EEA, or monitors them there",
    ),
    _flag("organisation.ccpa_business", "it meets a threshold of Cal. Civ. Code 1798.140(d)"),
    _text(
        "recipient.role",
        "what the recipient is",
        *("processor", "controller", "service_provider", "contractor", "third_party"),
        *("business_associate", "covered_entity", "individual", "authority", "hhs"),
    ),
    _flag("recipient.contract", "a contract of the required kind is in place"),
    _text("recipient.country", "where the recipient is, ISO 3166 alpha-2"),
    _text(
        "recipient.safeguard",
        "the instrument for a transfer",
        *("adequacy", "standard_clauses", "binding_rules", "code_of_conduct", "certification"),
        *("authority_agreement", "none"),
    ),
    _text(
        "recipient.derogation",
        "the derogation of Art. 49(1) that a transfer rests on",
        *("a", "b", "c", "d", "e", "f", "g", "none"),
    ),
    _flag(
        "recipient.covered_by_decision",
        "an adequacy decision that is in force covers this recipient",
    ),
    _flag("recipient.data_use_agreement", "a data use agreement is in place"),
    _flag("recipient.treatment_relationship", "the recipient treats the individual"),
    _flag("recipient.minimum_necessary", "only what the role needs is disclosed"),
    _assessed("excessive", "whether the request is manifestly unfounded or excessive"),
    _assessed("balancing", "whether legitimate interests prevail", "prevails", "overridden"),
    _assessed("compatible", "whether the new purpose is compatible"),
    _assessed("disproportionate", "whether telling each recipient is disproportionate"),
    _assessed("compelling_grounds", "whether compelling grounds override an objection"),
    _assessed("expression", "whether freedom of expression needs the data"),
    _assessed("research_impaired", "whether erasure would seriously impair research"),
    _assessed("legal_claims", "whether the data are needed for legal claims"),
    _assessed("public_health", "whether public interest in public health needs the data"),
    _assessed("transfer", "whether the law over there leaves the instrument its effect"),
    _assessed("derogation", "whether the derogation holds for this occasional transfer"),
    _assessed("inaccurate", "whether the data are wrong or incomplete"),
    _assessed("rights_of_others", "whether protecting another's rights needs the use"),
    _assessed("endangers", "whether access would endanger somebody, judged by a professional"),
    _assessed("low_probability", "whether compromise is of low probability, by four factors"),
    _assessed("expert_determination", "whether an expert found the risk very small"),
    _assessed("anonymous", "whether nobody can identify a person any more"),
)
_HEALTH = (
    _flag("authorisation.describes", "it describes the information specifically"),
    _flag("authorisation.discloser", "it says who may disclose"),
    _flag("authorisation.recipient", "it says who may receive"),
    _flag("authorisation.purpose", "it describes each purpose"),
    _flag("authorisation.expiry", "it has an expiration date or event, or a lawful none"),
    _flag("authorisation.signed", "it is signed and dated by who may sign it"),
    _flag("authorisation.statements", "it holds the statements of 45 CFR 164.508(c)(2)"),
    _flag("authorisation.plain_language", "it is written in plain language"),
    _flag("authorisation.conditioned", "care, payment or enrolment unlawfully hung on it"),
    _flag("authorisation.covers", "it covers this information, recipient and purpose"),
    _flag("authorisation.states_remuneration", "it says that the organisation is paid for it"),
    _flag("person.wish_against", "a wish of the person against it is known"),
    _flag("person.minor_alone", "a minor who by law stands alone in this matter"),
    _flag("activity.by_originator", "done by who made the record, to treat the person"),
    _flag("activity.about_originator", "oversight of who made the record"),
    _flag("activity.within_contract", "within the contract or the associate's own management"),
    _flag("activity.face_to_face", "told to the person face to face"),
    _flag("activity.nominal_gift", "a promotional gift of nominal value"),
    _flag("activity.remunerated", "somebody pays the organisation for it"),
    _flag("activity.confidential_channel", "it goes by the channel that the person asked for"),
    _flag("activity.waiver_documented", "a board's approval of a waiver is on file"),
    _flag("activity.court_order", "a court ordered it"),
    _flag("activity.against_person", "it serves proceedings against the person"),
    _flag("item.limited_data_set", "part of a limited data set without direct identifiers"),
    _flag("item.no_actual_knowledge", "attested: nobody knows that the rest could identify"),
    _flag("item.part_two", "of a substance use programme under 42 CFR Part 2"),
    _flag("item.paid_in_full", "of care that was paid for in full out of pocket"),
    _flag("item.other_is_provider", "the other person it describes is a health-care provider"),
    _flag("item.originator_gone", "who made the record can no longer act on a request"),
    _flag("item.for_proceedings", "compiled for expected legal proceedings", presumed=False),
    _flag(
        "item.research_paused",
        "of research in progress whose participant agreed to wait",
        presumed=False,
    ),
    _flag("item.privacy_act", "the federal Privacy Act lets it be withheld", presumed=False),
    _flag(
        "item.confidential_source",
        "got from somebody, no provider, who was promised confidentiality",
        presumed=False,
    ),
    _flag("recipient.shared_relationship", "both have or had a relationship with the person"),
    _flag("recipient.health_plan", "the recipient is a health plan"),
    _assessed("conditions_met", "whether every condition of the provision relied on is met"),
    _assessed("jeopardises_custody", "whether an inmate's copy would put somebody at risk"),
    _assessed("reveals_source", "whether access would reveal who was promised confidentiality"),
    _assessed("substantial_harm", "whether access would do substantial harm, by a professional"),
    _assessed("accurate", "whether the contested data are accurate and complete"),
)
"""What the rules on health data ask, beside the facts above."""

FACTS: Mapping[str, Fact] = _facts(
    *_REQUEST, *_PERSON, *_CONSENT, *_ACTIVITY, *_ITEM, *_OTHERS, *_HEALTH
)
"""Every fact, by name."""

PRESUMED: Mapping[str, bool | str] = {
    fact.name: fact.presumed for fact in FACTS.values() if fact.presumed is not None
}
"""What holds while a question does not mention it."""
