"""Keys of protected fields: which version seals now, which are still about, what each did.

- A field's key seals what is under nobody's own key; an index key makes its look-up values.
- Versions are added, never changed: what an older one sealed or made stays readable and findable
  until it has been made anew.
- A key's uses are counted before it is used, in blocks. At 2^31 the next version takes over, and
  2^32 are refused: so many random nonces are safe under one key (NIST SP 800-38D, 8.3).
- Functions take an open connection and never commit.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from govreg.clock import to_millis
from govreg.errors import IntegrityProblem
from govreg.protection.envelope import Key
from govreg.protection.keystore import KeyStore
from govreg.protection.purpose import Purpose
from govreg.protection.tables import field_key

ROTATE_AT = 1 << 31
REFUSED_AT = 1 << 32
_SEAL, _INDEX = "seal", "index"
_PURPOSES = {_SEAL: Purpose.FIELD, _INDEX: Purpose.FIELD_INDEX}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKey:
    """One version of a field's key."""

    key_id: int
    version: int
    used: int
    """Values that it sealed, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexKey:
    """One version of what makes a field's look-up values."""

    key: Key
    version: int
    bits: int
    """How many bits of a look-up value are kept."""


class FieldKeys:
    """Finds and makes the keys of protected fields."""

    def __init__(self, keys: KeyStore) -> None:
        self.keys = keys

    def sealing(self, connection: sa.Connection, place: str, count: int, now: dt.datetime) -> Key:
        """The key that seals now, with so many uses of it taken; made when there is none.

        Raises:
            IntegrityProblem: code `key_used_up`: more than 2^32 values under one key.
        """
        if count > REFUSED_AT:
            raise IntegrityProblem("key_used_up", f"{count:,} values under one key are too many")
        held = self.versions(connection, place)
        newest = held[-1] if held else None
        if newest is None or newest.used + count > ROTATE_AT:
            key = self._made(connection, place, _SEAL, 1 + (newest.version if newest else 0), now)
        else:
            key = self.keys.by_ids(connection, [newest.key_id])[newest.key_id]
        connection.execute(
            field_key.update()
            .where(field_key.c.key_id == key.id)
            .values(used=field_key.c.used + count)
        )
        return key

    def renew(self, connection: sa.Connection, place: str, now: dt.datetime) -> Key:
        """Make the next version, which seals from now on."""
        held = self.versions(connection, place)
        return self._made(connection, place, _SEAL, 1 + (held[-1].version if held else 0), now)

    def versions(self, connection: sa.Connection, place: str) -> list[FieldKey]:
        """Every version of a field's key, the one that seals last."""
        return [
            FieldKey(key_id=row.key_id, version=row.version, used=row.used)
            for row in self._rows(connection, place, _SEAL)
        ]

    def indexes(self, connection: sa.Connection, place: str) -> list[IndexKey]:
        """Every version of a field's index key, the one in force last."""
        rows = self._rows(connection, place, _INDEX)
        held = self.keys.by_ids(connection, [row.key_id for row in rows])
        return [IndexKey(key=held[row.key_id], version=row.version, bits=row.bits) for row in rows]

    def make_index(
        self, connection: sa.Connection, place: str, bits: int, now: dt.datetime
    ) -> IndexKey:
        """Make the next version of an index key."""
        rows = self._rows(connection, place, _INDEX)
        version = 1 + (rows[-1].version if rows else 0)
        key = self._made(connection, place, _INDEX, version, now, bits=bits)
        return IndexKey(key=key, version=version, bits=bits)

    def retire(
        self, connection: sa.Connection, place: str, use: str, upto: int, now: dt.datetime
    ) -> int:
        """Destroy the versions before one, once nothing is sealed or found under them any more.

        Args:
            connection: A writing one.
            place: `source.collection.field`.
            use: `seal` or `index`.
            upto: The first version that stays.
            now: When.

        Returns:
            How many went.
        """
        rows = [row for row in self._rows(connection, place, use) if row.version < upto]
        for row in rows:
            self.keys.shred(connection, _PURPOSES[use], _owner(place, row.version), now)
            connection.execute(field_key.delete().where(field_key.c.key_id == row.key_id))
        return len(rows)

    def _rows(
        self, connection: sa.Connection, place: str, use: str
    ) -> list[sa.Row[tuple[object, ...]]]:
        query = (
            sa.select(field_key)
            .where(field_key.c.place == place, field_key.c.use == use)
            .order_by(field_key.c.version)
        )
        return list(connection.execute(query))

    def _made(
        self,
        connection: sa.Connection,
        place: str,
        use: str,
        version: int,
        now: dt.datetime,
        *,
        bits: int | None = None,
    ) -> Key:
        key = self.keys.key(
            connection, _PURPOSES[use], _owner(place, version), create=True, now=now
        )
        connection.execute(
            field_key.insert().values(
                key_id=key.id,
                place=place,
                use=use,
                version=version,
                bits=bits,
                used=0,
                made_at=to_millis(now),
            )
        )
        return key


def _owner(place: str, version: int) -> str:
    return f"{version}:{place}"
