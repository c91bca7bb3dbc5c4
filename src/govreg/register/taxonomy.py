"""Data categories: dotted names from the general to the special, compatible with Fides' keys.

Keys of its taxonomy 3.1 and of 3.2, which renamed some, stand side by side.

A category matches another at a dot: `user.device` covers `user.device.ip_address` and not
`user.device_pool`.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

NOT_PERSONAL = "none"

CATEGORIES: Mapping[str, str] = {
    NOT_PERSONAL: "not personal data",
    "user": "anything about a person",
    "user.account": "an account",
    "user.account.settings": "settings of an account",
    "user.account.username": "the name of an account",
    "user.authorization": "what proves who logs in",
    "user.authorization.biometric": "biometric log-in data",
    "user.authorization.biometrics": "biometric log-in data, as newer Fides calls it",
    "user.authorization.credentials": "credentials",
    "user.authorization.password": "a password or its hash",
    "user.behavior": "what a person does",
    "user.behavior.browsing_history": "pages that were looked at",
    "user.behavior.media_consumption": "what was watched or listened to",
    "user.behavior.purchase_history": "what was bought",
    "user.behavior.search_history": "what was searched for",
    "user.biometric": "biometric data",
    "user.biometric.fingerprint": "a fingerprint",
    "user.biometric.health": "biometric data on health",
    "user.biometric.retinal": "a retina scan",
    "user.biometric.voice": "a voice print",
    "user.biometrics": "biometric data, as newer Fides calls it",
    "user.biometrics.fingerprint": "a fingerprint",
    "user.biometrics.retinal": "a retina scan",
    "user.biometrics.voice": "a voice print",
    "user.children": "data of children, as newer Fides calls it",
    "user.children.children_under_thirteen": "children below 13",
    "user.children.thirteen_to_sixteen": "children from 13 to 16",
    "user.childrens": "data of children",
    "user.contact": "how to reach a person",
    "user.contact.address": "a postal address",
    "user.contact.address.city": "a town",
    "user.contact.address.country": "a country",
    "user.contact.address.mailing_address": "an address for letters",
    "user.contact.address.postal_code": "a postal code",
    "user.contact.address.state": "a state or region",
    "user.contact.address.street": "a street and number",
    "user.contact.email": "an e-mail address",
    "user.contact.fax_number": "a fax number",
    "user.contact.organization": "where a person works",
    "user.contact.phone_number": "a phone number",
    "user.contact.social_url": "a page in a social network",
    "user.contact.url": "a personal web address",
    "user.content": "what a person wrote or made",
    "user.content.private": "a private message",
    "user.content.public": "a public post",
    "user.content.self_image": "a picture of the person",
    "user.criminal_history": "offences and convictions",
    "user.demographic": "facts of life",
    "user.demographic.age_range": "an age range",
    "user.demographic.citizenship_or_immigration_status": "citizenship or residence status",
    "user.demographic.date_of_birth": "a date of birth",
    "user.demographic.gender": "a gender",
    "user.demographic.language": "a language",
    "user.demographic.marital_status": "a marital status",
    "user.demographic.philosophical_belief": "a philosophical belief",
    "user.demographic.political_opinion": "a political opinion",
    "user.demographic.profile": "a demographic profile",
    "user.demographic.protected_classifications": "traits that a law protects",
    "user.demographic.race_ethnicity": "ethnic origin",
    "user.demographic.religious_belief": "a belief",
    "user.demographic.sexual_orientation": "a sexual orientation",
    "user.demographic.union_membership": "membership of a trade union",
    "user.device": "a device",
    "user.device.cookie": "a cookie",
    "user.device.cookie_id": "a cookie's identifier",
    "user.device.device_id": "a device's identifier",
    "user.device.ip_address": "an IP address",
    "user.device.sensor": "what a device's sensor measured",
    "user.device.telemetry": "what a device reports",
    "user.financial": "money matters",
    "user.financial.bank_account": "a bank account",
    "user.financial.credit_card": "a payment card",
    "user.government_id": "an official identifier",
    "user.government_id.birth_certificate": "a birth certificate",
    "user.government_id.drivers_license_number": "a driving licence",
    "user.government_id.immigration": "an immigration number",
    "user.government_id.national_identification_number": "a national identity code",
    "user.government_id.passport_number": "a passport",
    "user.government_id.vehicle_registration": "a vehicle's registration",
    "user.health": "health, as newer Fides calls it",
    "user.health.baby_formula": "purchases of baby food",
    "user.health.condition": "a state of health",
    "user.health.genetic": "genetic data",
    "user.health.insurance_beneficiary_id": "a health insurance number",
    "user.health.maternity_clothing": "purchases of maternity clothes",
    "user.health.medical_diagnosis": "a diagnosis",
    "user.health.medications": "medicines that are taken",
    "user.health.prescriptions": "prescriptions",
    "user.health.record_id": "a medical record's number",
    "user.health.reproductive_or_sexual": "reproductive or sexual health",
    "user.health.social_psychological_behavioral": "mental and social health",
    "user.health.symptons": "symptoms; the key is spelt as in Fides",
    "user.health.treatment": "a treatment",
    "user.health_and_medical": "health",
    "user.health_and_medical.genetic": "genetic data",
    "user.health_and_medical.insurance_beneficiary_id": "a health insurance number",
    "user.health_and_medical.record_id": "a medical record's number",
    "user.job_title": "a job title",
    "user.location": "where a person is",
    "user.location.coarse": "roughly where a person is",
    "user.location.imprecise": "roughly where a person is",
    "user.location.precise": "exactly where a person is",
    "user.name": "a name",
    "user.name.first": "a first name",
    "user.name.last": "a family name",
    "user.payment": "how a person pays",
    "user.privacy_preferences": "privacy choices",
    "user.professional_information": "work",
    "user.professional_information.job_title": "a position",
    "user.professional_information.workplace": "where a person works",
    "user.sensor": "what a sensor measured",
    "user.settings": "settings that a person chose",
    "user.social": "social connections",
    "user.social_activity": "social connections, as newer Fides calls it",
    "user.telemetry": "what software reports of its use",
    "user.unique_id": "a number that stands for the person",
    "user.unique_id.deterministic": "a number derived from what is known",
    "user.unique_id.probablistic": "a guess at who it is; the key is spelt as in Fides",
    "user.unique_id.pseudonymous": "a pseudonym",
    "user.user_sensor": "what a person's sensor measured",
    "user.workplace": "work",
    "system": "about a system, not a person",
    "system.authentication": "what manages access to a system",
    "system.operations": "running a system",
}
"""Every known category, in words."""

_SPECIAL = (
    "user.biometric",
    "user.biometrics",
    "user.authorization.biometric",
    "user.authorization.biometrics",
    "user.criminal_history",
    "user.demographic.philosophical_belief",
    "user.demographic.political_opinion",
    "user.demographic.protected_classifications",
    "user.demographic.race_ethnicity",
    "user.demographic.religious_belief",
    "user.demographic.sexual_orientation",
    "user.demographic.union_membership",
    "user.health",
    "user.health_and_medical",
)


def is_known(category: str) -> bool:
    """Whether a category is listed."""
    return category in CATEGORIES


def suggest(category: str) -> str | None:
    """The known category that is closest to a misspelt one."""
    close = difflib.get_close_matches(category, CATEGORIES, n=1)
    return close[0] if close else None


def matches(category: str | None, prefix: str) -> bool:
    """Whether a category is at or below another."""
    return category is not None and (category == prefix or category.startswith(f"{prefix}."))


def special(category: str | None) -> bool:
    """Whether a category falls under Art. 9 or 10 GDPR."""
    return any(matches(category, prefix) for prefix in _SPECIAL)
