"""The engine's library, imported when it is first used: it belongs to the extra `bulk`."""

from __future__ import annotations

from typing import Any

from govreg.errors import UsageProblem

Column = Any
"""An Ibis value; the library has no types that a checker could follow through operators."""


def library() -> Any:
    """The engine's library.

    Raises:
        UsageProblem: the extra is not installed.
    """
    try:
        import ibis
    except ImportError:
        raise UsageProblem(
            "rules over many rows need the extra `bulk`", "install it: `pip install govreg[bulk]`"
        ) from None
    return ibis
