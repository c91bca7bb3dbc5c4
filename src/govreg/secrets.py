"""Secrets are referred to, never written: `env:NAME`, `file:PATH`, `keyring:NAME`."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from govreg.errors import ConfigurationProblem

_URL_PASSWORD = re.compile(r"(?i)^[a-z][a-z0-9+.-]*://[^/@:]*:(?!\d+/)[^@]+@")
_URL_QUERY = re.compile(r"(?i)^[a-z][a-z0-9+.-]*:.*[?&;](passw(or)?d|pwd|token|secret|api_?key)=.")


def holds_password(url: str) -> bool:
    """Whether a URL has a password or a token written into it."""
    return bool(_URL_PASSWORD.match(url) or _URL_QUERY.match(url))


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
