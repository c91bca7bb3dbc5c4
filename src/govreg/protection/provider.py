"""Where root keys live: a provider of five verbs, called once for each epoch, never per value.

Each epoch has a root of its own, so that a destroyed root makes every older copy of the keys
wrapped under it unreadable, backups included.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from govreg.errors import ConfigurationProblem, IntegrityProblem
from govreg.files import sync_folder, whole
from govreg.protection.aead import (
    KEY_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    Suite,
    decrypt,
    encrypt,
    from_passphrase,
    random_key,
    random_nonce,
)

_MARK = "govreg-root-key 1"
_NAME = re.compile(r"epoch-[0-9]{4,}-[0-9a-f]{8}\.key")
_ARGON = {"memory_kib": 65_536, "passes": 3, "lanes": 1}


class KeyProvider(Protocol):
    """Holds root keys and uses them; the roots never leave it."""

    name: str

    def create_root(self, epoch: int) -> str:
        """Make a root key for an epoch; returns a reference that the store keeps."""

    def wrap(self, root: str, plain: bytes, aad: bytes) -> bytes:
        """Wrap a key under a root."""

    def unwrap(self, root: str, wrapped: bytes, aad: bytes) -> bytes:
        """Unwrap a key.

        Raises:
            ConfigurationProblem: the root is not there, or may not be read.
            IntegrityProblem: the root is not the one that wrapped it.
        """

    def destroy(self, root: str) -> str:
        """Destroy a root, or find it gone already; returns the receipt to be kept."""

    def describe(self) -> str:
        """What the provider is, for people."""


class LocalKeys:
    """Root keys as files in the workspace, one for each epoch, readable by their owner only.

    A key file appears whole and is on the disk before it is used. Files and folder that others
    could read or change are refused, never repaired in silence: somebody may have read them.
    """

    name = "local"

    def __init__(self, folder: Path, *, passphrase: str | None = None) -> None:
        self.folder, self._passphrase = folder, passphrase
        self._roots: dict[str, bytes] = {}

    def create_root(self, epoch: int) -> str:
        """Make a key file with mode 0600 in a folder with mode 0700."""
        name = f"epoch-{epoch:04d}-{secrets.token_hex(4)}.key"
        root = random_key()
        try:
            self._made_folder()
            with whole(self.folder / name) as file:
                file.write(json.dumps(self._written(root, name)).encode())
        except OSError as problem:
            raise ConfigurationProblem(
                f"the key file cannot be written: {os.strerror(problem.errno or 0)}",
                "nothing was sealed under it; make room, or let the folder be written to, and "
                "try again",
                file=self.folder / name,
            ) from None
        self._roots[name] = root
        return name

    def wrap(self, root: str, plain: bytes, aad: bytes) -> bytes:
        """Nonce, ciphertext and tag of suite 2."""
        nonce = random_nonce()
        return nonce + encrypt(Suite.CCM, self._root(root), nonce, plain, aad)

    def unwrap(self, root: str, wrapped: bytes, aad: bytes) -> bytes:
        """The key that was wrapped."""
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return decrypt(Suite.CCM, self._root(root), nonce, sealed, aad)
        except IntegrityProblem:
            raise IntegrityProblem(
                "wrong_root",
                f"key file `{root}` is not the one that wrapped this store's keys",
                "restore the key file that belongs to this store",
            ) from None

    def destroy(self, root: str) -> str:
        """Overwrite and remove a key file; one that is gone already stays gone."""
        path = self._path(root)
        self._roots.pop(root, None)
        try:
            handle = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(os.fstat(handle).st_size))
                file.flush()
                os.fsync(handle)
            path.unlink()
            sync_folder(self.folder)
        except FileNotFoundError:
            return f"{root} was not there any more; copies of the file cannot be ruled out"
        except OSError as problem:
            raise ConfigurationProblem(
                f"the key file cannot be destroyed: {os.strerror(problem.errno or 0)}",
                "let its owner write to it and to its folder, and try again",
                file=path,
            ) from None
        return f"{root} overwritten and removed; copies of the file cannot be ruled out"

    def describe(self) -> str:
        """The folder, and whether a passphrase guards the files."""
        guarded = "with" if self._passphrase else "without"
        return f"local key files {guarded} a passphrase"

    def _made_folder(self) -> None:
        if self.folder.is_dir():
            _refuse_wider(self.folder, 0o700)
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(self.folder.parent)

    def _root(self, name: str) -> bytes:
        if name not in self._roots:
            self._roots[name] = self._read(self._path(name))
        return self._roots[name]

    def _path(self, name: str) -> Path:
        """The reference comes out of the store, which must not be able to name other files."""
        if not _NAME.fullmatch(name):
            raise IntegrityProblem("wrong_root", "the store names a key file of no possible name")
        return self.folder / name

    def _written(self, root: bytes, name: str) -> Mapping[str, object]:
        if self._passphrase is None:
            return {"format": _MARK, "root": base64.b64encode(root).decode()}
        salt, nonce = secrets.token_bytes(16), random_nonce()
        guard = from_passphrase(self._passphrase, salt, **_ARGON)
        sealed = encrypt(Suite.CCM, guard, nonce, root, name.encode())
        return {
            "format": _MARK,
            "argon2id": {**_ARGON, "salt": base64.b64encode(salt).decode()},
            "root": base64.b64encode(nonce + sealed).decode(),
        }

    def _read(self, path: Path) -> bytes:
        try:
            _refuse_wider(path.parent, 0o700)
            _refuse_wider(path, 0o600)
            text = path.read_bytes()
        except OSError:
            raise ConfigurationProblem(
                "the key file cannot be read",
                "without it nothing that the store sealed can be opened; restore it",
                file=path,
            ) from None
        raw, argon = self._parsed(text, path)
        if argon is None:
            return raw
        if self._passphrase is None:
            raise ConfigurationProblem(
                "the key file is guarded by a passphrase and none is given",
                "set `[keys] passphrase` in `govreg.toml` to a reference such as `env:NAME`",
                file=path,
            )
        try:
            guard = from_passphrase(
                self._passphrase,
                base64.b64decode(argon["salt"], validate=True),
                memory_kib=int(argon["memory_kib"]),
                passes=int(argon["passes"]),
                lanes=int(argon["lanes"]),
            )
            return decrypt(
                Suite.CCM, guard, raw[:NONCE_BYTES], raw[NONCE_BYTES:], path.name.encode()
            )
        except (ValueError, KeyError, TypeError, OverflowError, MemoryError):
            raise ConfigurationProblem(
                "the key file's passphrase parameters cannot be used", file=path
            ) from None
        except IntegrityProblem:
            raise ConfigurationProblem(
                "the passphrase does not open the key file", file=path
            ) from None

    def _parsed(self, text: bytes, path: Path) -> tuple[bytes, Mapping[str, Any] | None]:
        """The root, and the parameters of its guard if it has one."""
        try:
            held = json.loads(text)
            if held["format"] != _MARK:
                raise ConfigurationProblem(
                    f"the key file is in format `{held['format']}`, this program reads `{_MARK}`",
                    file=path,
                )
            raw, argon = base64.b64decode(held["root"], validate=True), held.get("argon2id")
        except (ValueError, KeyError, TypeError):
            raise ConfigurationProblem("this is not a key file", file=path) from None
        whole = KEY_BYTES if argon is None else NONCE_BYTES + KEY_BYTES + TAG_BYTES
        if len(raw) != whole:
            raise ConfigurationProblem("the key in the key file is not whole", file=path)
        return raw, argon


def _refuse_wider(path: Path, mode: int) -> None:
    """Others have no right to a key file or its folder.

    Raises:
        ConfigurationProblem: they have one, with the command that takes it away.
        OSError: there is no such path.
    """
    if os.name == "nt":  # rights are not kept in modes there
        return
    held = stat.S_IMODE(path.stat().st_mode)
    if held & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationProblem(
            f"others have rights to the key files: mode {held:03o}, not {mode:03o}",
            f"`chmod {mode:03o} {path}`; if others may have read a key, treat it as known to them",
            file=path,
        )
