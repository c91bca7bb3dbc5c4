"""Which rules a named person has adopted. Until then a rule may retain or ask, and nothing more.

Adoptions are a file of the workspace, `policies/adopted.yaml`, so that they are reviewed and kept
under version control like every other declaration. An adoption names the rule's content by hash: a
rule that has changed must be adopted again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from govreg.policy.rule import Rule
from govreg.yaml12 import StrictModel, new, read, validate, version_of, write

FORMAT = 1
FILE = Path("policies") / "adopted.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A named person's word that a rule is the organisation's."""

    rule: str
    content_hash: str
    by: str
    on: dt.date


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


NOTHING_ADOPTED = Adopted(adoptions={})


class AdoptionFile(StrictModel):
    """One adoption as written."""

    content_hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    by: str = Field(min_length=1)
    on: dt.date


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
    document = read(path)
    version_of(document, "govreg_adoptions", FORMAT)
    held = validate(AdoptedFile, document)
    return Adopted(
        adoptions={
            name: Adoption(rule=name, content_hash=a.content_hash, by=a.by, on=a.on)
            for name, a in held.adopted.items()
        }
    )


def write_adopted(workspace: Path, rules: Iterable[Rule], *, by: str, on: dt.date) -> None:
    """Add adoptions to the file, keeping its comments."""
    path = workspace / FILE
    document = read(path) if path.exists() else new(path, {"govreg_adoptions": FORMAT})
    held = document.data.setdefault("adopted", {})
    for rule in rules:
        held[rule.id] = {"content_hash": rule.content_hash, "by": by, "on": on}
    write(document)
