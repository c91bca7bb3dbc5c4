"""The US Privacy string (`uspv1`): four characters, such as `1YNN`.

Superseded by the sections of each state, still met. Source: "U.S. Privacy String" 1.0, IAB Tech
Lab.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from govreg.consent.signals.problem import MalformedSignal

VERSION = "1"
_LENGTH = 4
_FLAGS: Mapping[str, bool | None] = {"Y": True, "N": False, "-": None}
_LETTERS = {flag: letter for letter, flag in _FLAGS.items()}
_FIELDS = ("notice", "opted_out_of_sale", "lspa_covered")


@dataclass(frozen=True, slots=True, kw_only=True)
class UspString:
    """What the four characters say; None where the law does not apply."""

    notice: bool | None
    """Whether notice and the opportunity to opt out were given."""
    opted_out_of_sale: bool | None
    lspa_covered: bool | None
    """Whether the publisher signed the IAB's Limited Service Provider Agreement."""


def decode_usp(text: str, position: int = 0) -> UspString:
    """Decode a US Privacy string.

    Raises:
        MalformedSignal: `truncated`, `wrong_version`, `not_a_flag`, `trailing_bits`.
    """
    if text[:1] != VERSION:
        raise MalformedSignal(
            "wrong_version", f"only version `{VERSION}` is read", position=position
        )
    for at, letter in enumerate(text[1:_LENGTH], 1):
        if letter not in _FLAGS:
            raise MalformedSignal(
                "not_a_flag", f"`{_FIELDS[at - 1]}` is `Y`, `N` or `-`", position=position + at
            )
    if len(text) != _LENGTH:
        short = len(text) < _LENGTH
        raise MalformedSignal(
            "truncated" if short else "trailing_bits",
            f"a US Privacy string has {_LENGTH} characters",
            position=position + min(len(text), _LENGTH),
        )
    notice, opted_out, lspa = (_FLAGS[letter] for letter in text[1:])
    return UspString(notice=notice, opted_out_of_sale=opted_out, lspa_covered=lspa)


def encode_usp(usp: UspString) -> str:
    """Encode a US Privacy string."""
    flags = (usp.notice, usp.opted_out_of_sale, usp.lspa_covered)
    return VERSION + "".join(_LETTERS[flag] for flag in flags)
