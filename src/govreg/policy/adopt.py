"""Which rules a named person has adopted. Until then a rule may retain or ask, and nothing more.

Adoptions are a file of the workspace, `policies/adopted.yaml`, so that they are reviewed and kept
under version control like every other declaration. An adoption names the rule's content by hash: a
rule that has changed must be adopted again. It also says how sure the rule's wording was, by the
mark that was read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field
from ruamel.yaml.comments import CommentedMap

from govreg.errors import ConfigurationProblem
from govreg.policy.pack_cache import keep_alone, kept
from govreg.policy.rule import Rule
from govreg.yaml12 import Document, StrictModel, new, plain, read, validate, version_of, write

FORMAT = 1
FILE = Path("policies") / "adopted.yaml"
_CACHE = Path(".govreg") / "adopted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A named person's word that a rule is the organisation's."""

    rule: str
    content_hash: str
    by: str
    on: dt.date
    read: str | None = None
    """The confidence mark that whoever adopted it had read; None where that was not recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """Every adoption, by rule."""

    adoptions: Mapping[str, Adoption]

    def holds(self, rule: Rule) -> bool:
        """Whether the rule, as it is now, was adopted."""
        held = self.adoptions.get(rule.id)
        return held is not None and held.content_hash == rule.content_hash

    def by(self, rule: Rule) -> str | None:
        """Who adopted the rule as it is now."""
        return self.adoptions[rule.id].by if self.holds(rule) else None

    def earlier(self, rule: Rule) -> Adoption | None:
        """The adoption of an earlier wording, where nobody has adopted the rule as it is now."""
        return None if self.holds(rule) else self.adoptions.get(rule.id)


NOTHING_ADOPTED = Adopted(adoptions={})


class AdoptionFile(StrictModel):
    """One adoption as written."""

    content_hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    by: str = Field(min_length=1)
    on: dt.date
    read: Literal["high", "medium", "low"] | None = None


class AdoptedFile(StrictModel):
    """The file as written."""

    govreg_adoptions: int
    adopted: dict[str, AdoptionFile] = {}


def read_adopted(workspace: Path) -> Adopted:
    """The adoptions of a workspace; none where there is no file.

    Raises:
        ConfigurationProblem: the file is wrong.
    """
    path = workspace / FILE
    if not path.exists():
        return NOTHING_ADOPTED
    held = _file(path, workspace / _CACHE)
    return Adopted(
        adoptions={
            name: Adoption(rule=name, content_hash=a.content_hash, by=a.by, on=a.on, read=a.read)
            for name, a in held.adopted.items()
        }
    )


def _file(path: Path, cache: Path) -> AdoptedFile:
    """The file, as it was parsed before where its bytes are the same: every command reads it."""
    raw = path.read_bytes() if cache.parent.is_dir() and path.is_file() else b""
    known = kept(cache, raw) if raw else None
    if known is not None:
        try:
            return _checked(Document(path, CommentedMap(known)))
        except ConfigurationProblem:
            pass  # another release kept it; parsed anew, a problem has its line, too
    document = read(path)
    held = _checked(document)
    if raw:
        keep_alone(cache, raw, plain(document.data))
    return held


def _checked(document: Document) -> AdoptedFile:
    version_of(document, "govreg_adoptions", FORMAT)
    return validate(AdoptedFile, document)


def write_adopted(workspace: Path, rules: Iterable[Rule], *, by: str, on: dt.date) -> None:
    """Add adoptions to the file, one line each, keeping its comments and its order."""
    path = workspace / FILE
    document = read(path) if path.exists() else new(path, {"govreg_adoptions": FORMAT})
    held = document.data.setdefault("adopted", {})
    for rule in rules:
        line = CommentedMap(
            content_hash=rule.content_hash,
            by=by,
            on=dt.date.fromordinal(on.toordinal()),  # a day of its own: no anchors and aliases
            read=rule.confidence,
        )
        line.fa.set_flow_style()
        held[rule.id] = line
    write(document)
