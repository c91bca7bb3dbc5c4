"""What a choice is made under: its law, the published notice, and until when it counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from govreg.choices.model import Choice
from govreg.consent.model import EVERYTHING, FAMILIES, Circumstance, EventKind, Family
from govreg.consent.notice import Notice
from govreg.consent.notice_store import published, version_of
from govreg.errors import NotFound, UsageProblem
from govreg.policy.fact import FactKind
from govreg.policy.facts import FACTS
from govreg.policy.minimum import later_by
from govreg.requests.parts import Parts
from govreg.validation import suggestion

PARTICULARS = ("evidence", "signal", "age_evidence", "guardian_evidence")
_OWN_LAW = {
    Family.SALE: "ccpa",
    Family.SENSITIVE: "ccpa",
    Family.AUTHORISATION: "hipaa",
}
"""The law of families of events that only one law knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """What a choice is made under."""

    circumstance: Circumstance
    notice: Notice | None

    def end_of(self, choice: Choice, at: dt.datetime) -> dt.datetime | None:
        """When it ends: as the choice says itself, or as its notice says."""
        notice = self.notice
        giving = choice.kind in {EventKind.GIVEN, EventKind.RENEWED}
        if choice.until is not None or not giving or notice is None or notice.valid_for is None:
            return choice.until
        day = later_by(notice.valid_for, at.date(), whole=False)
        return dt.datetime.combine(day, at.timetz())


def under_what(
    parts: Parts, connection: sa.Connection, choice: Choice, *, controller: str | None = None
) -> Under:
    """What a choice is made under.

    Args:
        parts: The engine's parts.
        connection: An open one.
        choice: What was chosen.
        controller: Who was the controller; the notice's or the workspace's own, when not said.

    Raises:
        NotFound: the notice was never published.
        UsageProblem: the notice says nothing of the activity, or no such law.
    """
    notice, named, shown = _notice(connection, choice)
    own = notice.controller if notice else parts.settings.controller.name
    return Under(
        notice=notice,
        circumstance=Circumstance(
            law=_law(parts, choice),
            controller=controller or own,
            by=choice.by,
            notice=notice.name if notice else None,
            notice_version=notice.version if notice else None,
            notice_hash=named,
            text_hash=shown,
            language=choice.language,
            method=choice.method,
            act=choice.act,
            channel=choice.channel,
            steps=choice.steps,
            explicit=choice.explicit,
            age=choice.age,
            country=choice.country,
            attested=choice.attested,
            elements=choice.elements,
        ),
    )


def require_known(parts: Parts, choice: Choice) -> None:
    """Refuse a choice that cannot be so.

    Raises:
        NotFound: no such activity in the register in force.
        UsageProblem: something about the choice cannot be so.
    """
    activities = parts.border.register.activities
    if choice.activity != EVERYTHING and choice.activity not in activities:
        raise NotFound(
            f"there is no activity `{choice.activity}` in the register in force",
            suggestion(choice.activity, sorted(activities)),
        )
    positive = {EventKind.REQUESTED, EventKind.GIVEN, EventKind.RENEWED, EventKind.AUTHORISED}
    if choice.activity == EVERYTHING and choice.kind in positive:
        raise UsageProblem(
            f"`{choice.kind}` is for one activity: nobody consents to everything at once",
            "name the activity (Art. 6(1)(a) GDPR: for one or more specific purposes)",
        )
    for name in choice.particulars:
        if name not in PARTICULARS:
            raise UsageProblem(f"there is no `{name}` of a choice", suggestion(name, PARTICULARS))
    for group, stated in (("consent", choice.attested), ("authorisation", choice.elements)):
        for name in stated:
            fact = FACTS.get(f"{group}.{name}")
            if fact is None or fact.kind is not FactKind.FLAG:
                flags = [
                    one.name.partition(".")[2]
                    for one in FACTS.values()
                    if one.name.startswith(f"{group}.") and one.kind is FactKind.FLAG
                ]
                raise UsageProblem(
                    f"there is nothing called `{name}` to say of it", suggestion(name, flags)
                )
    if choice.until is not None and choice.at is not None and choice.until <= choice.at:
        raise UsageProblem("the choice would end before it begins")
    if choice.steps is not None and choice.steps < 1:
        raise UsageProblem("a choice takes at least one step")


def _law(parts: Parts, choice: Choice) -> str:
    if choice.law is not None:
        laws = sorted({rule.law for rule in parts.rules.rules.values()})
        if choice.law not in laws:
            raise UsageProblem(
                f"no rule that is loaded speaks for `{choice.law}`", suggestion(choice.law, laws)
            )
        return choice.law
    own = _OWN_LAW.get(FAMILIES[choice.kind])
    activity = parts.border.register.activities.get(choice.activity)
    return own or (activity.basis.partition(".")[0] if activity else "gdpr")


def _notice(
    connection: sa.Connection, choice: Choice
) -> tuple[Notice | None, str | None, str | None]:
    """The published notice, its hash, and the hash of the text that was shown."""
    if choice.notice is None:
        return None, None, None
    name, _, said = choice.notice.partition("@")
    if said and not said.isdigit():
        raise UsageProblem("the version of a notice is a whole number", "such as `newsletter@3`")
    found = version_of(connection, name, int(said) if said else None)
    if found is None:
        known = sorted({one.name for one in published(connection)})
        raise NotFound(
            f"notice `{choice.notice}` was never published",
            suggestion(name, known) or "publish it: `govreg consent notice publish`",
        )
    notice, named = found
    if choice.activity not in {*notice.activities, EVERYTHING}:
        raise UsageProblem(
            f"notice `{notice.name}` says nothing of `{choice.activity}`",
            f"it is about {', '.join(notice.activities)}",
        )
    shown = notice.text_hash(choice.language) if choice.language else None
    if choice.language and shown is None:
        raise UsageProblem(
            f"notice `{notice.name}` version {notice.version} has no text in `{choice.language}`",
            f"languages: {', '.join(sorted(notice.texts))}",
        )
    return notice, named, shown
