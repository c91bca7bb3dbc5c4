"""The register as plain data: what the store keeps, what a hash is taken of, what is compared."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from govreg.register.model import (
    Activity,
    AutomatedDecision,
    Binding,
    Collection,
    Field,
    KeyOf,
    Level,
    Link,
    LinkRole,
    Minimum,
    OnErase,
    Origin,
    Protect,
    Recipient,
    Register,
    Residue,
    RowStrategy,
    Source,
    Strategy,
)

FORMAT = 1


def register_document(register: Register) -> dict[str, Any]:
    """A register as JSON data, its version first; file names are left out."""
    return {
        "govreg_register": FORMAT,
        "sources": {name: _plain(source) for name, source in sorted(register.sources.items())},
        "activities": {name: _plain(held) for name, held in sorted(register.activities.items())},
    }


def content_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a document."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.name != "file" and not _unsaid(field.name, value)
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return value


def _unsaid(name: str, value: Any) -> bool:
    """A key that earlier registers do not have is left out where it says nothing."""
    return name in {"facts", "protect"} and not getattr(value, name)


def register_from_document(document: Mapping[str, Any]) -> Register:
    """The register that a document describes."""
    return Register(
        sources={name: _source(held) for name, held in document["sources"].items()},
        activities={name: _activity(held) for name, held in document["activities"].items()},
    )


def _source(held: Mapping[str, Any]) -> Source:
    return Source(
        **{**held, "collections": {n: _collection(c) for n, c in held["collections"].items()}}
        | {"residue": tuple(Residue(**r) for r in held["residue"])}
    )


def _collection(held: Mapping[str, Any]) -> Collection:
    return Collection(
        **{
            **held,
            "key": tuple(held["key"]),
            "level": Level(held["level"]),
            "on_erase": RowStrategy(held["on_erase"]),
            "triggers_reviewed": tuple(held["triggers_reviewed"]),
            "fields": {name: _field(field) for name, field in held["fields"].items()},
            "links": tuple(
                Link(
                    fields=tuple(link["fields"]),
                    to=link["to"],
                    to_fields=tuple(link["to_fields"]),
                    role=LinkRole(link["role"]),
                    inferred=link["inferred"],
                )
                for link in held["links"]
            ),
            "minimums": tuple(
                Minimum(**{**minimum, "fields": tuple(minimum["fields"])})
                for minimum in held["minimums"]
            ),
        }
    )


def _field(held: Mapping[str, Any]) -> Field:
    erase, protect = held["on_erase"], held.get("protect")
    return Field(
        **{
            **held,
            "activities": tuple(held["activities"]),
            "origin": Origin(held["origin"]),
            "on_erase": OnErase(**{**erase, "strategy": Strategy(erase["strategy"])})
            if erase
            else None,
            "protect": Protect(
                **{
                    **protect,
                    "key": KeyOf(protect["key"]),
                    "bind": Binding(protect["bind"]),
                }
            )
            if protect
            else None,
        }
    )


def _activity(held: Mapping[str, Any]) -> Activity:
    decision = held["automated_decision"]
    return Activity(
        **{
            **held,
            "recipients": tuple(Recipient(**recipient) for recipient in held["recipients"]),
            "automated_decision": AutomatedDecision(**decision) if decision else None,
        }
    )
