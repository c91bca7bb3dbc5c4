"""The file `signals.yaml`: which activities signals speak of; see `docs/spec/signals-file.md`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from govreg.consent.model import Act, Channel
from govreg.consent.signals.meaning import Needs, OptOut, TcfNeeds
from govreg.validation import suggestion
from govreg.yaml12 import Document, StrictModel, problem_at, read, validate, version_of

FORMAT = 1
NAME = "signals.yaml"

_Purpose = Annotated[int, Field(ge=1, le=24)]


class TcfFile(StrictModel):
    """`tcf:` as written."""

    purposes: list[_Purpose] = []
    special_features: list[Annotated[int, Field(ge=1, le=12)]] = []
    legitimate_interests: list[_Purpose] = []
    vendor: Annotated[int, Field(ge=1, le=65535)] | None = None


class NeedsFile(StrictModel):
    """One activity as written."""

    tcf: TcfFile | None = None
    us: list[OptOut] = []
    gpc: bool = False


class CollectedFile(StrictModel):
    """`collected:` as written."""

    notice: str | None = None
    act: Act | None = None
    channel: Channel | None = None
    steps: int | None = Field(default=None, ge=1)
    explicit: bool | None = None
    attested: dict[str, bool] = {}


class SignalsFile(StrictModel):
    """The file as written."""

    govreg_signals: int
    collected: CollectedFile = CollectedFile()
    activities: dict[str, NeedsFile] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalMapping:
    """What signals mean in a workspace."""

    activities: Mapping[str, Needs]
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
    for name, needs in held.activities.items():
        if name not in activities:
            raise problem_at(
                document,
                ("activities", name),
                f"there is no activity `{name}`",
                suggestion(name, sorted(activities)),
            )
        if needs.tcf is None and not needs.us and not needs.gpc:
            raise problem_at(
                document,
                ("activities", name),
                "no signal speaks of it",
                "say `tcf:`, `us:` or `gpc: true`, or leave the activity out",
            )
    said = held.collected
    return SignalMapping(
        activities={name: _needs(one) for name, one in held.activities.items()},
        notice=said.notice,
        act=said.act,
        channel=said.channel,
        steps=said.steps,
        explicit=said.explicit,
        attested=said.attested,
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
        gpc=said.gpc,
    )
