"""GPP strings (Global Privacy Platform 1.0): a header, then sections, decoded and encoded.

- A section whose id is not understood is kept as the text it is and named; nothing of it is
  guessed.
- A section that is understood must decode, or the whole string is refused. `split_gpp` hands out
  the sections apart, for who would rather lose one than all.
- Encoding is canonical: the header and the sections of the United States padded to whole
  characters, as the specification says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from govreg.consent.signals.gpp_header import read_header, write_header
from govreg.consent.signals.problem import MalformedSignal, refuse_size
from govreg.consent.signals.tcf import decode_tc
from govreg.consent.signals.tcf_encode import encode_tc
from govreg.consent.signals.tcf_model import TcString
from govreg.consent.signals.us import UsPrivacy, decode_us, encode_us
from govreg.consent.signals.us_sections import SECTIONS
from govreg.consent.signals.usp import UspString, decode_usp, encode_usp

TCF_EU, USP = 2, 6

_OTHER: Mapping[int, str] = {
    1: "tcfeuv1",
    TCF_EU: "tcfeuv2",
    3: "header",
    4: "signal integrity",
    5: "tcfcav1",
    USP: "uspv1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GppSection:
    """One section: what it says, or its text when it is not understood."""

    id: int
    value: TcString | UsPrivacy | UspString | str

    @property
    def name(self) -> str | None:
        """The registered name of the section's id; None when it has none."""
        return SECTIONS[self.id].name if self.id in SECTIONS else _OTHER.get(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class GppString:
    """A GPP string: its sections, in ascending order of their ids."""

    sections: tuple[GppSection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The text of one section, and where it stands."""

    id: int
    text: str
    position: int


def split_gpp(text: str) -> list[Part]:
    """The sections of a GPP string by the ids that its header names, not yet decoded.

    Raises:
        MalformedSignal: with its code and place.
    """
    refuse_size(text)
    header, *texts = text.split("~")
    parts, position = [], len(header) + 1
    for number, section in zip(read_header(header, len(texts)), texts, strict=True):
        if not section:
            raise MalformedSignal("empty", f"section `{number}` holds nothing", position=position)
        parts.append(Part(id=number, text=section, position=position))
        position += len(section) + 1
    return parts


def decode_section(part: Part, *, now: dt.datetime | None = None) -> GppSection:
    """Decode one section; `now` is as in `decode_tc`.

    Raises:
        MalformedSignal: with its code and place.
    """
    value: TcString | UsPrivacy | UspString | str = part.text
    if part.id == TCF_EU:
        value = decode_tc(part.text, now=now, position=part.position)
    elif part.id == USP:
        value = decode_usp(part.text, part.position)
    elif part.id in SECTIONS:
        value = decode_us(SECTIONS[part.id], part.text, part.position)
    return GppSection(id=part.id, value=value)


def decode_gpp(text: str, *, now: dt.datetime | None = None) -> GppString:
    """Decode a GPP string; `now` is as in `decode_tc`.

    Raises:
        MalformedSignal: with its code and place; the string is never repeated.
    """
    return GppString(sections=tuple(decode_section(part, now=now) for part in split_gpp(text)))


def encode_gpp(gpp: GppString) -> str:
    """Encode a GPP string in its canonical form.

    Raises:
        ValueError: the sections are not ascending, one does not belong under its id, or a value
            does not fit; names it.
    """
    header = write_header([section.id for section in gpp.sections])
    return "~".join([header, *map(_written, gpp.sections)])


def _written(section: GppSection) -> str:
    match section.value:
        case TcString() if section.id == TCF_EU:
            return encode_tc(section.value)
        case UspString() if section.id == USP:
            return encode_usp(section.value)
        case UsPrivacy() if section.name == section.value.section:
            return encode_us(section.value)
        case str(text) if text and "~" not in text and not _understood(section.id):
            return text
    raise ValueError(f"section `{section.id}` does not hold this")


def _understood(number: int) -> bool:
    return number in SECTIONS or number in {TCF_EU, USP}
