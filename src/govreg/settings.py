"""`govreg.toml`: who the organisation is, who works with the register, where the store is.

Read once, frozen, passed on. Secrets are references (`env:NAME`, `file:PATH`, `keyring:NAME`); a
literal secret is refused. The environment may override the store's URL and the key passphrase.
"""

from __future__ import annotations

import difflib
import os
import stat
import tomllib
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from govreg.errors import ConfigurationProblem, NotFound

FILE = "govreg.toml"
ROLES = ("administrator", "dpo", "compliance", "steward", "engineer", "auditor")
Role = Literal["administrator", "dpo", "compliance", "steward", "engineer", "auditor"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Controller(_Part):
    """The controller, as documents name it (Art. 13(1)(a) GDPR)."""

    name: str
    address: str
    email: str
    country: str = Field(pattern=r"^[A-Z]{2}$")


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
    """Where the store is."""

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

    end: str = Field(default="12-31", pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")


class RequestRetention(_Part):
    """How long a request's own papers are kept after the answer."""

    months: int = Field(default=24, ge=1)


class BundlePart(_Part):
    """How long a sealed answer stays in the workspace."""

    keep_days: int = Field(default=30, ge=1)


class LimitsPart(_Part):
    """Where a search for one person stops and says so."""

    rounds: int = Field(default=6, ge=1)
    rows_per_collection: int = Field(default=50_000, ge=1)
    fan_out: int = Field(default=20_000, ge=1)
    identifiers_per_kind: int = Field(default=20, ge=1)


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
    four_eyes_setting: bool | FourEyesOff = Field(default=True, alias="four_eyes")
    financial_year: FinancialYear = FinancialYear()
    retention_of_requests: RequestRetention = RequestRetention()
    bundle: BundlePart = BundlePart()
    limits: LimitsPart = LimitsPart()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("no such time zone; write one such as `Europe/Helsinki`") from None
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
            _problem(path, text, error)
            for error in problem.errors(
                include_input=False, include_url=False, include_context=False
            )
        ]
        found[0].details = (*found[0].details, *(str(other) for other in found[1:]))
        raise found[0] from None
    return _overridden(held, path)


def _overridden(settings: Settings, path: Path) -> Settings:
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
            file=path,
            key="keys.passphrase",
        )
    return settings


def _problem(path: Path, text: str, error: Any) -> ConfigurationProblem:
    loc = [str(part) for part in error["loc"] if str(part) not in {"bool", "FourEyesOff"}]
    named = [part for part in loc if not part.isdigit()]
    line = _line(text, named) if named else None
    key = ".".join(loc)
    if error["type"] == "extra_forbidden":
        known = _known(loc[:-1])
        close = difflib.get_close_matches(loc[-1], known, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(known)}"
        return ConfigurationProblem("there is no such key", hint, file=path, line=line, key=key)
    if error["type"] == "missing":
        return ConfigurationProblem("this key is required", file=path, line=line, key=key)
    message = str(error["msg"]).removeprefix("Value error, ")
    return ConfigurationProblem(message[:1].lower() + message[1:], file=path, line=line, key=key)


def _known(loc: list[str]) -> list[str]:
    model: Any = Settings
    for part in loc:
        field = model.model_fields.get(part)
        if field is None:
            break
        inner = field.annotation
        if inner is not None and getattr(inner, "__args__", None):
            inner = inner.__args__[-1]
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            break
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _line(text: str, loc: list[str]) -> int | None:
    """The line of a key, or of its table, as well as a look at the text can tell."""
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
    return table_line


def is_reference(text: str) -> bool:
    """Whether a text refers to a secret instead of being one."""
    return text.partition(":")[0] in {"env", "file", "keyring"} and bool(text.partition(":")[2])


def resolve_secret(reference: str, workspace: Path) -> str:
    """The secret that a reference names.

    Raises:
        ConfigurationProblem: no reference, or nothing behind it.
    """
    kind, _, name = reference.partition(":")
    match kind:
        case "env":
            held = os.environ.get(name)
            if held is None:
                raise ConfigurationProblem(
                    f"the environment has no `{name}`", f"set it, or change `env:{name}`"
                )
            return held
        case "file":
            return _from_file(workspace / name)
        case "keyring":
            return _from_keyring(name)
    raise ConfigurationProblem(
        "a secret is given by reference", "write `env:NAME`, `file:PATH` or `keyring:NAME`"
    )


def _from_file(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationProblem("the secret file cannot be read", file=path) from None
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        raise ConfigurationProblem(
            "the secret file can be read by everybody", f"`chmod 600 {path}`", file=path
        )
    return text.strip("\r\n")


def _from_keyring(name: str) -> str:
    try:
        import keyring
    except ImportError:
        raise ConfigurationProblem(
            "secrets in the system's keyring need the package `keyring`",
            "`pip install keyring`, or refer to `env:` or `file:`",
        ) from None
    held: str | None = keyring.get_password("govreg", name)
    if held is None:
        raise ConfigurationProblem(
            f"the keyring has no entry `{name}` for govreg", f"`keyring set govreg {name}`"
        )
    return held
