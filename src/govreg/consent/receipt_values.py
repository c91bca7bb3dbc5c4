"""Values as JSON-LD writes them: moments with a zone, texts with their language, names."""

from __future__ import annotations

import datetime as dt

from govreg.consent.receipt_model import NO_LANGUAGE, Text


def moment(held: dt.datetime) -> dict[str, str]:
    """A moment in UTC, to the millisecond.

    Raises:
        ValueError: it has no zone.
    """
    if held.tzinfo is None:
        raise ValueError("a moment in a receipt has a zone")
    text = held.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return {"@type": "xsd:dateTime", "@value": f"{text}Z"}


def texts(held: Text) -> list[dict[str, str]]:
    """A text in each of its languages."""
    return [
        {"@value": held[tag]} if tag == NO_LANGUAGE else {"@language": tag, "@value": held[tag]}
        for tag in sorted(held)
    ]


def urn(number: str) -> str:
    """A number as a name."""
    return f"urn:uuid:{number}"
