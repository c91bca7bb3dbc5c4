"""What a signal means for a person's choices, by the workspace's mapping; never generous.

- Absence says nothing: a bit that is not set is no opt-in, and a field that does not apply is no
  answer. "Did not opt out" is no opting in.
- What ends an opt-out, an objection or a limit is said by the person, not by a signal: another
  browser without one is not the person changing their mind. So Global Privacy Control wins over a
  string that says otherwise (11 CCR 7025(c)(1)).
- An opt-in that is not newer than what is on record says nothing: strings are stored and sent
  again. Nor does one that is older end a consent that was given since.
- A vendor that the person was not shown got no consent, whatever its bit says; a purpose that the
  person was not asked about is neither given nor refused.
- Of several strings of one day the one that says least decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from govreg.consent.model import EventKind
from govreg.consent.signals.gpp import GppString
from govreg.consent.signals.signal import Signal
from govreg.consent.signals.tcf_model import RestrictionType, TcString
from govreg.consent.signals.us import UsPrivacy
from govreg.consent.signals.usp import UspString


class OptOut(StrEnum):
    """What may be opted out of, or limited, in the United States."""

    SALE = "sale"
    SHARING = "sharing"
    TARGETED_ADVERTISING = "targeted_advertising"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True, kw_only=True)
class TcfNeeds:
    """What an activity needs of a TC string."""

    purposes: tuple[int, ...] = ()
    """Consent to each of them."""
    special_features: tuple[int, ...] = ()
    """An opt-in to each of them."""
    legitimate_interests: tuple[int, ...] = ()
    """No objection to any of them."""
    vendor: int | None = None
    """For which vendor; none: for the site itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What signals say about an activity."""

    tcf: TcfNeeds | None = None
    us: frozenset[OptOut] = frozenset()
    gpc: bool = False
    """Whether Global Privacy Control opts out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """One choice that a signal says."""

    activity: str
    kind: EventKind
    reason: str
    """In words, with no word about the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRecord:
    """What stands for an activity before the signal."""

    consent: bool = False
    """Whether consent stands."""
    refused: bool = False
    objects: bool = False
    opted_out: bool = False
    limits: bool = False
    last: dt.datetime | None = None
    """When the person last chose anything about it."""


def meaning(
    mapping: Mapping[str, Needs],
    signals: Iterable[Signal],
    *,
    gpc: bool = False,
    record: Mapping[str, OnRecord],
) -> tuple[Meant, ...]:
    """The choices that signals say, of one person and moment.

    Args:
        mapping: By activity, what signals say about it.
        signals: Those that were received and may be relied upon.
        gpc: Whether Global Privacy Control was sent.
        record: By activity, what stands; one that is missing was never chosen about.
    """
    held = list(signals)
    strings = newest_tc(held)
    states = [s for one in held for s in _sections(one) if isinstance(s, UsPrivacy | UspString)]
    gpc = gpc or any(one.gpc is True for one in states if isinstance(one, UsPrivacy))
    found: list[Meant] = []
    for activity, needs in mapping.items():
        before = record.get(activity, OnRecord())
        found += _opt_outs(activity, needs, states, gpc=gpc, before=before)
        if needs.tcf is not None and strings:
            found += _tcf(activity, needs.tcf, strings, before)
    return tuple(found)


def newest_tc(signals: Iterable[Signal]) -> Sequence[TcString]:
    """The TC strings that count, alone or in GPP strings: those that were updated last."""
    found = [one for signal in signals for one in _sections(signal) if isinstance(one, TcString)]
    last = max((one.last_updated for one in found), default=None)
    return [one for one in found if one.last_updated == last]


def _sections(signal: Signal) -> Sequence[object]:
    if isinstance(signal, GppString):
        return [section.value for section in signal.sections]
    return [signal]


_FIELDS = {
    OptOut.SALE: "SaleOptOut",
    OptOut.SHARING: "SharingOptOut",
    OptOut.TARGETED_ADVERTISING: "TargetedAdvertisingOptOut",
    OptOut.SENSITIVE: "SensitiveDataProcessing",
}
_OPTED_OUT = 1
_STORE_ON_DEVICE = 1
"""The purpose that a publisher's country may exempt from disclosure."""


def _opt_outs(
    activity: str,
    needs: Needs,
    states: Sequence[UsPrivacy | UspString],
    *,
    gpc: bool,
    before: OnRecord,
) -> Iterator[Meant]:
    chosen = {one for one in needs.us if any(_says(state, one) for state in states)}
    sale = chosen - {OptOut.SENSITIVE}
    if not before.opted_out and (sale or (gpc and needs.gpc)):
        why = (
            "Global Privacy Control is on" if gpc and needs.gpc else f"opted out of {_list(sale)}"
        )
        yield Meant(activity=activity, kind=EventKind.OPTED_OUT, reason=why)
    if not before.limits and OptOut.SENSITIVE in chosen:
        why = "the processing of sensitive data is opted out of, or not consented to"
        yield Meant(activity=activity, kind=EventKind.LIMITED, reason=why)


