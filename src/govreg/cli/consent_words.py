"""Choices and what they change, in words and as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from govreg.choices.impact import FieldImpact, Impact
from govreg.choices.import_model import WORDS, Refusal, RefusedRows
from govreg.choices.model import Past
from govreg.cli.invocation import day
from govreg.consent.model import EventKind
from govreg.consent.status import STANDS, Status


def status_data(status: Status) -> dict[str, Any]:
    """A status as plain data."""
    return {
        "activity": status.activity,
        "at": status.at,
        "consent": str(status.consent),
        "counts": status.counts.value,
        "reason": status.reason,
        "amiss": [
            {"text": one.text, "cite": list(one.cite), "facts": list(one.facts)}
            for one in status.amiss
        ],
        "event": status.deciding.number if status.deciding else None,
        "since": status.deciding.at if status.deciding else None,
        "until": status.until,
        "guardian": status.guardian,
        "objection": str(status.objection) if status.objection else None,
        "opted_out": status.opted_out,
        "limits": status.limits,
        "restricted": status.restricted,
    }


def status_words(status: Status, zone: dt.tzinfo) -> Iterator[str]:
    """A status in lines."""
    since = f", since {day(status.deciding.at, zone)}" if status.deciding else ""
    until = f", until {_last_day(status.until, zone)}" if status.until else ""
    yield f"{status.activity}: {status.reason}{since}{until}"
    for one in status.amiss:
        cite = f" ({', '.join(one.cite)})" if one.cite else ""
        where = f" [{', '.join(one.facts)}]" if not one.known and one.facts else ""
        yield f"  {one.text}{cite}{where}"
    if status.consent in STANDS and status.guardian:
        yield "  who holds parental responsibility authorised it"
    if status.objection is not None:
        decided = status.objection is EventKind.OBJECTION_UPHELD
        yield f"  the person objects{' and the objection stands' if decided else ''} (Art 21 GDPR)"
    if status.opted_out is not None:
        yield f"  {'opted out of' if status.opted_out else 'opted in to'} sale and sharing"
    if status.limits:
        yield "  limits the use of sensitive information"
    if status.restricted:
        yield "  processing is restricted (Art 18 GDPR)"


def _last_day(until: dt.datetime, zone: dt.tzinfo) -> str:
    """An end is the first moment that does not count any more."""
    return (until.astimezone(zone) - dt.timedelta(microseconds=1)).date().isoformat()


def history_rows(past: Sequence[Past], zone: dt.tzinfo) -> list[tuple[object, ...]]:
    """A history as rows: event, moment, what, by whom, notice, what stood, counted, sealed."""
    return [
        (
            one.event.number,
            f"{one.event.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            one.event.activity,
            str(one.event.kind),
            str(one.event.circumstance.by),
            _notice(one),
            str(one.standing),
            "not known" if one.counts is None else "yes" if one.counts else "no",
            "yes" if one.event.sealed is not None else "-",
        )
        for one in past
    ]


def _notice(one: Past) -> str:
    held = one.event.circumstance
    return f"{held.notice}@{held.notice_version}" if held.notice else "-"


def impact_data(impact: Impact) -> dict[str, Any]:
    """What a withdrawal changes, as plain data."""
    return {
        "activities": list(impact.activities),
        "fields": [
            {
                "collection": one.collection,
                "field": one.field,
                "left": list(one.left),
                "kept_by": list(one.kept_by),
                "due": one.due,
            }
            for one in impact.fields
        ],
        "recipients": list(impact.recipients),
        "suppress": list(impact.suppress),
    }


def impact_words(impact: Impact) -> Iterator[str]:
    """What a withdrawal changes, in lines."""
    if not impact.activities:
        yield "no activity loses its basis"
        return
    yield f"loses its basis: {', '.join(impact.activities)}"
    yield from (f"  {one.collection}.{one.field}: {_becomes(one)}" for one in impact.fields)
    if impact.recipients:
        yield f"to be told: {', '.join(impact.recipients)} (Art 19 GDPR, CJEU C-129/21)"
    if impact.suppress:
        yield f"not to be contacted again for: {', '.join(impact.suppress)}"
    if impact.due:
        yield "what is due to go, goes by a request: govreg request open --type erasure …"


def _becomes(one: FieldImpact) -> str:
    if one.due:
        return "due for erasure (Art 17(1)(b) GDPR)"
    kept = f"kept by {', '.join(one.kept_by)}" if one.kept_by else ""
    left = f"still used for {', '.join(one.left)}" if one.left else ""
    return "; ".join(filter(None, (left, kept)))


def refused_words(refused: Mapping[Refusal, RefusedRows]) -> Iterator[str]:
    """Why rows were refused, and which came first: the commonest reason first."""
    for why, rows in sorted(refused.items(), key=lambda item: -item[1].count):
        first = ", ".join(f"{row:,}" for row in rows.first)
        more = ", …" if rows.count > len(rows.first) else ""
        yield f"  {rows.count:,} times: {WORDS[why]} (row {first}{more})"
