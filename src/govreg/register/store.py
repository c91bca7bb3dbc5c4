"""Versions of the register in the store: what was in force when, and what changed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from govreg.clock import from_millis, to_millis
from govreg.database import BigId, metadata
from govreg.register.canonical import content_hash

register_version = sa.Table(
    "register_version",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("applied_at", sa.BigInteger, nullable=False),
    sa.Column("applied_by", sa.String(80), nullable=False),
    sqlite_strict=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterVersion:
    """A register that was put in force."""

    number: int
    content_hash: str
    document: Mapping[str, Any]
    applied_at: dt.datetime
    applied_by: str


def latest(connection: sa.Connection) -> RegisterVersion | None:
    """The register that is in force; None while none was applied."""
    row = connection.execute(
        sa.select(register_version).order_by(register_version.c.id.desc()).limit(1)
    ).first()
    return None if row is None else _version(row)


def apply(
    connection: sa.Connection, document: Mapping[str, Any], *, by: str, at: dt.datetime
) -> tuple[RegisterVersion, bool]:
    """Put a register in force; answers the version and whether it is new."""
    held = latest(connection)
    wanted = content_hash(document)
    if held is not None and held.content_hash == wanted:
        return held, False
    connection.execute(
        register_version.insert().values(
            content_hash=wanted,
            document=json.dumps(document, ensure_ascii=False),
            applied_at=to_millis(at),
            applied_by=by,
        )
    )
    made = latest(connection)
    if made is None:  # the row was written in this very transaction
        raise RuntimeError("the register version that was just written is not there")
    return made, True


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """What changed between two registers, one readable line for each place."""
    return tuple(_changes("", old, new))


def _changes(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(k for k in new if k not in old)]:
            place = f"{path}.{key}" if path else str(key)
            if key not in new:
                yield f"- {place}"
            elif key not in old:
                yield f"+ {place}"
            else:
                yield from _changes(place, old[key], new[key])
    elif old != new:
        yield f"~ {path}: {_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 - one line


def _version(row: Any) -> RegisterVersion:
    return RegisterVersion(
        number=row.id,
        content_hash=row.content_hash,
        document=json.loads(row.document),
        applied_at=from_millis(row.applied_at),
        applied_by=row.applied_by,
    )
