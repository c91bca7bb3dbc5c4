"""The workspace's own settings: `govreg.toml`, read once into frozen facts.

- A wrong setting is refused with file, line, key and the way out; an unknown key with a suggestion.
- A secret is a reference (`env:NAME`, `file:PATH`, `keyring:NAME`), never the secret itself; a URL
  with a password in it is refused.
- The environment overrides two settings only: `GOVREG_STORE_URL` and `GOVREG_KEYS_PASSPHRASE`.
- Sources and activities are read elsewhere; nothing here opens the store.
"""

from __future__ import annotations

import datetime as dt
import difflib
import importlib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from govreg.errors import ConfigurationProblem, NotFound

FILE = "govreg.toml"
"""The file that makes a folder a workspace."""

_REFERENCE = re.compile(r"(env|file|keyring):(.+)", re.DOTALL)
_URL_PASSWORD = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#@\s]*:[^/?#]+@")
_URL_SECRET = re.compile(
    r"[?&;](password|passwd|pwd|token|secret|api_?key|access_?key)=[^&;]", re.IGNORECASE
)
_AS_REFERENCE = "write a reference: `env:NAME`, `file:PATH` or `keyring:NAME`"


class Role(StrEnum):
    """What a person may do in the workspace."""

    ADMINISTRATOR = "administrator"
    DPO = "dpo"
    COMPLIANCE = "compliance"
    STEWARD = "steward"
    ENGINEER = "engineer"
    AUDITOR = "auditor"


def is_reference(text: str) -> bool:
    """Whether `text` names a secret instead of being one."""
    return _REFERENCE.fullmatch(text) is not None


def holds_password(text: str) -> bool:
    """Whether a URL or connection text carries a password or a token in the clear."""
    return bool(_URL_PASSWORD.search(text) or _URL_SECRET.search(text))


def _reference(text: str) -> str:
    if not is_reference(text):
        raise ValueError(f"a secret may not stand here in the clear; {_AS_REFERENCE}")
    return text


def _url(text: str) -> str:
    if not is_reference(text) and holds_password(text):
        raise ValueError(f"a password may not stand in a URL; {_AS_REFERENCE} to the whole URL")
    return text


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise ValueError("is no e-mail address; write one such as `privacy@acme.example`")
    return text


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", text):
        raise ValueError("is no country code; write two capital letters such as `FI`")
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (OSError, ValueError):
        raise ValueError("is no known time zone; write one such as `Europe/Helsinki`") from None
    return text


def _origin(text: str) -> str:
    if "://" in text or not re.fullmatch(r"[^\s+/]+(/[^\s+/]+)*", text):
        raise ValueError(
            "is no origin; write a URL without its scheme, such as `acme.example/privacy-log`"
        )
    return text


def _month_day(text: str) -> str:
    try:
        dt.date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise ValueError("is no day of the year; write month and day, such as `12-31`") from None
    return text


def _four_eyes(value: object) -> object:
    return {"enabled": value} if isinstance(value, bool) else value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Email = Annotated[Text, AfterValidator(_email)]
Country = Annotated[Text, AfterValidator(_country)]


class _Part(BaseModel):
    """A table of the file: frozen, typed strictly, closed to unknown keys."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, populate_by_name=True
    )


class Controller(_Part):
    """Who decides why and how the data are processed."""

    name: Text
    address: Text
    email: Email
    country: Country


class Officer(_Part):
    """The data protection officer, or the person who answers for privacy."""

    name: Text
    email: Email
    phone: Text | None = None


class Authority(_Part):
    """The supervisory authority that a person may complain to."""

    name: Text
    url: Annotated[Text, AfterValidator(_url)]
    email: Email | None = None


class Person(_Part):
    """A named person and what they may do."""

    name: Text
    roles: Annotated[tuple[Annotated[Role, Field(strict=False)], ...], Field(strict=False)]


class StoreSettings(_Part):
    """Where the register's own database is."""

    url: Annotated[Text, AfterValidator(_url)] = "sqlite:///.govreg/register.db"


class KeySettings(_Part):
    """Which provider holds the master key, and the reference to its passphrase."""

    provider: Text = "local"
    passphrase: Annotated[Text, AfterValidator(_reference)] | None = None


class AuditSettings(_Part):
    """The name under which checkpoints of the log are published."""

    origin: Annotated[Text, AfterValidator(_origin)]


class FourEyes(_Part):
    """Whether a second person must approve what destroys or discloses."""

    enabled: bool = True
    reason: Text | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> FourEyes:
        if not self.enabled and self.reason is None:
            raise ValueError(
                "is switched off without a reason; write "
                '`four_eyes = {enabled = false, reason = "..."}`'
            )
        return self


class FinancialYear(_Part):
    """When the controller's financial year ends."""

    end: Annotated[Text, AfterValidator(_month_day)] = "12-31"


class RequestRetention(_Part):
    """How long the record of a closed subject request is kept."""

    months: PositiveInt = 24


class BundleSettings(_Part):
    """How long a finished access bundle is kept for collection."""

    keep_days: PositiveInt = 30


class Limits(_Part):
    """Where the search for one person's rows stops; a search that stops says so."""

    rounds: PositiveInt = 6
    rows_per_collection: PositiveInt = 50_000
    fan_out: PositiveInt = 20_000
    identifiers_per_kind: PositiveInt = 20


class Settings(_Part):
    """Everything that `govreg.toml` says."""

    workspace: Path = Field(exclude=True, json_schema_extra={"readOnly": True})
    controller: Controller
    dpo: Officer
    authority: Authority
    people: dict[str, Person] = Field(default_factory=dict)
    store: StoreSettings = StoreSettings()
    keys: KeySettings = KeySettings()
    time_zone: Annotated[Text, AfterValidator(_zone)]
    languages: Annotated[tuple[Text, ...], Field(strict=False, min_length=1)] = ("en",)
    country: Country
    audit: AuditSettings
    four_eyes_setting: Annotated[FourEyes, BeforeValidator(_four_eyes)] = Field(
        default=FourEyes(), alias="four_eyes"
    )
    financial_year: FinancialYear = FinancialYear()
    retention_of_requests: RequestRetention = RequestRetention()
    bundle: BundleSettings = BundleSettings()
    limits: Limits = Limits()

    @property
    def four_eyes(self) -> bool:
        """Whether a second person must approve."""
        return self.four_eyes_setting.enabled

    @property
    def four_eyes_reason(self) -> str | None:
        """Why it is switched off; every certificate prints this."""
        return self.four_eyes_setting.reason

    def roles_of(self, actor: str) -> frozenset[Role]:
        """The roles of the person with this key; empty for somebody who is not named."""
        person = self.people.get(actor)
        return frozenset(person.roles) if person else frozenset()

    def store_url(self) -> str:
        """The store's URL, its reference resolved and a relative SQLite path made absolute."""
        url = self.store.url
        if is_reference(url):
            url = resolve_secret(url, self.workspace)
        lead, marker, path = url.partition("sqlite:///")
        if lead or not marker or path in {"", ":memory:"} or Path(path).is_absolute():
            return url
        return f"sqlite:///{(self.workspace / path).absolute()}"
