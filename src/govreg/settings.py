"""`govreg.toml`: who the organisation is, who works with the register, where the store is.

Read once, frozen, passed on. Secrets are references (`env:NAME`, `file:PATH`, `keyring:NAME`); a
literal secret is refused. The environment may override the store's URL and the key passphrase.
"""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from govreg.errors import ConfigurationProblem, NotFound
from govreg.secrets import holds_password, is_reference
from govreg.validation import wrongs

FILE = "govreg.toml"
ROLES = ("administrator", "dpo", "compliance", "steward", "engineer", "auditor")
Role = Literal["administrator", "dpo", "compliance", "steward", "engineer", "auditor"]


_DAYS = frozenset(
    (dt.date(2000, 1, 1) + dt.timedelta(days=days)).strftime("%m-%d") for days in range(366)
)
"""Every day of a leap year, as `MM-DD`."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Controller(_Part):
    """The controller, as documents name it (Art. 13(1)(a) GDPR)."""

    name: str
    address: str
    email: str
    country: str = Field(pattern=r"^[A-Z]{2}$")
    phone: str | None = None
    privacy_notice: str | None = Field(default=None, pattern=r"^https?://")
    """Address of the general privacy notice; receipts of consent name it."""


class Officer(_Part):
    """The data protection officer (Art. 13(1)(b) GDPR)."""

    name: str
    email: str
    phone: str | None = None


class Authority(_Part):
    """The supervisory authority to complain to (Art. 15(1)(f) GDPR)."""

    name: str
    url: str
    email: str | None = None


class Person(_Part):
    """Somebody who works with the register."""

    name: str
    roles: tuple[Role, ...]


class StorePart(_Part):
    """Where the store is; a URL with a password in it is a reference such as `env:NAME`."""

    url: str = "sqlite:///.govreg/register.db"


class KeysPart(_Part):
    """Where root keys are."""

    provider: str = "local"
    passphrase: str | None = None


class AuditPart(_Part):
    """The audit log's name: a URL without a scheme."""

    origin: str = Field(pattern=r"^[a-z0-9.-]+(/[A-Za-z0-9._-]+)+$")


class FourEyesOff(_Part):
    """One person may plan and approve; the reason is printed on every certificate."""

    enabled: Literal[False]
    reason: str = Field(min_length=10)


class FinancialYear(_Part):
    """When the financial year ends, as `MM-DD`."""

    end: str = "12-31"

    @field_validator("end")
    @classmethod
    def _a_day(cls, value: str) -> str:
        if value not in _DAYS:
            raise ValueError(
                "no such day; write month and day, such as `12-31`, or `02-29` for the end of "
                "February"
            )
        return value


class RequestRetention(_Part):
    """How long a request's own papers are kept after the answer."""

    months: int = Field(default=24, ge=1)


class BundlePart(_Part):
    """How long a sealed answer stays in the workspace."""

    keep_days: int = Field(default=30, ge=1)


class ConsentPart(_Part):
    """`[consent]`: how long what proves an erased person's choices stays."""

    proof_months: int = Field(default=36, ge=1, le=1200)


class LimitsPart(_Part):
    """Where a search for one person stops and says so."""

    rounds: int = Field(default=6, ge=1)
    rows_per_collection: int = Field(default=50_000, ge=1)
    fan_out: int = Field(default=20_000, ge=1)
    identifiers_per_kind: int = Field(default=20, ge=1)


class OrganisationPart(_Part):
    """`[organisation]`: what laws ask about it. What is left out is not known to any rule."""

    kind: Literal["private", "public_authority", "non_profit"] | None = None
    role: Literal["controller", "processor"] | None = None
    hipaa_role: Literal["covered_entity", "business_associate", "none"] | None = None
    ccpa_business: bool | None = None
    """Whether it meets a threshold of Cal. Civ. Code 1798.140(d)."""
    eu_established: bool | None = None
    targets_eu: bool | None = None
    """Whether it offers goods or services to people in the EEA, or monitors them there."""


class Settings(_Part):
    """Everything in `govreg.toml`."""

    controller: Controller
    dpo: Officer
    authority: Authority
    people: dict[str, Person] = {}
    store: StorePart = StorePart()
    keys: KeysPart = KeysPart()
    audit: AuditPart
    time_zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    organisation: OrganisationPart = OrganisationPart()
    four_eyes_setting: bool | FourEyesOff = Field(default=True, alias="four_eyes")
    financial_year: FinancialYear = FinancialYear()
    retention_of_requests: RequestRetention = RequestRetention()
    bundle: BundlePart = BundlePart()
    limits: LimitsPart = LimitsPart()
    consent: ConsentPart = ConsentPart()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder
            raise ValueError(f"no such time zone; {_near_zone(value)}") from None
        return value

    @field_validator("four_eyes_setting")
    @classmethod
    def _reasoned(cls, value: bool | FourEyesOff) -> bool | FourEyesOff:  # noqa: FBT001 - pydantic's form
        if value is False:
            raise ValueError(
                "switching four eyes off needs a reason: "
                '`four_eyes = {enabled = false, reason = "…"}`'
            )
        return value

    @property
    def four_eyes(self) -> bool:
        """Whether the approver must be another person than the planner."""
        return self.four_eyes_setting is True

    @property
    def four_eyes_reason(self) -> str | None:
        """Why four eyes are off."""
        held = self.four_eyes_setting
        return held.reason if isinstance(held, FourEyesOff) else None

    def roles_of(self, actor: str) -> tuple[str, ...]:
        """The roles of a person; nobody unknown has any."""
        person = self.people.get(actor)
        return person.roles if person else ()


