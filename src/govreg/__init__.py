"""govreg: a register of personal data, and the machinery that makes it true."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from govreg.engine import Engine, open_engine
    from govreg.errors import GovregError

__version__ = "0.1.0"
__all__ = ["Engine", "GovregError", "__version__", "open_engine"]

_HOMES = {
    "Engine": "govreg.engine",
    "open_engine": "govreg.engine",
    "GovregError": "govreg.errors",
}


def __getattr__(name: str) -> object:
    """Public names are imported when they are first used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module `govreg` has no attribute `{name}`")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
