"""Every hook on one page. Plain values only: names, `module:attribute` texts, folders.

A part is announced here and imported when it is used, so that listing plugins stays quick and one
broken plugin never takes the rest down.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pluggy

hookspec = pluggy.HookspecMarker("govreg")
hookimpl = pluggy.HookimplMarker("govreg")


@hookspec
def govreg_connectors() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Connector names and where each class is: `{"sql": "govreg_sql.connector:SqlConnector"}`."""


@hookspec
def govreg_packs() -> Mapping[str, Path]:  # type: ignore[empty-body]
    """Pack names and the folder that holds each `pack.yaml`."""


@hookspec
def govreg_identifier_kinds() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Identifier kinds and where each `Kind` is."""


@hookspec
def govreg_key_providers() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Key provider names and where each class is."""


@hookspec
def govreg_consent_changed(change: Mapping[str, object]) -> None:
    """Told after commit, at least once, that people's choices changed.

    Of one choice: `{"subject", "activity", "kind", "at", "consent", "counts"}`, texts, with the
    subject's id and no identifier. Of an import: `{"batch", "events"}`.
    """
