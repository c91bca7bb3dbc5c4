"""The log's three tables, and the look-up of stored hashes that everything else folds from."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from govreg.audit.tree import HASH_SIZE, Coordinate, Node
from govreg.database import metadata
from govreg.errors import IntegrityProblem

audit_entry = sa.Table(
    "audit_entry",
    metadata,
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""The entries in their canonical bytes, with the leaf hash each had when it was appended."""

audit_node = sa.Table(
    "audit_node",
    metadata,
    sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Hashes of complete subtrees of level 1 and above; level 0 is `audit_entry.leaf`."""

audit_checkpoint = sa.Table(
    "audit_checkpoint",
    metadata,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sqlite_strict=True,
)
"""Every checkpoint ever signed, as the note that left."""


def stored_nodes(connection: sa.Connection, coordinates: Iterable[Coordinate]) -> Node:
    """Read these subtree hashes at once; answers a look-up over them.

    The look-up raises IntegrityProblem `tile_mismatch` for a hash that is not stored.
    """
    rows: dict[int, list[int]] = {}
    for at, place in sorted(set(coordinates)):
        rows.setdefault(at, []).append(place)
    leaves = rows.pop(0, [])
    found: dict[Coordinate, bytes] = {}
    if leaves:
        leaf_rows = connection.execute(
            sa.select(audit_entry.c.index, audit_entry.c.leaf).where(
                audit_entry.c.index.in_(leaves)
            )
        )
        found.update({(0, index): leaf for index, leaf in leaf_rows})
    if rows:
        level, index = audit_node.c.level, audit_node.c.index
        places = (sa.and_(level == at, index.in_(indices)) for at, indices in rows.items())
        node_rows = connection.execute(sa.select(audit_node).where(sa.or_(*places)))
        found.update({(at, place): value for at, place, value in node_rows})

    def node(level: int, index: int) -> bytes:
        value = found.get((level, index), b"")
        if len(value) != HASH_SIZE:  # two hashes of odd lengths could pass for another pair
            raise IntegrityProblem(
                "tile_mismatch",
                f"the hash at level `{level}`, index `{index}` is not stored, or is not one",
            )
        return value

    return node
