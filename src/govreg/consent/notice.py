"""Notices: what people were told before they chose, version by version.

- A version is published once and never changes: every event that was made under it has its hash.
- A version after the first says what changed, and whether consent must be asked for again.
- What somebody attests of the notice (that it informs, that it stands apart) is a part of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from govreg.consent.model import Channel, Circumstance, canonical
from govreg.consent.validity import Terms

NOTICE_VERSION = 1
"""The version of the stored form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a version changed against the one before."""

    words: Mapping[str, str]
    """By language."""
    renew: bool
    """Whether consent under earlier versions must be asked for again."""
    activities: tuple[str, ...] = ()
    """Those that it is about; none named: all of the notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """How consent under the notice is withdrawn (Art. 7(3) GDPR)."""

    steps: int
    channels: tuple[Channel, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    """What the person is told about it, by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One version of a notice."""

    name: str
    version: int
    controller: str
    activities: tuple[str, ...]
    texts: Mapping[str, str]
    """What is shown, by language."""
    in_force_from: dt.date
    attested: Mapping[str, bool] = field(default_factory=dict)
    """Names of facts in the group `consent`, without the group."""
    withdrawal: Withdrawal | None = None
    changed: Change | None = None
    valid_for: str | None = None
    """After how long consent is asked for anew, ISO 8601 such as `P24M`."""
    url: str | None = None

    @property
    def terms(self) -> Terms:
        """What judging consent under it needs."""
        held = self.withdrawal
        return Terms(
            attested=self.attested,
            withdrawal_steps=held.steps if held else None,
            withdrawal_channels=frozenset(held.channels) if held else frozenset(),
        )

    def document(self) -> dict[str, Any]:
        """It as plain data: version first, what is absent left out."""
        held: dict[str, Any] = {
            "v": NOTICE_VERSION,
            "notice": self.name,
            "version": self.version,
            "controller": self.controller,
            "activities": list(self.activities),
            "texts": dict(self.texts),
            "in_force_from": self.in_force_from.isoformat(),
            "attested": dict(self.attested),
        }
        if self.withdrawal:
            held["withdrawal"] = {
                "steps": self.withdrawal.steps,
                "channels": [str(one) for one in self.withdrawal.channels],
                "words": dict(self.withdrawal.words),
            }
        if self.changed:
            held["changed"] = {
                "words": dict(self.changed.words),
                "renew": self.changed.renew,
                "activities": list(self.changed.activities),
            }
        held |= {
            name: value
            for name, value in (("valid_for", self.valid_for), ("url", self.url))
            if value is not None
        }
        return held

    def content_hash(self) -> str:
        """SHA-256 in hex over the canonical JSON of the document."""
        return hashlib.sha256(canonical(self.document())).hexdigest()

    def text_hash(self, language: str) -> str | None:
        """SHA-256 in hex of what is shown in a language; None where it is shown in no such one."""
        text = self.texts.get(language)
        return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def notice_of(document: Mapping[str, Any]) -> Notice:
    """A notice out of its stored form.

    Raises:
        ValueError: it is none, or a newer govreg wrote it.
    """
    if document.get("v") != NOTICE_VERSION:
        raise ValueError("written by a newer govreg, or no notice")
    withdrawal, changed = document.get("withdrawal"), document.get("changed")
    try:
        return Notice(
            name=document["notice"],
            version=document["version"],
            controller=document["controller"],
            activities=tuple(document["activities"]),
            texts=document["texts"],
            in_force_from=dt.date.fromisoformat(document["in_force_from"]),
            attested=document["attested"],
            withdrawal=Withdrawal(
                steps=withdrawal["steps"],
                channels=tuple(map(Channel, withdrawal["channels"])),
                words=withdrawal["words"],
            )
            if withdrawal
            else None,
            changed=Change(
                words=changed["words"],
                renew=changed["renew"],
                activities=tuple(changed["activities"]),
            )
            if changed
            else None,
            valid_for=document.get("valid_for"),
            url=document.get("url"),
        )
    except (KeyError, TypeError) as problem:
        raise ValueError("no notice") from problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """Why consent must be asked for again."""

    version: int
    """The version that asks for it."""
    words: Mapping[str, str]
    """What it changed, by language."""


def renewal_of(
    held: Circumstance, activity: str, published: Sequence[Notice], *, on: dt.date
) -> Renewal | None:
    """The first later version of the notice that asks for consent to an activity again.

    Args:
        held: What consent was given under.
        activity: The activity.
        published: Versions of notices, in any order.
        on: The day of asking: versions that come into force later say nothing yet.
    """
    if held.notice is None or held.notice_version is None:
        return None
    return renewal_after(held.notice, held.notice_version, activity, published, on=on)


def renewal_after(
    name: str, version: int, activity: str, published: Iterable[Notice], *, on: dt.date
) -> Renewal | None:
    """The same for a version of a notice by name."""
    later = sorted(
        (one for one in published if one.name == name and one.version > version),
        key=lambda one: one.version,
    )
    for one in later:
        change = one.changed
        if change is None or not change.renew or one.in_force_from > on:
            continue
        if not change.activities or activity in change.activities:
            return Renewal(version=one.version, words=change.words)
    return None
