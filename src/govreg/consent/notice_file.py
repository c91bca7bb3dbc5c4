"""Notice files: `notices/*.yaml`, read and checked; see `docs/spec/notice-file.md`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator

from govreg.consent.model import Channel
from govreg.consent.notice import Change, Notice, Withdrawal
from govreg.policy.fact import FactKind
from govreg.policy.facts import FACTS
from govreg.policy.minimum import PERIOD
from govreg.validation import suggestion
from govreg.yaml12 import (
    Document,
    StrictModel,
    files_in,
    problem_at,
    read,
    validate,
    version_of,
)

FORMAT = 1
FOLDER = "notices"

_NAME = r"^[a-z][a-z0-9_-]*$"
_LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
Words = dict[Annotated[str, Field(pattern=_LANGUAGE)], Annotated[str, Field(min_length=1)]]
"""A text for each language."""


class ChangedFile(StrictModel):
    """`changed:` as written."""

    words: Words = Field(min_length=1)
    renew: bool
    activities: list[str] = []


class WithdrawalFile(StrictModel):
    """`withdrawal:` as written."""

    steps: int = Field(ge=1)
    channels: list[Channel] = Field(min_length=1)
    words: Words = {}


class NoticeFile(StrictModel):
    """A notice as written."""

    govreg_notice: int
    notice: str = Field(pattern=_NAME, max_length=80)
    version: int = Field(ge=1)
    controller: str | None = None
    activities: list[str] = Field(min_length=1)
    in_force_from: dt.date
    texts: Words = Field(min_length=1)
    attested: dict[str, bool] = {}
    withdrawal: WithdrawalFile | None = None
    changed: ChangedFile | None = None
    valid_for: str | None = Field(default=None, pattern=PERIOD)
    url: str | None = Field(default=None, pattern=r"^https?://\S+$")

    @field_validator("attested")
    @classmethod
    def _known(cls, value: dict[str, bool]) -> dict[str, bool]:
        require_flags(value)
        return value


def require_flags(attested: Iterable[str]) -> None:
    """Refuse what cannot be attested of a collection.

    Raises:
        ValueError: there is nothing of that name.
    """
    flags = [
        one.name.partition(".")[2]
        for one in FACTS.values()
        if one.name.startswith("consent.") and one.kind is FactKind.FLAG
    ]
    for name in attested:
        if name not in flags:
            raise ValueError(f"there is nothing called `{name}`; {suggestion(name, flags)}")


def load_notices(workspace: Path, *, controller: str) -> Mapping[str, tuple[Notice, Document]]:
    """The notices of a workspace's files, by name.

    Args:
        workspace: Its folder.
        controller: Whose notice one is that names no controller.

    Raises:
        ConfigurationProblem: with file, line, key and the way out.
    """
    found: dict[str, tuple[Notice, Document]] = {}
    for path in files_in(workspace / FOLDER):
        document = read(path)
        notice = notice_in(document, controller=controller)
        if notice.name in found:
            raise problem_at(document, ("notice",), "another file has a notice of this name")
        found[notice.name] = (notice, document)
    return found


def notice_in(document: Document, *, controller: str) -> Notice:
    """One notice out of its file.

    Raises:
        ConfigurationProblem: with file, line, key and the way out.
    """
    version_of(document, "govreg_notice", FORMAT)
    held = validate(NoticeFile, document)
    if held.version > 1 and held.changed is None:
        raise problem_at(
            document,
            ("version",),
            f"version {held.version} must say what it changed",
            "`changed: {words: {en: …}, renew: true}`, or `renew: false` where consent given "
            "before still covers it",
        )
    if held.version == 1 and held.changed is not None:
        raise problem_at(
            document, ("changed",), "the first version changes nothing", "take it out"
        )
    for at, name in enumerate(held.changed.activities if held.changed else ()):
        if name not in held.activities:
            raise problem_at(
                document,
                ("changed", "activities", at),
                f"`{name}` is none of the notice's activities",
                suggestion(name, held.activities),
            )
    return Notice(
        name=held.notice,
        version=held.version,
        controller=held.controller or controller,
        activities=tuple(held.activities),
        texts=held.texts,
        in_force_from=held.in_force_from,
        attested=held.attested,
        withdrawal=Withdrawal(
            steps=held.withdrawal.steps,
            channels=tuple(held.withdrawal.channels),
            words=held.withdrawal.words,
        )
        if held.withdrawal
        else None,
        changed=Change(
            words=held.changed.words,
            renew=held.changed.renew,
            activities=tuple(held.changed.activities),
        )
        if held.changed
        else None,
        valid_for=held.valid_for,
        url=held.url,
    )


def notice_schema() -> dict[str, Any]:
    """The JSON Schema of a notice file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **NoticeFile.model_json_schema(),
        "title": "A notice: what people are told before they choose",
    }