def _near_zone(value: str) -> str:
    """The zone that was meant, if one is near: by its whole name, or by its town."""
    zones = {zone.lower(): zone for zone in sorted(available_timezones())}
    towns = {zone.rpartition("/")[2]: name for zone, name in zones.items()}
    for known in (zones, towns):
        close = difflib.get_close_matches(value.lower(), known, n=1)
        if close:
            return f"did you mean `{known[close[0]]}`?"
    return "write one such as `Europe/Helsinki`"


class _Environment(BaseSettings):
    """What the environment may override."""

    model_config = SettingsConfigDict(env_prefix="GOVREG_", extra="ignore")

    store_url: str | None = None
    keys_passphrase: str | None = None


def find_workspace(start: Path) -> Path:
    """The nearest folder at or above `start` that holds `govreg.toml`.

    Raises:
        NotFound: there is none.
    """
    for folder in (start.absolute(), *start.absolute().parents):
        if (folder / FILE).is_file():
            return folder
    raise NotFound(
        f"there is no `{FILE}` in `{start}` or above it",
        "`govreg init DIR` makes a workspace; `--workspace DIR` names one",
    )


def load(workspace: Path) -> Settings:
    """Read a workspace's settings.

    Raises:
        ConfigurationProblem: with file, line, key and what to write instead.
    """
    path = workspace / FILE
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise ConfigurationProblem("there is no such file", file=path) from None
    except UnicodeDecodeError:
        raise ConfigurationProblem("the file is not UTF-8", file=path) from None
    except tomllib.TOMLDecodeError as problem:
        place = str(problem).rpartition("(at line ")[2].partition(",")[0]
        line = int(place) if place.isdigit() else None
        raise ConfigurationProblem("the file is not valid TOML", file=path, line=line) from None
    try:
        held = Settings.model_validate(data)
    except ValidationError as problem:
        found = [
            ConfigurationProblem(
                wrong.message,
                wrong.way_out,
                file=path,
                line=_line(text, [str(part) for part in wrong.place if isinstance(part, str)]),
                key=".".join(map(str, wrong.place)) or None,
            )
            for wrong in wrongs(Settings, data, problem)
        ]
        found[0].details = (*found[0].details, *(str(other) for other in found[1:]))
        raise found[0] from None
    _refuse_secrets(held, path, text)
    return _overridden(held)


def _refuse_secrets(settings: Settings, path: Path, text: str) -> None:
    if holds_password(settings.store.url):
        raise ConfigurationProblem(
            "the store's URL holds a password, and a secret is never written here",
            "put the whole URL into the environment and write `env:NAME`, or refer to "
            "`file:PATH` or `keyring:NAME`",
            file=path,
            line=_line(text, ["store", "url"]),
            key="store.url",
        )
    if settings.keys.passphrase and not is_reference(settings.keys.passphrase):
        raise ConfigurationProblem(
            "a passphrase is never written here",
            "write a reference: `env:NAME`, `file:PATH` or `keyring:NAME`",
            file=path,
            line=_line(text, ["keys", "passphrase"]),
            key="keys.passphrase",
        )


def _overridden(settings: Settings) -> Settings:
    environment = _Environment()
    if environment.store_url:
        settings = settings.model_copy(update={"store": StorePart(url=environment.store_url)})
    if environment.keys_passphrase:
        settings = settings.model_copy(
            update={
                "keys": settings.keys.model_copy(
                    update={"passphrase": environment.keys_passphrase}
                )
            }
        )
    if settings.keys.passphrase and not is_reference(settings.keys.passphrase):
        raise ConfigurationProblem(
            "a passphrase is never written here",
            "write a reference: `env:NAME`, `file:PATH` or `keyring:NAME`",
            key="GOVREG_KEYS_PASSPHRASE",
        )
    return settings


def _line(text: str, loc: list[str]) -> int | None:
    """The line of a key, or of its table, as well as a look at the text can tell."""
    if not loc:
        return None
    wanted_table, wanted_key = ".".join(loc[:-1]), loc[-1]
    table, table_line = "", None
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("["):
            table = bare.strip("[]").strip()
            if table in {wanted_table, ".".join(loc)}:
                table_line = number
        elif table == wanted_table and bare.partition("=")[0].strip() == wanted_key:
            return number
    return table_line or _line(text, loc[:-1])
