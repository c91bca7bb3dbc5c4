"""Keys in the store: random, wrapped under the epoch's key, deleted to make people unreadable.

    provider root (one for each epoch) → epoch key → subject, request, index, signing … keys

- No key is derived from another: what was shredded cannot be made again.
- A key is found by purpose and owner; its id is what envelopes name.
- Shredding deletes the row. What stays is a tombstone without an owner.
- Functions take an open connection and never commit.
"""

from __future__ import annotations

import datetime as dt
import struct
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from govreg.clock import to_millis
from govreg.database import BigId, metadata
from govreg.errors import IntegrityProblem, NotFound
from govreg.protection.aead import (
    NONCE_BYTES,
    KeyedHash,
    Suite,
    decrypt,
    encrypt,
    random_key,
    random_nonce,
    same,
)
from govreg.protection.envelope import Key
from govreg.protection.provider import KeyProvider

key_epoch = sa.Table(
    "key_epoch",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("provider", sa.String(40), nullable=False),
    sa.Column("root_ref", sa.String(200), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("destroyed_at", sa.BigInteger),
    sqlite_strict=True,
)

key_row = sa.Table(
    "key_row",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("owner", sa.String(80), nullable=False),
    sa.Column("suite", sa.Integer, nullable=False),
    sa.Column("epoch", sa.Integer, sa.ForeignKey("key_epoch.id"), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("kcv", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("purpose", "owner"),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # a shredded key's id is never given to another key
)

key_shredded = sa.Table(
    "key_shredded",
    metadata,
    sa.Column("key_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("kcv", sa.LargeBinary, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("shredded_at", sa.BigInteger, nullable=False),
    sqlite_strict=True,
)


class Purpose(StrEnum):
    """What a key is for. The owner is a subject, a request, or a fixed name."""

    SUBJECT = "subject"
    AUDIT_REF = "audit_ref"
    REQUEST = "request"
    INDEX = "index"
    LEDGER = "ledger"
    SIGNING = "signing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShredReceipt:
    """What is left to say of a shredded key."""

    key_id: int
    purpose: str
    kcv: str
    epoch: int
    provider: str


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
        epoch, secret = int(last) + 1, random_key()
        root = self.provider.create_root(epoch)
        wrapped = self.provider.wrap(root, secret, self._epoch_aad(epoch))
        connection.execute(
            key_epoch.insert().values(
                id=epoch,
                provider=self.provider.name,
                root_ref=root,
                wrapped=wrapped,
                created_at=to_millis(now),
            )
        )
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
            IntegrityProblem: the row or the root is not what it was.
        """
        row = connection.execute(
            sa.select(key_row).where(key_row.c.purpose == str(purpose), key_row.c.owner == owner)
        ).first()
        if row is not None:
            return self._opened(connection, row)
        if not create:
            raise NotFound(
                f"there is no {purpose} key of `{owner}`; it was shredded or never made"
            )
        return self._made(connection, purpose, owner, now)

    def _made(
        self, connection: sa.Connection, purpose: Purpose, owner: str, now: dt.datetime
    ) -> Key:
        epoch = self.ensure_epoch(connection, now)
        secret = random_key()
        try:
            with connection.begin_nested():
                done = connection.execute(
                    key_row.insert().values(
                        purpose=str(purpose),
                        owner=owner,
                        suite=int(Suite.GCM),
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
        aad = self._aad(int(key_id), str(purpose), epoch)
        sealed = encrypt(Suite.CCM, self._epoch(connection, epoch), nonce, secret, aad)
        connection.execute(
            key_row.update()
            .where(key_row.c.id == key_id)
            .values(wrapped=nonce + sealed, kcv=check_value(secret, int(key_id)))
        )
        return Key(id=int(key_id), suite=Suite.GCM, secret=secret)

    def _opened(self, connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> Key:
        nonce, sealed = row.wrapped[:NONCE_BYTES], row.wrapped[NONCE_BYTES:]
        aad = self._aad(row.id, row.purpose, row.epoch)
        secret = decrypt(Suite.CCM, self._epoch(connection, row.epoch), nonce, sealed, aad)
        if not same(check_value(secret, row.id), row.kcv):
            raise IntegrityProblem("wrong_key", f"key {row.id} is not the key that its row names")
        if row.suite not in set(Suite):
            raise IntegrityProblem(
                "unknown_suite", f"key {row.id} is for unknown suite {row.suite}"
            )
        return Key(id=row.id, suite=Suite(row.suite), secret=secret)

    def shred(
        self, connection: sa.Connection, purpose: Purpose, owner: str, now: dt.datetime
    ) -> ShredReceipt | None:
        """Delete a key for good; None when there is none."""
        row = connection.execute(
            key_row.delete()
            .where(key_row.c.purpose == str(purpose), key_row.c.owner == owner)
            .returning(key_row)
        ).first()
        if row is None:
            return None
        connection.execute(
            key_shredded.insert().values(
                key_id=row.id,
                purpose=row.purpose,
                kcv=row.kcv,
                epoch=row.epoch,
                shredded_at=to_millis(now),
            )
        )
        return ShredReceipt(
            key_id=row.id,
            purpose=row.purpose,
            kcv=row.kcv.hex(),
            epoch=row.epoch,
            provider=self.provider.name,
        )

    def _epoch(self, connection: sa.Connection, epoch: int) -> bytes:
        row = connection.execute(sa.select(key_epoch).where(key_epoch.c.id == epoch)).one()
        if row.wrapped not in self._epochs:
            self._epochs[row.wrapped] = self.provider.unwrap(
                row.root_ref, row.wrapped, self._epoch_aad(epoch)
            )
        return self._epochs[row.wrapped]

    def _epoch_aad(self, epoch: int) -> bytes:
        return f"govreg epoch v1\0{self.workspace}\0{epoch}".encode()

    def _aad(self, key_id: int, purpose: str, epoch: int) -> bytes:
        return f"govreg key v1\0{self.workspace}\0{purpose}\0{key_id}\0{epoch}".encode()


def check_value(secret: bytes, key_id: int) -> bytes:
    """16 bytes that tell whether a key is the one its row names, and nothing about it."""
    return KeyedHash(secret, b"govreg kcv v1\0").of(struct.pack(">Q", key_id))[:16]
