"""Source and activity files as written: the shapes that the reader accepts.

The formats are in `docs/spec/source-file.md` and `docs/spec/activity-file.md`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field as Setting
from pydantic import field_validator

from govreg.policy.fact import BASES
from govreg.register.model import Binding, KeyOf, Level, LinkRole, Origin, RowStrategy
from govreg.register.stated import ACTIVITY, ITEM, Stated, checked
from govreg.register.taxonomy import is_known, suggest
from govreg.yaml12 import StrictModel

Words = str | dict[str, str]
"""One text, or a text for each language."""


class ConstantFile(StrictModel):
    """`on_erase: {constant: TEXT}`."""

    constant: str


class GeneraliseFile(StrictModel):
    """`on_erase: {generalise_date: month}`."""

    generalise_date: Literal["year", "month"]


class ProtectFile(StrictModel):
    """`protect: {key: field, bind: field, index: NAME, pad: true}`."""

    key: KeyOf = KeyOf.SUBJECT
    bind: Binding = Binding.RECORD
    index: str | None = None
    pad: bool = False


class FieldFile(StrictModel):
    """One field as written."""

    category: str | None = None
    identifier: str | None = None
    label: Words | None = None
    activities: list[str] = []
    origin: Origin = Origin.PROVIDED
    free_text: bool = False
    about_other: bool = False
    privileged: bool = False
    facts: dict[str, bool | str] = {}
    on_erase: (
        Literal["set_null", "generalise_date", "pseudonym"] | ConstantFile | GeneraliseFile | None
    ) = None
    protect: Literal["encrypt"] | ProtectFile | None = None

    @field_validator("facts")
    @classmethod
    def _stated(cls, value: dict[str, bool | str]) -> Stated:
        return checked(value, ITEM)

    @field_validator("category")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None and not is_known(value):
            near = suggest(value)
            hint = f"; did you mean `{near}`?" if near else ""
            raise ValueError(f"there is no category `{value}`{hint}")
        return value


class LinkFile(StrictModel):
    """One link as written."""

    fields: list[str] = Setting(min_length=1)
    to: str
    to_fields: list[str] | None = None
    role: LinkRole
    inferred: bool = False


class MinimumFile(StrictModel):
    """One `retention:` entry as written."""

    rule: str
    anchor: str
    fields: list[str] = Setting(min_length=1)
    record_class: str = "record"


class CollectionFile(StrictModel):
    """One collection as written."""

    title: Words | None = None
    key: list[str] = []
    subject: str | None = None
    level: Level = Level.INDIVIDUAL
    country: str | None = Setting(default=None, pattern=r"^[A-Z]{2}$")
    links: list[LinkFile] = []
    retention: list[MinimumFile] | MinimumFile = []
    on_erase: RowStrategy = RowStrategy.DELETE
    triggers_reviewed: list[str] = []
    activities: list[str] = []
    """For every field that names none of its own."""
    facts: dict[str, bool | str] = {}
    """Of every field."""
    fields: dict[str, FieldFile]

    @field_validator("facts")
    @classmethod
    def _stated(cls, value: dict[str, bool | str]) -> Stated:
        return checked(value, ITEM)


class ResidueFile(StrictModel):
    """A copy that cannot be changed, as written."""

    what: Words
    days: int = Setting(ge=0)
    kind: (
        Literal[
            "backup", "snapshot", "replica", "cache", "log", "search_index", "export", "derived"
        ]
        | None
    ) = None


class SourceFile(StrictModel):
    """A source file as written."""

    govreg_source: int
    source: str = Setting(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)
    title: Words
    connector: str
    config: dict[str, Any] = {}
    owner: str
    steward: str | None = None
    country: str | None = Setting(default=None, pattern=r"^[A-Z]{2}$")
    residue: list[ResidueFile] = []
    collections: dict[str, CollectionFile] = {}


class RecipientFile(StrictModel):
    """A recipient as written."""

    name: str
    role: Literal["processor", "controller", "joint_controller", "authority"]
    contact: str | None = None
    country: str | None = Setting(default=None, pattern=r"^[A-Z]{2}$")
    safeguard: Words | None = None


class AutomatedDecisionFile(StrictModel):
    """What Art. 15(1)(h) GDPR asks to tell, as written."""

    logic: Words
    significance: Words
    consequences: Words | None = None


class ActivityFile(StrictModel):
    """An activity file as written."""

    govreg_activity: int
    activity: str = Setting(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)
    title: Words
    purpose: Words
    basis: str
    basis_note: str | None = None
    recipients: list[RecipientFile] = []
    no_recipients: bool = False
    retention: Words | None = None
    source_of_data: Words | None = None
    automated_decision: AutomatedDecisionFile | None = None
    direct_marketing: bool = False
    ended: bool = False
    assessed_unlawful: bool = False
    erasure_duty: bool = False
    facts: dict[str, bool | str] = {}

    @field_validator("facts")
    @classmethod
    def _stated(cls, value: dict[str, bool | str]) -> Stated:
        return checked(value, ACTIVITY)

    @field_validator("basis")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in BASES:
            raise ValueError(f"there is no lawful basis `{value}`; known: {', '.join(BASES)}")
        return value
