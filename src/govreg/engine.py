"""Everything put together, in one place: a workspace becomes an engine.

- The register in force is the one that was applied, not what the files say now; `register apply`
  puts the files in force.
- The engine is a frozen record of parts. Closing it closes the store.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from govreg import __version__
from govreg.choices.desk import Consents
from govreg.choices.row_maps import RowMaps
from govreg.clock import Clock, system_clock
from govreg.connectors.interface import Connector
from govreg.connectors.registry import Connectors
from govreg.database import Store, parsed_url
from govreg.errors import ConfigurationProblem
from govreg.gate.border import Border
from govreg.gate.scope import Limits
from govreg.gate.sealed_cells import SealedCells
from govreg.migrations.upgrade import require_current
from govreg.plugins import Announced, announced
from govreg.policy.adopt import read_adopted
from govreg.policy.files import load_books
from govreg.policy.own import answered, with_overrides
from govreg.policy.pack_cache import user_folder
from govreg.policy.rule import RuleBook
from govreg.progress import SILENT, Progress
from govreg.protecting.desk import Protection
from govreg.protection.keystore import KeyStore
from govreg.protection.provider import KeyProvider, LocalKeys
from govreg.register.canonical import register_from_document
from govreg.register.files import load_register
from govreg.register.model import Register
from govreg.register.store import RegisterVersion, latest
from govreg.requests.desk import SubjectRequests
from govreg.requests.parts import Parts
from govreg.runner.outbox import deliver
from govreg.secrets import is_reference, resolve_secret
from govreg.settings import Settings, find_workspace, load
from govreg.subjects.identifier import CORE_KINDS, Kind, Kinds
from govreg.yaml12 import files_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """An open workspace."""

    workspace: Path
    settings: Settings
    store: Store
    plugins: Announced
    rules: RuleBook
    register: Register
    version: RegisterVersion | None
    """The register in force; None while none was applied."""
    parts: Parts
    requests: SubjectRequests
    consent: Consents
    row_maps: RowMaps
    protection: Protection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the store."""
        self.store.close()


def open_engine(
    workspace: str | Path,
    *,
    clock: Clock = system_clock,
    connectors: Mapping[str, Connector] | None = None,
    progress: Progress = SILENT,
) -> Engine:
    """Open a workspace.

    Args:
        workspace: Its folder, or one inside it.
        clock: Where the time comes from.
        connectors: Connectors beside those of plugins, by name.
        progress: Who is told how far searches and changes are.

    Raises:
        NotFound: no workspace there.
        ConfigurationProblem: a file, the store or a key is wrong.
    """
    folder = find_workspace(Path(workspace))
    settings = load(folder)
    plugins = announced()
    rules = _judging(folder, settings, plugins, clock)
    store = open_store(folder, settings)
    require_current(store)
    version, register = _in_force(store)
    keys = KeyStore(_provider(folder, settings, plugins), workspace=settings.audit.origin)
    border = _border(folder, register, {**plugins.connectors, **(connectors or {})}, progress)
    parts = Parts(
        settings=settings,
        workspace=folder,
        store=store,
        keys=keys,
        border=replace(border, cells=SealedCells(store, keys, str(settings.audit.origin))),
        kinds=known_kinds(settings, plugins),
        rules=rules,
        adopted=read_adopted(folder),
        register_number=str(version.number) if version else "none",
        register_hash=version.content_hash if version else "",
        limits=Limits(**settings.limits.model_dump()),
        clock=clock,
        version=__version__,
    )
    return Engine(
        workspace=folder,
        settings=settings,
        store=store,
        plugins=plugins,
        rules=rules,
        register=register,
        version=version,
        parts=parts,
        requests=SubjectRequests(parts),
        consent=Consents(parts, lambda: deliver(store, plugins.tell)),
        row_maps=RowMaps(parts),
        protection=Protection(parts),
    )


def _judging(folder: Path, settings: Settings, plugins: Announced, clock: Clock) -> RuleBook:
    """The rules that judge, with those of the organisation that speak in place of a pack's."""
    today = clock().astimezone(ZoneInfo(settings.time_zone)).date()
    held = answered(load_rules(folder, plugins), settings.people, today)
    return with_overrides(held, read_adopted(folder))


def _border(
    folder: Path,
    register: Register,
    known: Mapping[str, str | Connector],
    progress: Progress,
) -> Border:
    return Border(
        register=register,
        connectors=Connectors(announced=known),
        workspace=folder,
        secret=lambda text: resolve_secret(text, folder),
        progress=progress,
    )


def _in_force(store: Store) -> tuple[RegisterVersion | None, Register]:
    """The register that was applied last; an empty one before the first."""
    with store.read() as connection:
        version = latest(connection)
    if version is None:
        return None, Register(sources={}, activities={})
    return version, register_from_document(version.document)


def open_border(workspace: str | Path, *, progress: Progress = SILENT) -> Border:
    """The sources as the workspace's files declare them, applied or not; opens no store."""
    folder = find_workspace(Path(workspace))
    return _border(folder, load_register(folder), announced().connectors, progress)


def open_store(workspace: Path, settings: Settings) -> Store:
    """The store of a workspace; a relative SQLite path starts in the workspace."""
    held = settings.store.url
    url = parsed_url(resolve_secret(held, workspace) if is_reference(held) else held)
    if url.get_backend_name() == "sqlite" and url.database:
        path = Path(url.database)
        path = path if path.is_absolute() else workspace / path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        url = url.set(database=str(path))
    return Store(url.render_as_string(hide_password=False))


def load_rules(workspace: Path, plugins: Announced) -> RuleBook:
    """The rules of installed packs and the organisation's own."""
    packs = [folder / "pack.yaml" for _, folder in sorted(plugins.packs.items())]
    return load_books(packs, cache=user_folder(), own=own_rules(workspace))


def own_rules(workspace: Path) -> list[Path]:
    """The files with the organisation's own rules."""
    return [
        path
        for path in files_in(workspace / "policies")
        if path.name != "adopted.yaml" and not path.name.endswith(".cases.yaml")
    ]


def _provider(workspace: Path, settings: Settings, plugins: Announced) -> KeyProvider:
    name = settings.keys.provider
    if name == "local":
        reference = settings.keys.passphrase
        passphrase = resolve_secret(reference, workspace) if reference else None
        return LocalKeys(workspace / ".govreg" / "keys", passphrase=passphrase)
    target = plugins.key_providers.get(name)
    if target is None:
        raise ConfigurationProblem(
            f"there is no key provider `{name}`",
            f"installed: {', '.join(['local', *sorted(plugins.key_providers)])}",
            key="keys.provider",
        )
    module, _, attribute = target.partition(":")
    made: KeyProvider = getattr(importlib.import_module(module), attribute)(workspace, settings)
    return made


def known_kinds(settings: Settings, plugins: Announced) -> Kinds:
    """The identifier kinds of the core and of plugins, read as in the workspace's country."""
    known: dict[str, Kind] = dict(CORE_KINDS)
    for name, target in plugins.identifier_kinds.items():
        module, _, attribute = target.partition(":")
        known[name] = getattr(importlib.import_module(module), attribute)
    return Kinds(known=known, country=settings.country)
