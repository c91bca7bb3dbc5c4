"""What the request procedures work with: frozen, and put together by `engine`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from govreg.audit.entry import Entry
from govreg.audit.log import append
from govreg.bulk.snapshot import Place
from govreg.clock import Clock
from govreg.database import Store
from govreg.erasure.keep import YearEnd
from govreg.errors import NotFound
from govreg.gate.border import Border
from govreg.gate.scope import Limits
from govreg.policy.adopt import Adopted
from govreg.policy.rule import RuleBook, judged_by
from govreg.protection.blind_index import BlindIndex, reference
from govreg.protection.envelope import Context, Key
from govreg.protection.keystore import KeyStore
from govreg.protection.purpose import Purpose
from govreg.settings import Settings
from govreg.subjects.identifier import Identifier, Kinds
from govreg.subjects.index import any_identifier
from govreg.subjects.leaving import Copies
from govreg.subjects.row_map import MapPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of an engine that requests use."""

    settings: Settings
    workspace: Path
    store: Store
    keys: KeyStore
    border: Border
    kinds: Kinds
    rules: RuleBook
    adopted: Adopted
    register_number: str
    register_hash: str
    limits: Limits
    clock: Clock
    version: str

    @property
    def workspace_id(self) -> str:
        """What seals are bound to: the audit log's origin."""
        return str(self.settings.audit.origin)

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.settings.time_zone)

    @property
    def year_end(self) -> YearEnd:
        """When the financial year ends."""
        month, _, day = self.settings.financial_year.end.partition("-")
        return YearEnd(month=int(month), day=int(day), zone=self.zone)

    def judged_by(self, law: str) -> str:
        """A hash of the rules and adoptions that decide under a law."""
        speaking = [r for r in self.rules.rules.values() if r.id not in self.rules.unanswered]
        return judged_by(speaking, law, self.adopted.holds)

    def today(self) -> dt.date:
        """The date in the organisation's time zone."""
        return self.clock().astimezone(self.zone).date()

    def request_key(
        self, connection: sa.Connection, request_id: str, *, create: bool = False
    ) -> Key:
        """The key that seals a request's papers."""
        return self.keys.key(
            connection, Purpose.REQUEST, request_id, create=create, now=self.clock()
        )

    def reference_key(
        self, connection: sa.Connection, request_id: str, *, create: bool = False
    ) -> Key:
        """The key of a request's references: candidates, texts, pseudonyms."""
        return self.keys.key(
            connection, Purpose.REQUEST_REF, request_id, create=create, now=self.clock()
        )

    def blind(self, connection: sa.Connection) -> BlindLookup:
        """The keyed look-up for identifiers.

        Raises:
            NotFound: look-up values are there and their key is not: another key would find nobody.
        """
        key = self.keys.key(
            connection,
            Purpose.INDEX,
            "subject.identifier",
            create=not any_identifier(connection),
            now=self.clock(),
        )
        return BlindLookup(key)

    def subject_key(
        self, connection: sa.Connection, subject_id: str, *, create: bool = False
    ) -> Key:
        """The key of what is kept about a person; shredded by an erasure."""
        return self.keys.key(
            connection, Purpose.SUBJECT, subject_id, create=create, now=self.clock()
        )

    def subject_ref(
        self, connection: sa.Connection, subject_id: str, *, create: bool = False
    ) -> str | None:
        """The opaque reference of a subject in the log; None once its key was shredded."""
        try:
            key = self.keys.key(
                connection, Purpose.AUDIT_REF, subject_id, create=create, now=self.clock()
            )
        except NotFound:
            return None
        return reference(key, "ref", self.workspace_id)

    def copies(self, connection: sa.Connection, *, create: bool = False) -> Copies | None:
        """Where the copies for work over many rows are, and what opens them.

        None while there are none; with `create` their key is made, on a writing connection.
        """
        if not create and not self.keys.has(connection, Purpose.COPY, "rows"):
            return None
        key = self.keys.key(connection, Purpose.COPY, "rows", create=create, now=self.clock())
        folder = self.workspace / ".govreg" / "copies"
        place = Context(
            workspace=self.workspace_id, source="govreg", collection="choices", field=""
        )
        return Copies(
            choices=Place(folder=folder / "choices", key=key, context=place),
            rows=MapPlace(folder=folder / "rows", key=key, context=place),
        )

    def bundle_path(self, request_id: str) -> Path:
        """Where the sealed bundle of a request lies."""
        return self.workspace / ".govreg" / "bundles" / f"{request_id}.sealed"

    def log(self, connection: sa.Connection, action: str, actor: str, **facts: object) -> int:
        """Append an entry to the audit log in this transaction; returns its index."""
        entry = Entry(at=self.clock(), action=action, actor=actor, **facts)  # type: ignore[arg-type]
        return append(connection, [entry]).start


class BlindLookup:
    """Keyed look-up values for identifiers of any kind; each kind has an index of its own."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._indexes: dict[str, BlindIndex] = {}

    def __call__(self, identifier: Identifier) -> bytes:
        """The look-up value."""
        return self.of(identifier.kind)(identifier.value)

    def of(self, kind: str) -> Callable[[str], bytes]:
        """What makes look-up values of one kind out of texts in normal form."""
        index = self._indexes.get(kind)
        if index is None:
            index = self._indexes[kind] = BlindIndex(self._key, f"subject.{kind}")
        return index.of
