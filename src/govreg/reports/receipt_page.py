"""The receipt as a page for the person: what stands now, then every choice, oldest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from govreg.condition.truth import Truth
from govreg.consent.model import EVERYTHING, Channel, Chooser, EventKind, Recorded
from govreg.consent.receipt_model import (
    RECEIPT_VERSION,
    Notice,
    Party,
    ReceiptActivity,
    ReceiptFacts,
)
from govreg.consent.receipt_process import latest_notice
from govreg.consent.status import STANDS, Standing
from govreg.reports.document import Contact
from govreg.reports.page import environment
from govreg.reports.words import Words

_SHOWING = frozenset(
    {
        *(EventKind.REQUESTED, EventKind.GIVEN, EventKind.RENEWED, EventKind.REFUSED),
        *(EventKind.PARENT_AUTHORISED, EventKind.AUTHORISED),
    }
)
"""Kinds of choices before which a person is shown something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One choice as the template shows it."""

    event: Recorded
    notice: Notice | None
    words: Words

    @property
    def how(self) -> Iterator[str | Markup]:
        """Who chose, what they did, where, and by which form."""
        held = self.event.circumstance
        if held.by is not Chooser.PERSON:
            yield self.words(f"chooser.{held.by}")
        if held.act:
            yield self.words(f"act.{held.act}")
        if held.channel:
            yield self.words(f"channel.{held.channel}")
        if held.explicit:
            yield self.words("receipt.explicit")
        if held.method:
            yield Markup('{} <span class="code">{}</span>').format(
                self.words("receipt.form"), held.method
            )

    @property
    def shown(self) -> bool:
        """Whether anything is recorded of what was shown."""
        held = self.event.circumstance
        return bool(held.notice or held.text_hash or held.notice_hash)

    @property
    def silent(self) -> bool:
        """Whether something must have been shown and nobody has recorded what."""
        return self.event.kind in _SHOWING and not self.shown

    @property
    def for_all(self) -> bool:
        """Whether it is about everything."""
        return self.event.activity == EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One activity as the template shows it."""

    activity: ReceiptActivity
    entries: tuple[Entry, ...]
    notice: Notice | None
    words: Words
    anchor: str

    @property
    def title(self) -> str | Markup:
        """What it is called."""
        if self.activity.name == EVERYTHING:
            return self.words("receipt.everything")
        return self.words.text(self.activity.title, self.activity.name)

    @property
    def since(self) -> dt.datetime | None:
        """When what stands was chosen."""
        deciding = self.activity.status.deciding
        if deciding is not None:
            return deciding.at
        return self.entries[-1].event.at if self.entries else None

    @property
    def mood(self) -> str:
        """The colour of what stands."""
        held = self.activity.status
        relied = held.consent in STANDS and held.counts is not Truth.FALSE
        return "good" if relied and not any(self._others()) else "some"

    @property
    def now(self) -> Iterator[str]:
        """What stands, in sentences."""
        held = self.activity.status
        others = list(self._others())
        if held.consent is not Standing.UNKNOWN or not others:
            yield self.words(f"standing.{held.consent}")
        if held.consent in STANDS and held.counts is Truth.FALSE:
            yield self.words("receipt.not_relied")
        yield from others

    def _others(self) -> Iterator[str]:
        held = self.activity.status
        if held.objection:
            yield self.words(f"choice.{held.objection}")
        if held.opted_out is not None:
            yield self.words("choice.opted_out" if held.opted_out else "choice.opted_in")
        if held.limits:
            yield self.words("choice.limited")
        if held.restricted:
            yield self.words("choice.restricted")

    @property
    def withdrawable(self) -> bool:
        """Whether there is consent to take back."""
        return self.activity.status.consent in STANDS

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Other ways to take it back, as the notice says, beside the address that is told."""
        held = self.notice.withdrawal_channels if self.notice else ()
        return tuple(one for one in held if one is not Channel.EMAIL)

    @property
    def kinds(self) -> list[str]:
        """The kinds of data, in words, each once."""
        words = (self.words.category(one.category) for one in self.activity.kinds)
        return sorted(dict.fromkeys(words))


def receipt_page(facts: ReceiptFacts, words: Words) -> str:
    """The page."""
    template = environment().get_template("receipt.html")
    return template.render(
        d=facts,
        w=words,
        controller=_contact(facts.controller),
        officer=_contact(facts.officer),
        authority=_contact(facts.authority),
        chosen=[
            _chosen(facts, activity, words, f"choice-{at}")
            for at, activity in enumerate(facts.ordered, start=1)
        ],
        version=RECEIPT_VERSION,
    )


def _chosen(facts: ReceiptFacts, activity: ReceiptActivity, words: Words, anchor: str) -> Chosen:
    return Chosen(
        activity=activity,
        entries=tuple(
            Entry(event=event, notice=facts.notice(event.circumstance), words=words)
            for event in facts.chosen(activity.name)
        ),
        notice=latest_notice(facts, activity),
        words=words,
        anchor=anchor,
    )


def _contact(party: Party) -> Contact:
    return Contact(
        name=party.name,
        email=party.email,
        phone=party.phone,
        address=party.address,
        website=party.url,
    )
