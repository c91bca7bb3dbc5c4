"""The file `signals.yaml`: which activities signals speak of; see `docs/spec/signals-file.md`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator

from govreg.consent.model import Act, Channel
from govreg.consent.notice_file import require_flags
from govreg.consent.signals.heard import NAMES as SECTIONS
from govreg.consent.signals.meaning import Needs, OptOut, TcfNeeds
from govreg.consent.signals.tcf_model import PURPOSES, SPECIAL_FEATURES
from govreg.consent.signals.tcf_rules import CONSENT_ONLY
from govreg.validation import suggestion
from govreg.yaml12 import Document, StrictModel, problem_at, read, validate, version_of

FORMAT = 1
NAME = "signals.yaml"

_Purpose = Annotated[int, Field(ge=1, le=max(PURPOSES))]
_SpecialFeature = Annotated[int, Field(ge=1, le=max(SPECIAL_FEATURES))]

_BY_CONTROL = frozenset({OptOut.SALE, OptOut.SHARING, OptOut.TARGETED_ADVERTISING})
"""What Global Privacy Control opts out of, unless the file says otherwise."""


class TcfFile(StrictModel):
    """`tcf:` as written."""

    purposes: list[_Purpose] = []
    special_features: list[_SpecialFeature] = []
    legitimate_interests: list[_Purpose] = []
    vendor: Annotated[int, Field(ge=1, le=65535)] | None = None

    @field_validator("legitimate_interests")
    @classmethod
    def _possible(cls, value: list[int]) -> list[int]:
        """A string never has one of the others: everybody would seem to object."""
        if barred := sorted(CONSENT_ONLY & set(value)):
            raise ValueError(
                f"legitimate interest is no basis for purposes {', '.join(map(str, barred))}; "
                "name them under `purposes`: they need consent"
            )
        return value


class NeedsFile(StrictModel):
    """One activity as written."""

    tcf: TcfFile | None = None
    us: list[OptOut] = []
    gpc: bool | None = None


class CollectedFile(StrictModel):
    """`collected:` as written."""

    notice: str | None = None
    act: Act | None = None
    channel: Channel | None = None
    steps: int | None = Field(default=None, ge=1)
    explicit: bool | None = None
    attested: dict[str, bool] = {}

    @field_validator("attested")
    @classmethod
    def _known(cls, value: dict[str, bool]) -> dict[str, bool]:
        require_flags(value)
        return value


class SignalsFile(StrictModel):
    """The file as written."""

    govreg_signals: int
    collected: CollectedFile = CollectedFile()
    sections: list[str] | None = Field(default=None, min_length=1)
    activities: dict[str, NeedsFile] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalMapping:
    """What signals mean in a workspace."""

    activities: Mapping[str, Needs]
    sections: frozenset[int] | None = None
    """Ids of the sections that can apply here; None: every one."""
    notice: str | None = None
    """The notice that the banner shows, and how it collects what TC strings say."""
    act: Act | None = None
    channel: Channel | None = None
    steps: int | None = None
    explicit: bool | None = None
    attested: Mapping[str, bool] = field(default_factory=dict)


def load_mapping(workspace: Path, activities: Mapping[str, object]) -> SignalMapping | None:
    """The mapping of a workspace; None where there is no file.

    Args:
        workspace: Its folder.
        activities: Those of the register, by name.

    Raises:
        ConfigurationProblem: with file, line, key and the way out.
    """
    path = workspace / NAME
    if not path.exists():
        return None
    return mapping_in(read(path), activities)


def mapping_in(document: Document, activities: Mapping[str, object]) -> SignalMapping:
    """The mapping out of its file.

    Raises:
        ConfigurationProblem: with file, line, key and the way out.
    """
    version_of(document, "govreg_signals", FORMAT)
    held = validate(SignalsFile, document)
    for at, name in enumerate(held.sections or ()):
        if name not in SECTIONS:
            raise problem_at(
                document,
                ("sections", at),
                f"there is no section `{name}` that is read",
                suggestion(name, list(SECTIONS)),
            )
    for name, needs in held.activities.items():
        if name not in activities:
            raise problem_at(
                document,
                ("activities", name),
                f"there is no activity `{name}`",
                suggestion(name, sorted(activities)),
            )
        _require_said(document, name, needs)
    said = held.collected
    return SignalMapping(
        activities={name: _needs(one) for name, one in held.activities.items()},
        sections=frozenset(SECTIONS[name] for name in held.sections) if held.sections else None,
        notice=said.notice,
        act=said.act,
        channel=said.channel,
        steps=said.steps,
        explicit=said.explicit,
        attested=said.attested,
    )


def signals_schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **SignalsFile.model_json_schema(),
        "title": "Which activities consent signals speak of",
    }


def _require_said(document: Document, name: str, needs: NeedsFile) -> None:
    if needs.tcf is None and not needs.us and not needs.gpc:
        raise problem_at(
            document,
            ("activities", name),
            "no signal speaks of it",
            "say `tcf:`, `us:` or `gpc: true`, or leave the activity out",
        )
    tcf = needs.tcf
    if tcf and not (tcf.purposes or tcf.special_features or tcf.legitimate_interests):
        raise problem_at(
            document,
            ("activities", name, "tcf"),
            "a TC string says nothing of it",
            "name `purposes`, `special_features` or `legitimate_interests`",
        )


def _needs(said: NeedsFile) -> Needs:
    tcf = said.tcf
    return Needs(
        tcf=TcfNeeds(
            purposes=tuple(tcf.purposes),
            special_features=tuple(tcf.special_features),
            legitimate_interests=tuple(tcf.legitimate_interests),
            vendor=tcf.vendor,
        )
        if tcf
        else None,
        us=frozenset(said.us),
        gpc=not _BY_CONTROL.isdisjoint(said.us) if said.gpc is None else said.gpc,
    )
