"""A pack as somebody names it on the command line: installed, the workspace's own, or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from govreg.engine import own_rules
from govreg.errors import NotFound
from govreg.plugins import announced
from govreg.policy.cases import Written, read_cases
from govreg.policy.files import load_books, pack_file
from govreg.policy.pack_cache import user_folder
from govreg.policy.pack_file import PackFile
from govreg.policy.rule import RuleBook
from govreg.settings import find_workspace

_FILE, _CASES = "pack.yaml", "cases.yaml"


def workspace_at(place: Path) -> Path | None:
    """The workspace at or above a folder; none where nobody named one and none is here.

    Raises:
        NotFound: a place was named, and there is no workspace.
    """
    try:
        return find_workspace(place)
    except NotFound:
        if place != Path():
            raise
        return None


def packs_in_use(workspace: Path | None) -> Packs:
    """What is installed, and a workspace's own files beside it."""
    return Packs(
        installed=dict(announced().packs),
        own=tuple(own_rules(workspace)) if workspace else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A pack that was named."""

    path: Path
    """Its file."""
    written: PackFile
    place: str
    """`installed`, or where it lies."""

    def cases(self) -> tuple[Written, ...]:
        """What its cases ask; nothing where it has none."""
        plain = self.path.parent / _CASES
        own = self.path.with_name(f"{self.path.stem}.cases.yaml")
        file = plain if self.path.name == _FILE else own
        return read_cases(file) if file.is_file() else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Packs:
    """Every pack that is in use: those that are installed, and a workspace's own files."""

    installed: dict[str, Path]
    """Folders by name."""
    own: tuple[Path, ...] = ()

    def chosen(self, named: str) -> Chosen:
        """The pack of a name, of `NAME@VERSION`, or in a folder or file.

        A name goes before a folder of the same name: write `./NAME` for the folder.

        Raises:
            NotFound: there is none, or not in this version.
            ConfigurationProblem: its file is wrong.
        """
        found = self._found(named)
        name, at, version = named.rpartition("@")
        if found is None and at:
            found = self._found(name)
            if found is not None and found.written.version != version:
                raise NotFound(
                    f"pack `{name}` is here in version {found.written.version} only, not "
                    f"`{version}`",
                    "name the folder that holds the other version",
                )
        if found is None:
            raise NotFound(
                f"there is no pack `{named}`",
                f"installed: {', '.join(sorted(self.installed)) or 'none'}",
                "or name a folder with a `pack.yaml` in it, such as `./drafts/gdpr`",
            )
        return found

    def rules(self, instead: Chosen, *out: Chosen) -> RuleBook:
        """Every rule in use, with one pack in the place of those of the same name."""
        names = {one.written.pack for one in (instead, *out)}
        paths = {one.path.resolve() for one in (instead, *out)}
        packs = [self.installed[name] / _FILE for name in sorted(self.installed.keys() - names)]
        own = [path for path in self.own if self._read(path).pack not in names]
        beside = [path for path in own if path.resolve() not in paths]
        if self._is_own(instead):
            return load_books(packs, cache=user_folder(), own=[*beside, instead.path])
        return load_books([*packs, instead.path], cache=user_folder(), own=beside)

    def _is_own(self, one: Chosen) -> bool:
        """Whether it is the organisation's: a file of the workspace, or in the place of one."""
        if one.path.resolve() in {path.resolve() for path in self.own}:
            return True
        named = one.written.pack
        return named not in self.installed and named in {self._read(p).pack for p in self.own}

    def _found(self, named: str) -> Chosen | None:
        if named in self.installed:
            return self._as(self.installed[named] / _FILE, "installed")
        for path in self.own:
            written = self._read(path)
            if written.pack == named:
                return Chosen(path=path, written=written, place=str(path))
        path = Path(named)
        if (path / _FILE).is_file():
            return self._as(path / _FILE, named)
        return self._as(path, named) if path.is_file() else None

    def _as(self, path: Path, place: str) -> Chosen:
        return Chosen(path=path, written=self._read(path), place=place)

    @staticmethod
    def _read(path: Path) -> PackFile:
        return pack_file(path, user_folder())
