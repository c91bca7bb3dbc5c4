"""Read the register out of a workspace's files, every cross-reference checked.

- `sources/*.yaml` and `activities/*.yaml` are read; a file that only looks like one is an error.
- Links and kept fields must name things that exist; an error names file, line and what is near.
- A field without a category is read as unclassified: a finding, not an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from govreg.register.crossing import completed, cross_check
from govreg.register.documents import (
    ActivityFile,
    CollectionFile,
    ConstantFile,
    FieldFile,
    GeneraliseFile,
    MinimumFile,
    ProtectFile,
    SourceFile,
)
from govreg.register.entries import (
    automated_of,
    recipient_of,
    residue_of,
    title_of,
    titles_of,
    words_of,
)
from govreg.register.model import (
    NOT_PERSONAL,
    Activity,
    Collection,
    Field,
    Link,
    Minimum,
    OnErase,
    Protect,
    Register,
    Source,
    Strategy,
)
from govreg.secrets import holds_password, is_reference
from govreg.yaml12 import (
    Document,
    files_in,
    problem_at,
    read,
    validate,
    version_of,
)

SOURCE_FORMAT = ACTIVITY_FORMAT = 1
SOURCES, ACTIVITIES = "sources", "activities"

_SECRET_KEYS = re.compile(r"(?i)(passw|secret|token|api_?key|credential)")
_NUMBER_KEYS = re.compile(r"(?i)(passw(or)?d|secret|token|api_?key|credential)s?$")
"""Stricter for numbers: `token_seconds: 60` is a setting, `token: 60` is a secret."""


def load_register(workspace: Path) -> Register:
    """The register that a workspace's files declare.

    Raises:
        ConfigurationProblem: with file, line, key and the way out.
    """
    activities: dict[str, Activity] = {}
    for path in files_in(workspace / ACTIVITIES):
        document = read(path)
        activity = activity_of(document)
        if activity.name in activities:
            raise problem_at(document, ("activity",), "another file has an activity of this name")
        activities[activity.name] = activity
    documents: dict[str, Document] = {}
    sources: dict[str, Source] = {}
    for path in files_in(workspace / SOURCES):
        document = read(path)
        source = source_of(document)
        if source.name in sources:
            raise problem_at(document, ("source",), "another file has a source of this name")
        sources[source.name] = source
        documents[source.name] = document
    register = Register(sources=sources, activities=activities)
    for name, document in documents.items():
        cross_check(register, sources[name], document)
    return completed(register)


def activity_of(document: Document) -> Activity:
    """One activity out of its file."""
    version_of(document, "govreg_activity", ACTIVITY_FORMAT)
    held = validate(ActivityFile, document)
    return Activity(
        name=held.activity,
        title=words_of(held.title),
        purpose=words_of(held.purpose),
        basis=held.basis,
        basis_note=held.basis_note,
        recipients=tuple(recipient_of(r) for r in held.recipients),
        no_recipients=held.no_recipients,
        retention=words_of(held.retention),
        source_of_data=words_of(held.source_of_data),
        automated_decision=automated_of(held.automated_decision),
        direct_marketing=held.direct_marketing,
        ended=held.ended,
        assessed_unlawful=held.assessed_unlawful,
        erasure_duty=held.erasure_duty,
        facts=held.facts,
        file=str(document.path),
    )


def source_of(document: Document) -> Source:
    """One source out of its file; links are completed, not yet checked against other sources."""
    version_of(document, "govreg_source", SOURCE_FORMAT)
    held = validate(SourceFile, document)
    _no_secrets(document, held.config)
    return Source(
        name=held.source,
        title=title_of(held.title, held.source),
        titles=titles_of(held.title),
        connector=held.connector,
        config=held.config,
        owner=held.owner,
        steward=held.steward,
        country=held.country,
        residue=tuple(residue_of(r) for r in held.residue),
        collections={
            name: _collection(held, name, written) for name, written in held.collections.items()
        },
        file=str(document.path),
    )


def _no_secrets(document: Document, held: Any, at: tuple[str | int, ...] = ("config",)) -> None:
    """Refuse a literal secret, and what is no plain value, anywhere in the settings."""
    if isinstance(held, Mapping):
        for name, value in held.items():
            _no_secrets(document, value, (*at, name))
    elif isinstance(held, list):
        for number, value in enumerate(held):
            _no_secrets(document, value, (*at, number))
    elif _is_secret(next(part for part in reversed(at) if isinstance(part, str)), held):
        raise problem_at(
            document,
            at,
            "a secret is never written into a source file",
            "put it into the environment and write `env:NAME` here",
        )
    elif not _is_plain(held):
        raise problem_at(
            document,
            at,
            "it is neither text, number nor truth value",
            "write a date or anything else in quotes",
        )


def _is_secret(key: str, held: Any) -> bool:
    if isinstance(held, str):
        named = _SECRET_KEYS.search(key) and not is_reference(held)
        return bool(named or holds_password(held))
    number = isinstance(held, int | float) and not isinstance(held, bool)
    return number and _NUMBER_KEYS.search(key) is not None


def _is_plain(held: Any) -> bool:
    """Whether the store can keep it: JSON has no dates, bytes, sets or infinities."""
    if isinstance(held, float):
        return math.isfinite(held)
    return held is None or isinstance(held, str | int)


def _collection(source: SourceFile, name: str, written: CollectionFile) -> Collection:
    minimums = written.retention
    return Collection(
        source=source.source,
        name=name,
        fields={
            key: _field(key, held, written.activities) for key, held in written.fields.items()
        },
        key=tuple(written.key),
        subject=written.subject,
        level=written.level,
        title=words_of(written.title),
        links=tuple(
            Link(
                fields=tuple(link.fields),
                to=_full(source, link.to),
                to_fields=tuple(link.to_fields or _target_key(source, link.to)),
                role=link.role,
                inferred=link.inferred,
            )
            for link in written.links
        ),
        minimums=tuple(
            _minimum(m) for m in (minimums if isinstance(minimums, list) else [minimums])
        ),
        on_erase=written.on_erase,
        triggers_reviewed=tuple(written.triggers_reviewed),
        country=written.country or source.country,
        facts=written.facts,
    )


def _full(source: SourceFile, to: str) -> str:
    """`source.collection`; a name of a collection of the same source comes first."""
    return f"{source.source}.{to}" if to in source.collections or "." not in to else to


def _target_key(source: SourceFile, to: str) -> list[str]:
    held = source.collections.get(to)
    return list(held.key) if held else []


def _minimum(written: MinimumFile) -> Minimum:
    return Minimum(
        rule=written.rule,
        anchor=written.anchor,
        fields=tuple(written.fields),
        record_class=written.record_class,
    )


def _field(name: str, written: FieldFile, usual: list[str]) -> Field:
    return Field(
        name=name,
        category=written.category,
        identifier=written.identifier,
        label=words_of(written.label),
        activities=tuple(written.activities or _usual(written, usual)),
        origin=written.origin,
        free_text=written.free_text,
        about_other=written.about_other,
        privileged=written.privileged,
        on_erase=_on_erase(written.on_erase),
        facts=written.facts,
        protect=_protect(written.protect),
    )


def _protect(written: str | ProtectFile | None) -> Protect | None:
    if written is None:
        return None
    return Protect(**dict(written)) if isinstance(written, ProtectFile) else Protect()


def _usual(written: FieldFile, activities: list[str]) -> list[str]:
    """What the collection is used for, where the field is personal data."""
    return activities if written.category != NOT_PERSONAL else []


def _on_erase(written: str | ConstantFile | GeneraliseFile | None) -> OnErase | None:
    if written is None:
        return None
    if isinstance(written, ConstantFile):
        return OnErase(strategy=Strategy.CONSTANT, constant=written.constant)
    if isinstance(written, GeneraliseFile):
        return OnErase(strategy=Strategy.GENERALISE_DATE, keep=written.generalise_date)
    return OnErase(strategy=Strategy(written))
