"""Where data may go without a safeguard: the European Economic Area."""

from __future__ import annotations

_EUROPEAN_UNION = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
)
_FREE_TRADE = "IS LI NO"

EEA = frozenset(f"{_EUROPEAN_UNION} {_FREE_TRADE}".split())
"""The countries of the European Economic Area: no transfer under Chapter V GDPR."""


def outside_eea(country: str | None) -> bool:
    """Whether data that goes to this country is transferred to a third country.

    A recipient whose country nobody has named is not judged.
    """
    return country is not None and country not in EEA
