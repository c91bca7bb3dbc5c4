"""Parts that are plugged in: found by entry point, each failure kept apart.

- A distribution announces a module in the entry-point group `govreg`; its hooks say what it has.
- A plugin that cannot be loaded is remembered with its traceback and takes nothing else down.
- `GOVREG_LOAD_PLUGINS` limits which are loaded, by name; empty means none.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pluggy

from govreg import hookspecs

GROUP = "govreg"
VARIABLE = "GOVREG_LOAD_PLUGINS"
TELLING = ("govreg_consent_changed",)
"""Hooks that tell plugins of what happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What the loaded plugins bring."""

    connectors: Mapping[str, str]
    packs: Mapping[str, Path]
    identifier_kinds: Mapping[str, str]
    key_providers: Mapping[str, str]
    loaded: tuple[str, ...]
    failures: Mapping[str, str]
    """Plugins that could not be loaded, with the traceback."""
    listening: Mapping[str, tuple[tuple[str, Callable[..., object]], ...]]
    """By the hook that tells of something: the plugins that listen, with what is called."""

    def tell(self, hook: str, payload: Mapping[str, object]) -> tuple[str, ...]:
        """Tell every listening plugin; answers the names of those that failed, and which way.

        The text of what they raise is left out: it may hold anything.
        """
        failing = []
        for name, listen in self.listening.get(hook, ()):
            try:
                listen(dict(payload))
            except Exception as problem:  # noqa: BLE001 - whatever a stranger raises stays with it
                failing.append(f"{name} ({type(problem).__name__})")
        return tuple(failing)


def announced() -> Announced:
    """Everything that installed plugins bring."""
    return _announced(os.environ.get(VARIABLE))


@lru_cache(maxsize=8)
def _announced(wanted: str | None) -> Announced:
    manager = pluggy.PluginManager("govreg")
    manager.add_hookspecs(hookspecs)
    names = None if wanted is None else {name.strip() for name in wanted.split(",")}
    loaded: list[str] = []
    failures: dict[str, str] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        if names is not None and point.name not in names:
            continue
        try:
            manager.register(point.load(), name=point.name)
            loaded.append(point.name)
        except Exception:  # noqa: BLE001 - whatever a stranger's module raises stays with it
            failures[point.name] = traceback.format_exc()
    return Announced(
        connectors=_joined(manager.hook.govreg_connectors()),
        packs=_joined(manager.hook.govreg_packs()),
        identifier_kinds=_joined(manager.hook.govreg_identifier_kinds()),
        key_providers=_joined(manager.hook.govreg_key_providers()),
        listening={name: _listeners(manager, name) for name in TELLING},
        loaded=tuple(loaded),
        failures=failures,
    )


def _listeners(
    manager: pluggy.PluginManager, hook: str
) -> tuple[tuple[str, Callable[..., object]], ...]:
    held = getattr(manager.hook, hook).get_hookimpls()
    return tuple((one.plugin_name, one.function) for one in held)


def _joined(parts: list[Mapping[str, Any]]) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for part in parts:
        joined |= part
    return joined
