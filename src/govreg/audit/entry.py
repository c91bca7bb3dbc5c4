"""One line of the audit log: what happened, when, under which rule, by whose role.

- An entry holds names out of the configuration, counts, hashes and keyed references. Every text
  has a tight form, so that a sentence, an e-mail address or a number typed by a person cannot get
  in.
- The moment is cut to the second.
- The canonical form is JSON in UTF-8: keys sorted, no spaces, `"v":1` present, what is absent or
  empty left out. Only these bytes are hashed; reading refuses any other spelling of the same
  entry.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from govreg.clock import from_text, to_text
from govreg.errors import IntegrityProblem, UsageProblem

ENTRY_VERSION = 1
"""The version of the canonical form written here."""

MAX_ENTRY_BYTES = 65_535
"""The longest entry that the published bundles can carry."""

MAX_COUNT = 2**53 - 1
"""The largest count that every JSON reader holds exactly."""

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_MAX_TOKEN = 128
_NAME = r"[A-Za-z][A-Za-z0-9._:/-]*"
# A source's own collections and fields may start with `_` and be written in any alphabet.
_FOREIGN_NAME = r"[^\W\d](?:[\w.:/$#-]|\[\])*"
_FORMS = {
    "action": re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+"),
    "actor": re.compile(rf"{_NAME}(?:@[A-Za-z][A-Za-z0-9_-]*)?"),
    "subject_ref": re.compile(r"(?:[0-9a-f]{2}){16,32}"),
    "request": re.compile(_NAME),
    "rule": re.compile(rf"{_NAME}(?:@[0-9]+(?:\.[0-9]+)*)?"),
    "source": re.compile(_NAME),
    "collection": re.compile(_FOREIGN_NAME),
    "fields": re.compile(_FOREIGN_NAME),
    "counts": re.compile(_NAME),
    "hashes": re.compile(_NAME),
    "outcome": re.compile(_NAME),
}
_HASH = re.compile(r"[0-9a-f]{64}")
_OPTIONAL = ("subject_ref", "request", "rule", "source", "collection", "outcome")
_KEYS = frozenset({"v", "at", "action", "actor", "fields", "counts", "hashes", *_OPTIONAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened, without a word about who the person is.

    Raises:
        UsageProblem: if a value is not of its declared form; the message names the key, never the
        value.
    """

    at: dt.datetime
    """When; kept in UTC and cut to the second."""
    action: str
    """What was done, dotted: `request.approved`."""
    actor: str
    """Key of the person or role in the configuration: `maija`, `dpo@role`. Never an e-mail
    address."""
    subject_ref: str | None = None
    """Keyed reference to the person, 32 to 64 hex digits; noise once its key is shredded."""
    request: str | None = None
    """Id of the request it belongs to."""
    rule: str | None = None
    """Id of the rule that decided it, with a version after `@` where it has one."""
    source: str | None = None
    """The connected system."""
    collection: str | None = None
    """The collection in that system."""
    fields: tuple[str, ...] = ()
    """Names of the fields concerned; kept sorted, each once."""
    counts: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Figures by name, such as `planned` and `affected`."""
    hashes: Mapping[str, str] = field(default_factory=dict, hash=False)
    """SHA-256 in hex by name, such as `plan`, `bundle`, `register`."""
    outcome: str | None = None
    """How it ended, as a word of the configuration's or the program's own."""

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise UsageProblem("an audit entry needs a moment with a zone", "pass one in UTC")
        put = object.__setattr__
        put(self, "at", self.at.astimezone(dt.UTC).replace(microsecond=0))
        _check_names(self)
        put(self, "fields", tuple(sorted(set(self.fields))))
        put(self, "counts", dict(self.counts))
        put(self, "hashes", dict(self.hashes))

    def encode(self) -> bytes:
        """The canonical bytes, which are what the log hashes.

        Raises:
            UsageProblem: if they are more than a bundle can carry.
        """
        body: dict[str, Any] = {
            "v": ENTRY_VERSION,
            "at": to_text(self.at),
            "action": self.action,
            "actor": self.actor,
        }
        for key in (*_OPTIONAL, "fields", "counts", "hashes"):
            value = getattr(self, key)
            if value:
                body[key] = value
        encoded = _CANONICAL.encode(body).encode()
        if len(encoded) > MAX_ENTRY_BYTES:
            raise UsageProblem(
                f"an audit entry has {len(encoded)} bytes, more than {MAX_ENTRY_BYTES}",
                "name fewer fields, or log the hash of the list",
            )
        return encoded


def decode(encoded: bytes) -> Entry:
    """Read canonical bytes back.

    Raises:
        IntegrityProblem: `newer_version` if a later govreg wrote it, `malformed` if it is no entry
            or is not spelled canonically.
    """
    body = _object(encoded)
    version = body.get("v")
    if type(version) is int and version > ENTRY_VERSION:
        raise IntegrityProblem(
            "newer_version",
            f"the audit entry has version `{version}`, this govreg reads up to `{ENTRY_VERSION}`",
            "read it with a newer govreg",
        )
    if type(version) is not int or version != ENTRY_VERSION or not body.keys() <= _KEYS:
        raise _malformed()
    try:
        entry = _from_object(body)
        canonical = entry.encode()
    except (UsageProblem, ValueError, TypeError, KeyError):
        raise _malformed() from None
    if canonical != encoded:
        raise IntegrityProblem("malformed", "the audit entry is not in its canonical form")
    return entry


def time_mark(at: dt.datetime) -> bytes:
    """The bytes by which an encoded entry tells its moment; they occur nowhere else in it."""
    return f'"at":"{to_text(at)}"'.encode()


def _from_object(body: Mapping[str, Any]) -> Entry:
    fields = body.get("fields", [])
    if not isinstance(fields, list):
        raise TypeError
    return Entry(
        at=from_text(body["at"]),
        action=body["action"],
        actor=body["actor"],
        fields=tuple(fields),
        counts=body.get("counts", {}),
        hashes=body.get("hashes", {}),
        **{key: body.get(key) for key in _OPTIONAL},
    )


def _object(encoded: bytes) -> dict[str, Any]:
    try:
        body = json.loads(encoded.decode(), object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        raise _malformed() from None
    if not isinstance(body, dict) or len(encoded) > MAX_ENTRY_BYTES:
        raise _malformed()
    return body


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a key stands twice")
    return body


def _check_names(entry: Entry) -> None:
    _check("action", [entry.action])
    _check("actor", [entry.actor])
    for key in _OPTIONAL:
        value = getattr(entry, key)
        if value is not None:
            _check(key, [value])
    if not isinstance(entry.fields, tuple):
        raise _off("fields")
    _check("fields", entry.fields)
    for key, values in (("counts", entry.counts), ("hashes", entry.hashes)):
        if not isinstance(values, Mapping):
            raise _off(key)
        _check(key, values)
    for count in entry.counts.values():
        if type(count) is not int or not 0 <= count <= MAX_COUNT:
            raise UsageProblem("`counts` of an audit entry takes whole numbers from 0 up")
    hashes: Mapping[str, object] = entry.hashes
    for hashed in hashes.values():
        if not isinstance(hashed, str) or not _HASH.fullmatch(hashed):
            raise UsageProblem(
                "`hashes` of an audit entry takes SHA-256 in 64 lower-case hex digits"
            )


def _check(key: str, values: Iterable[object]) -> None:
    form = _FORMS[key]
    for value in values:
        if not isinstance(value, str) or len(value) > _MAX_TOKEN or not form.fullmatch(value):
            raise _off(key)


def _off(key: str) -> UsageProblem:
    return UsageProblem(
        f"`{key}` of an audit entry is not of its form",
        f"the log takes names and references of up to {_MAX_TOKEN} characters, no sentences, "
        "spaces or e-mail addresses",
    )


def _malformed() -> IntegrityProblem:
    return IntegrityProblem("malformed", "the audit entry cannot be read")