def _says(state: UsPrivacy | UspString, what: OptOut) -> bool:
    if isinstance(state, UspString):
        return what in {OptOut.SALE, OptOut.SHARING} and state.opted_out_of_sale is True
    value = state.fields.get(_FIELDS[what])
    return _OPTED_OUT in value if isinstance(value, tuple) else value == _OPTED_OUT


def _list(chosen: set[OptOut]) -> str:
    return ", ".join(sorted(one.replace("_", " ") for one in chosen))


def _tcf(
    activity: str, needs: TcfNeeds, strings: Sequence[TcString], before: OnRecord
) -> Iterator[Meant]:
    told = [tc for tc in strings if needs.vendor is None or _shown(tc, needs.vendor)]
    if not told:
        return
    interests = needs.legitimate_interests
    objects = not all(_interests(tc, interests, needs.vendor) for tc in told)
    if interests and objects and not before.objects:
        why = f"objects to legitimate interests in purposes {_numbers(interests)}"
        yield Meant(activity=activity, kind=EventKind.OBJECTED, reason=why)
    if needs.purposes or needs.special_features:
        yield from _consent(activity, needs, told, before)


def _consent(
    activity: str, needs: TcfNeeds, told: Sequence[TcString], before: OnRecord
) -> Iterator[Meant]:
    day = told[0].last_updated.date()
    last = before.last.astimezone(dt.UTC).date() if before.last else None
    if all(_consents(tc, needs, needs.purposes) for tc in told):
        if not before.consent and (last is None or day > last) and not _unasked(told, needs):
            why = f"consents to {_asked(needs)}"
            yield Meant(activity=activity, kind=EventKind.GIVEN, reason=why)
    elif all(_consents(tc, needs, _asked_for(tc, needs)) for tc in told):
        return  # lacks only what nobody was asked about
    elif before.consent:
        if last is None or day >= last:
            why = f"consents no more to all of {_asked(needs)}"
            yield Meant(activity=activity, kind=EventKind.WITHDRAWN, reason=why)
    elif not before.refused and last is None:
        why = f"does not consent to all of {_asked(needs)}"
        yield Meant(activity=activity, kind=EventKind.REFUSED, reason=why)


def _shown(tc: TcString, vendor: int) -> bool:
    return tc.disclosed_vendors is None or vendor in tc.disclosed_vendors


def _asked_for(tc: TcString, needs: TcfNeeds) -> Sequence[int]:
    """The purposes that the person was asked about; purpose 1 is not disclosed everywhere."""
    if not tc.purpose_one_treatment:
        return needs.purposes
    return [one for one in needs.purposes if one != _STORE_ON_DEVICE]


def _unasked(told: Sequence[TcString], needs: TcfNeeds) -> bool:
    return any(len(_asked_for(tc, needs)) < len(needs.purposes) for tc in told)


def _consents(tc: TcString, needs: TcfNeeds, purposes: Sequence[int]) -> bool:
    """Whether the string has consent to these purposes and all else that is needed."""
    if any(one not in tc.special_feature_opt_ins for one in needs.special_features):
        return False
    if needs.vendor is None:
        held = tc.publisher.consents if tc.publisher is not None else tc.purpose_consents
        return all(one in held for one in purposes)
    if needs.vendor not in tc.vendor_consents:
        return False
    closed = {RestrictionType.NOT_ALLOWED, RestrictionType.REQUIRE_LEGITIMATE_INTEREST}
    return all(
        one in tc.purpose_consents and not _restricted(tc, one, needs.vendor, closed)
        for one in purposes
    )


def _interests(tc: TcString, purposes: Sequence[int], vendor: int | None) -> bool:
    if vendor is None:
        publisher = tc.publisher
        held = (
            publisher.legitimate_interests
            if publisher is not None
            else tc.purpose_legitimate_interests
        )
        return all(one in held for one in purposes)
    if vendor not in tc.vendor_legitimate_interests:
        return False
    closed = {RestrictionType.NOT_ALLOWED, RestrictionType.REQUIRE_CONSENT}
    return all(
        one in tc.purpose_legitimate_interests and not _restricted(tc, one, vendor, closed)
        for one in purposes
    )


def _restricted(tc: TcString, purpose: int, vendor: int, kinds: set[RestrictionType]) -> bool:
    return any(
        one.purpose == purpose and one.type in kinds and vendor in one.vendors
        for one in tc.publisher_restrictions
    )


def _asked(needs: TcfNeeds) -> str:
    parts = []
    if needs.purposes:
        parts.append(f"purposes {_numbers(needs.purposes)}")
    if needs.special_features:
        parts.append(f"special features {_numbers(needs.special_features)}")
    return " and ".join(parts)


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
