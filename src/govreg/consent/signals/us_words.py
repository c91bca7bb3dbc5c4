"""Sections of the United States in plain words: what each field asks and what its numbers mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from govreg.consent.signals.us import UsPrivacy, Value
from govreg.consent.signals.us_sections import BY_NAME, CHILD, SENSITIVE

_NOT = "does not apply"
_NOTICE = (_NOT, "given", "not given")
_OPT_OUT = (_NOT, "opted out", "did not opt out")
_CONSENT = (_NOT, "no consent", "consent")
_YES_NO = (_NOT, "yes", "no")

_ANSWERS: Mapping[str, tuple[str, str, str]] = {
    "MspaCoveredTransaction": ("has no meaning", "yes", "no"),
    "MspaOptOutOptionMode": _YES_NO,
    "MspaServiceProviderMode": _YES_NO,
    "MspaMode": (_NOT, "opt-out option", "service provider"),
    CHILD: _CONSENT,
    "PersonalDataConsents": _CONSENT,
    "AdditionalDataProcessingConsent": _CONSENT,
}

_NAMES: Mapping[str, str] = {
    SENSITIVE: "sensitive data",
    CHILD: "data of known children",
    "PersonalDataConsents": "uses beyond what was told at collection",
    "AdditionalDataProcessingConsent": "uses beyond what was told at collection",
    "MspaCoveredTransaction": "covered by the Multi-State Privacy Agreement",
    "MspaOptOutOptionMode": "opt-out option mode of that agreement",
    "MspaServiceProviderMode": "service provider mode of that agreement",
    "MspaMode": "mode under that agreement",
}


def us_words(us: UsPrivacy, lead: str) -> Iterator[str]:
    """A section in plain words, the outcome first."""
    region = BY_NAME[us.section].region
    yield f"{lead}: privacy choices in {_where(region)}, version {us.version}"
    outcome = "yes" if us.opted_out_of_sale_or_sharing else "no"
    yield f"  opted out of sale or sharing: {outcome}"
    gpc = {True: "set", False: "not set", None: "the section does not say"}[us.gpc]
    yield f"  Global Privacy Control: {gpc}"
    for name, value in us.fields.items():
        yield f"  {_named(name)}: {_answer(us.section, name, value)}"


def _where(region: str) -> str:
    return f"the {region}" if region == "United States" else region


def _named(name: str) -> str:
    """The field's own name in words where no better ones are written down."""
    if name in _NAMES:
        return _NAMES[name]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower().replace("opt out", "opt-out")
    subject, notice, _ = words.partition(" notice")
    return f"notice of {subject}" if notice else words


def _answer(section: str, name: str, value: Value) -> str:
    answers = _meanings(section, name)
    if isinstance(value, int):
        return _meaning(answers, value)
    parts = []
    for number in sorted(set(value)):
        at = ", ".join(str(index) for index, held in enumerate(value, 1) if held == number)
        parts.append(f"{_meaning(answers, number)} ({at})")
    return "; ".join(parts)


def _meanings(section: str, name: str) -> tuple[str, str, str]:
    if name == SENSITIVE:
        return _OPT_OUT if BY_NAME[section].opt_out_of_sensitive else _CONSENT
    if name.endswith("Notice"):
        return _NOTICE
    return _ANSWERS.get(name, _OPT_OUT)


def _meaning(answers: tuple[str, str, str], value: int) -> str:
    return answers[value] if value < len(answers) else "has no meaning"
