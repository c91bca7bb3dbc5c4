"""Sections of the United States in a GPP string: decoded to `UsPrivacy` and encoded from it.

- The core comes first; after a dot the signal of Global Privacy Control, or for Indiana, Kentucky
  and Rhode Island the sensitive data.
- Sections 24 to 27 are in public comment: the draft wants a header of the section before the core,
  the vendors' JavaScript writes none. Both are read, told apart by the first six bits; the header
  is never written.
- Writers pad to whole characters or to bytes first; both are read, whole characters are written.

Source: the sections' specifications of the Global Privacy Platform, IAB Tech Lab.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from govreg.consent.signals.bits import BitReader, BitWriter
from govreg.consent.signals.gpp_header import read_range
from govreg.consent.signals.problem import MalformedSignal
from govreg.consent.signals.us_sections import (
    BY_NAME,
    CHILD,
    SENSITIVE,
    Layout,
    Second,
    Section,
)

Value = int | tuple[int, ...]
"""Two bits, 0 to 3, or several of them."""

_CHARACTER, _WIDTH = 6, 2
_GPC_TYPE = 1
_SEVERAL = frozenset({SENSITIVE, CHILD})


@dataclass(frozen=True, slots=True, kw_only=True)
class UsPrivacy:
    """What one section says, field by field."""

    section: str
    """Such as `usca`, a key of `us_sections.BY_NAME`."""
    version: int
    fields: Mapping[str, Value]
    """By the specification's names; the fields for each kind of sensitive data or age of children
    are tuples. 0 does not apply, 1 and 2 are the field's two answers, 3 has no meaning."""
    gpc: bool | None = None
    """Global Privacy Control; None when the section does not say."""
    section_header: bool = False
    """Whether the draft's header of the section was met."""

    @property
    def opted_out_of_sale_or_sharing(self) -> bool:
        """Whether sale or sharing is opted out of, by a choice or by Global Privacy Control."""
        chosen = 1 in (self.fields.get("SaleOptOut"), self.fields.get("SharingOptOut"))
        return chosen or self.gpc is True


def decode_us(section: Section, text: str, position: int = 0) -> UsPrivacy:
    """Decode a section.

    Raises:
        MalformedSignal: with its code and place.
    """
    parts, place = text.split("."), position
    header = _has_header(section, parts[0], place)
    if header:
        place += len(parts.pop(0)) + 1
        if not parts:
            raise MalformedSignal("truncated", "no core follows the header", position=place - 1)
    bits = BitReader(parts[0], place)
    version = bits.take(_CHARACTER, "Version")
    if version not in section.layouts:
        raise _unknown_version(section, version, place)
    layout = section.layouts[version]
    fields = _read(bits, layout.fields)
    bits.finish()
    place += len(parts[0]) + 1
    gpc = None
    for at, part in enumerate(parts[1:]):
        if at or layout.second is Second.NOTHING:
            raise MalformedSignal(
                "unknown_segment", f"`{section.name}` ends before this", position=place - 1
            )
        bits = BitReader(part, place)
        if layout.second is Second.GPC:
            gpc = _read_gpc(bits)
        else:
            fields |= _read(bits, layout.second_fields)
        bits.finish()
        place += len(part) + 1
    return UsPrivacy(
        section=section.name, version=version, fields=fields, gpc=gpc, section_header=header
    )


def _has_header(section: Section, text: str, position: int) -> bool:
    """Whether this is the draft's header of the section, which is then read."""
    bits = BitReader(text, position)
    drafted = any(layout.section_header for layout in section.layouts.values())
    if not drafted or bits.take(_CHARACTER, "SectionID") != section.id:
        return False
    version = bits.take(_CHARACTER, "Version")
    if version != 1:
        raise _unknown_version(section, version, position)
    read_range(bits, "SubSections")
    bits.finish()
    return True


def _unknown_version(section: Section, version: int, position: int) -> MalformedSignal:
    known = " or ".join(f"`{each}`" for each in section.layouts)
    return MalformedSignal(
        "wrong_version",
        f"`{section.name}` is in version `{version}`, version {known} is read",
        position=position,
    )


def _read(bits: BitReader, fields: tuple[tuple[str, int], ...]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, count in fields:
        values = tuple(bits.take(_WIDTH, name) for _ in range(count))
        found[name] = values if name in _SEVERAL else values[0]
    return found


def _read_gpc(bits: BitReader) -> bool:
    position, kind = bits.position, bits.take(_WIDTH, "GpcSegmentType")
    if kind != _GPC_TYPE:
        raise MalformedSignal(
            "unknown_segment", f"no segment has type `{kind}` here", position=position
        )
    return bits.flag("Gpc")


def encode_us(us: UsPrivacy) -> str:
    """Encode a section, without the draft's header.

    Raises:
        ValueError: the section or its version is unknown, or a field is missing, too many or does
            not fit; names it.
    """
    section = BY_NAME.get(us.section)
    layout = section.layouts.get(us.version) if section else None
    if layout is None:
        raise ValueError(f"there is no version `{us.version}` of section `{us.section}`")
    second = layout.second_fields if set(us.fields) & dict(layout.second_fields).keys() else ()
    wanted = [name for name, _ in (*layout.fields, *second)]
    if wrong := sorted(set(wanted) ^ set(us.fields)):
        raise ValueError(f"the fields of `{us.section}` are not these: `{wrong[0]}`")
    core = BitWriter()
    core.put(us.version, _CHARACTER, layout.version_name)
    _put(core, layout.fields, us)
    segments = [core]
    if us.gpc is not None:
        segments.append(_gpc_segment(us, layout))
    if second:
        segments.append(BitWriter())
        _put(segments[-1], second, us)
    return ".".join(bits.text(_CHARACTER) for bits in segments)


def _gpc_segment(us: UsPrivacy, layout: Layout) -> BitWriter:
    if layout.second is not Second.GPC:
        raise ValueError(f"`{us.section}` does not hold `gpc`")
    bits = BitWriter()
    bits.put(_GPC_TYPE, _WIDTH, "GpcSegmentType")
    bits.put(us.gpc is True, 1, "Gpc")
    return bits


def _put(bits: BitWriter, fields: tuple[tuple[str, int], ...], us: UsPrivacy) -> None:
    for name, count in fields:
        held = us.fields[name]
        values = held if isinstance(held, tuple) else (held,)
        if len(values) != count:
            raise ValueError(f"`{name}` of `{us.section}` has {count} values")
        for value in values:
            bits.put(value, _WIDTH, name)
