"""Keys in the store: random, wrapped under the epoch's key, deleted to make people unreadable.

    provider root (one for each epoch) → epoch key → subject, request, index, signing … keys

- No key is derived from another: what was shredded cannot be made again.
- A key is found by purpose and owner; its id is what envelopes name. It serves its purpose's suite
  alone.
- A row is bound to its workspace, purpose, owner, id, suite and epoch: an exchanged one does not
  open.
- Shredding deletes the row. What stays is a tombstone without an owner; a row that comes back
  beside its tombstone is refused.
- Functions take an open connection and never commit. Of writers that make the same epoch or key at
  once, all get the one that was stored first.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from govreg.clock import from_millis, to_millis
from govreg.errors import IntegrityProblem, NotFound
from govreg.loading import load
from govreg.protection.aead import (
    NONCE_BYTES,
    KeyedHash,
    Opener,
    Suite,
    encrypt,
    random_key,
    random_keys,
    random_nonce,
    same,
)
from govreg.protection.envelope import Key, utf8
from govreg.protection.key_rows import KeyRow, reserved_ids, rows_of
from govreg.protection.provider import KeyProvider
from govreg.protection.purpose import SUITES, Purpose
from govreg.protection.tables import key_epoch, key_row, key_shredded


@dataclass(frozen=True, slots=True, kw_only=True)
class Shredded:
    """What is left to say of a shredded key."""

    key_id: int
    purpose: str
    kcv: str
    epoch: int
    provider: str
    at: dt.datetime


class KeyStore:
    """Finds, makes and shreds keys. Keeps the epoch key in memory."""

    def __init__(self, provider: KeyProvider, *, workspace: str) -> None:
        self.provider, self.workspace = provider, workspace
        # By wrapped bytes, not by number: a number may be given again after a rollback.
        self._epochs: dict[bytes, bytes] = {}

    def ensure_epoch(self, connection: sa.Connection, now: dt.datetime) -> int:
        """The current epoch, made with a root of its own when there is none."""
        held = connection.execute(
            sa.select(sa.func.max(key_epoch.c.id)).where(key_epoch.c.destroyed_at.is_(None))
        ).scalar()
        if held is not None:
            return int(held)
        last = connection.execute(sa.select(sa.func.max(key_epoch.c.id))).scalar() or 0
        return self._made_epoch(connection, int(last) + 1, now)

    def _made_epoch(self, connection: sa.Connection, epoch: int, now: dt.datetime) -> int:
        secret, root = random_key(), self.provider.create_root(epoch)
        wrapped = self.provider.wrap(root, secret, self._epoch_aad(epoch))
        try:
            with connection.begin_nested():
                connection.execute(
                    key_epoch.insert().values(
                        id=epoch,
                        provider=self.provider.name,
                        root_ref=root,
                        wrapped=wrapped,
                        created_at=to_millis(now),
                    )
                )
        except sa.exc.IntegrityError:  # another worker made it meanwhile: its epoch is the epoch
            self.provider.destroy(root)
            return self.ensure_epoch(connection, now)
        self._epochs[wrapped] = secret
        return epoch

    def key(
        self,
        connection: sa.Connection,
        purpose: Purpose,
        owner: str,
        *,
        create: bool = False,
        now: dt.datetime,
    ) -> Key:
        """The key of an owner for a purpose, made when asked for.

        Raises:
            NotFound: there is none, and none was to be made.
            IntegrityProblem: codes `truncated`, `not_authentic`, `wrong_key`, `unknown_suite`,
                `suite_mismatch`, `wrong_root`, `shredded`.
        """
        for _, key in self._all_opened(
            connection, rows_of(connection, key_row.c.owner, [owner], str(purpose))
        ):
            return key
        if not create:
            raise NotFound(
                f"there is no {purpose} key of `{owner}`; it was shredded or never made"
            )
        return self._made(connection, purpose, owner, now)

    def many(
        self,
        connection: sa.Connection,
        purpose: Purpose,
        owners: Collection[str],
        *,
        create: bool = False,
        now: dt.datetime,
    ) -> Mapping[str, Key]:
        """The keys of many owners for a purpose; those that have none are made when asked for.

        Raises:
            IntegrityProblem: as `key`.
        """
        rows = rows_of(connection, key_row.c.owner, owners, str(purpose))
        held = {row.owner: key for row, key in self._all_opened(connection, rows)}
        missing = [one for one in dict.fromkeys(owners) if one not in held]
        if not create or not missing:
            return held
        epoch, suite = self.ensure_epoch(connection, now), SUITES[purpose]
        ids = reserved_ids(connection, len(missing))
        secrets = random_keys(len(missing))
        under = Opener(Suite.CCM, self._epoch(connection, epoch))
        wrapped = []
        for key_id, owner, secret in zip(ids, missing, secrets, strict=True):
            nonce, aad = random_nonce(), self._aad(key_id, str(purpose), owner, int(suite), epoch)
            wrapped.append(nonce + under.encrypt(nonce, secret, aad))
        columns: dict[str, Sequence[Any]] = {
            "id": ids,
            "purpose": [str(purpose)] * len(ids),
            "owner": missing,
            "suite": [int(suite)] * len(ids),
            "epoch": [epoch] * len(ids),
            "wrapped": wrapped,
            "kcv": [check_value(s, n) for s, n in zip(secrets, ids, strict=True)],
            "created_at": [to_millis(now)] * len(ids),
        }
        if load(connection, key_row, columns) < len(ids):  # another worker made some meanwhile
            return self.many(connection, purpose, owners, now=now)
        made = zip(missing, ids, secrets, strict=True)
        return held | {who: Key(id=n, suite=suite, secret=secret) for who, n, secret in made}

    def by_ids(self, connection: sa.Connection, ids: Collection[int]) -> Mapping[int, Key]:
        """Keys by their ids; one that was shredded is not among them.

        Raises:
            IntegrityProblem: as `key`.
        """
        rows = rows_of(connection, key_row.c.id, ids, None)
        return {row.id: key for row, key in self._all_opened(connection, rows)}

    def ids_of(
        self, connection: sa.Connection, purpose: Purpose, owners: Collection[str]
    ) -> Mapping[str, int]:
        """The ids of owners' keys; none is opened."""
        rows = rows_of(connection, key_row.c.owner, owners, str(purpose))
        return {row.owner: row.id for row in rows}

    def has(self, connection: sa.Connection, purpose: Purpose, owner: str) -> bool:
        """Whether an owner has a key for a purpose."""
        query = sa.select(key_row.c.id).where(
            key_row.c.purpose == str(purpose), key_row.c.owner == owner
        )
        return connection.execute(query).first() is not None

    def _made(
        self, connection: sa.Connection, purpose: Purpose, owner: str, now: dt.datetime
    ) -> Key:
        epoch, suite, secret = self.ensure_epoch(connection, now), SUITES[purpose], random_key()
        try:
            with connection.begin_nested():
                done = connection.execute(
                    key_row.insert().values(
                        purpose=str(purpose),
                        owner=owner,
                        suite=int(suite),
                        epoch=epoch,
                        wrapped=b"",
                        kcv=b"",
                        created_at=to_millis(now),
                    )
                )
        except sa.exc.IntegrityError:  # another worker made it meanwhile: its key is the key
            return self.key(connection, purpose, owner, now=now)
        (key_id,) = done.inserted_primary_key or (0,)
        nonce = random_nonce()
        aad = self._aad(int(key_id), str(purpose), owner, int(suite), epoch)
        sealed = encrypt(Suite.CCM, self._epoch(connection, epoch), nonce, secret, aad)
        connection.execute(
            key_row.update()
            .where(key_row.c.id == key_id)
            .values(wrapped=nonce + sealed, kcv=check_value(secret, int(key_id)))
        )
        return Key(id=int(key_id), suite=suite, secret=secret)

    def _all_opened(
        self, connection: sa.Connection, rows: Iterable[KeyRow]
    ) -> Iterator[tuple[KeyRow, Key]]:
        """Stored keys with what they are; each epoch's key is asked for once."""
        under: dict[int, Opener] = {}
        for row in list(rows):
            if row.epoch not in under:
                under[row.epoch] = Opener(Suite.CCM, self._epoch(connection, row.epoch))
            yield row, self._opened(row, under[row.epoch])

    def _opened(self, row: KeyRow, under: Opener) -> Key:
        if row.suite not in set(Suite):
            raise IntegrityProblem(
                "unknown_suite", f"key {row.id} is for unknown suite {row.suite}"
            )
        if row.suite != SUITES[Purpose(row.purpose)]:
            raise IntegrityProblem(
                "suite_mismatch", f"key {row.id} is for suite {row.suite}, its purpose for another"
            )
        if row.tombstone is not None:
            raise IntegrityProblem(
                "shredded",
                f"key {row.id} was shredded, and its row is back",
                "it was put back from a copy of the store; delete it, and what it opens",
            )
        nonce, sealed = row.wrapped[:NONCE_BYTES], row.wrapped[NONCE_BYTES:]
        aad = self._aad(row.id, row.purpose, row.owner, row.suite, row.epoch)
        secret = under.decrypt(nonce, sealed, aad)
        if not same(check_value(secret, row.id), row.kcv):
            raise IntegrityProblem("wrong_key", f"key {row.id} is not the key that its row names")
        return Key(id=row.id, suite=Suite(row.suite), secret=secret)

    def shred(
        self,
        connection: sa.Connection,
        purpose: Purpose,
        owner: str,
        now: dt.datetime,
        *,
        request_id: str | None = None,
    ) -> bool:
        """Delete a key for good, for an erasure if one is named; False when there is none."""
        row = connection.execute(
            key_row.delete()
            .where(key_row.c.purpose == str(purpose), key_row.c.owner == owner)
            .returning(key_row)
        ).first()
        if row is None:
            return False
        connection.execute(
            key_shredded.insert().values(
                key_id=row.id,
                purpose=row.purpose,
                kcv=row.kcv,
                epoch=row.epoch,
                shredded_at=to_millis(now),
                request_id=request_id,
            )
        )
        return True

    def shredded_for(self, connection: sa.Connection, request_id: str) -> tuple[Shredded, ...]:
        """The keys that an erasure took along, in the order of their ids."""
        rows = connection.execute(
            sa.select(key_shredded, key_epoch.c.provider)
            .join(key_epoch, key_epoch.c.id == key_shredded.c.epoch)
            .where(key_shredded.c.request_id == request_id)
            .order_by(key_shredded.c.key_id)
        )
        return tuple(
            Shredded(
                key_id=row.key_id,
                purpose=row.purpose,
                kcv=row.kcv.hex(),
                epoch=row.epoch,
                provider=row.provider,
                at=from_millis(row.shredded_at),
            )
            for row in rows
        )

    def _epoch(self, connection: sa.Connection, epoch: int) -> bytes:
        row = connection.execute(sa.select(key_epoch).where(key_epoch.c.id == epoch)).one()
        if row.wrapped not in self._epochs:
            self._epochs[row.wrapped] = self.provider.unwrap(
                row.root_ref, row.wrapped, self._epoch_aad(epoch)
            )
        return self._epochs[row.wrapped]

    def _epoch_aad(self, epoch: int) -> bytes:
        return _bound("govreg epoch v1", self.workspace, str(epoch))

    def _aad(self, key_id: int, purpose: str, owner: str, suite: int, epoch: int) -> bytes:
        numbers = str(key_id), str(suite), str(epoch)
        return _bound("govreg key v1", self.workspace, purpose, owner, *numbers)


def _bound(*parts: str) -> bytes:
    """Authenticated data: each part with its length before it."""
    return b"".join(struct.pack(">I", len(part)) + part for part in map(utf8, parts))


def check_value(secret: bytes, key_id: int) -> bytes:
    """16 bytes that tell whether a key is the one its row names, and nothing about it."""
    return KeyedHash(secret, b"govreg kcv v1\0").of(struct.pack(">Q", key_id))[:16]
