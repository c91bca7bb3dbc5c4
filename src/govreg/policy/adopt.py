"""Which rules a named person has adopted. Until then a rule may retain or ask, and nothing more.

Adoptions are a file of the workspace, `policies/adopted.yaml`, so that they are reviewed and kept
under version control like every other declaration. An adoption names the rule's content by hash: a
rule that has changed must be adopted again. It also says how sure the rule's wording was, by the
mark that was read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field
from ruamel.yaml.comments import CommentedMap

from govreg.policy.rule import Rule
from govreg.yaml12 import (
    StrictModel,
    new,
    parse,
    raw_of,
    read,
    text_in,
    validate,
    version_of,
    write,
)

FORMAT = 1
FILE = Path("policies") / "adopted.yaml"
_HEAD = [f"govreg_adoptions: {FORMAT}", "adopted:"]
_LINE = re.compile(
    r"  (?P<rule>[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+): "
    r"\{content_hash: (?:(?P<hash>(?=[0-9be]*[acdf])[0-9a-f]{64})|'(?P<quoted>[0-9a-f]{64})'), "
    r"by: (?P<by>[A-Za-z][A-Za-z0-9_.@-]*), on: (?P<on>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:, read: (?P<read>high|medium|low))?\}(?: +#.*)?"
)
"""A line as it is written here. A hash of nothing but digits, b and e may be a number to YAML."""
_NO_NAMES = frozenset({"true", "false", "null"})  # to YAML they are no text


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
    text = text_in(raw_of(path), path)
    held = _lines(text)
    return Adopted(adoptions=_in_full(text, path) if held is None else held)


def _in_full(text: str, path: Path) -> dict[str, Adoption]:
    document = parse(text, path)
    version_of(document, "govreg_adoptions", FORMAT)
    return {
        name: Adoption(rule=name, content_hash=a.content_hash, by=a.by, on=a.on, read=a.read)
        for name, a in validate(AdoptedFile, document).adopted.items()
    }


def _lines(text: str) -> dict[str, Adoption] | None:
    """The adoptions where each line is as `write_adopted` writes it, or only a comment.

    Every command reads the file, and YAML takes a second for a few hundred lines. What is written
    in any other way is None: it is left to the reader of YAML, as is every error.
    """
    lines = text.split("\n")
    if not all(map(str.isprintable, lines)):
        return None
    said = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if said[:2] != _HEAD:
        return None
    held: dict[str, Adoption] = {}
    for line in said[2:]:
        found = _LINE.fullmatch(line)
        if found is None or found["rule"] in held or found["by"].lower() in _NO_NAMES:
            return None
        try:
            on = dt.date.fromisoformat(found["on"])
        except ValueError:
            return None
        held[found["rule"]] = Adoption(
            rule=found["rule"],
            content_hash=found["hash"] or found["quoted"],
            by=found["by"],
            on=on,
            read=found["read"],
        )
    return held or None


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
