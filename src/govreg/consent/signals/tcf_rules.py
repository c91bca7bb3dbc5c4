"""Which rules of the framework a TC string does not keep; decoding has judged nothing.

A string that is invalid must be taken for no choice at all. The other findings are faults of who
wrote it, or choices that have no effect; each says which part they touch.

Source: the format's specification, and IAB Europe's policies for version 2.2 and 2.3.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator

from govreg.consent.signals.finding import Finding
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.tcf_model import (
    PURPOSES,
    SPECIAL_FEATURES,
    RestrictionType,
    TcString,
)

VERSION_2_2, VERSION_2_3 = 4, 5
"""The policy versions of those versions of the framework."""

OLD_POLICIES_UNTIL = dt.date(2023, 9, 30)
"""The last day on which a string could be made under policies before 4."""

DISCLOSED_VENDORS_FROM = dt.date(2026, 2, 28)
"""From this day on every string names the vendors that were shown."""

REASKED_AFTER_MONTHS = 13

CONSENT_ONLY = IdSet({1, 3, 4, 5, 6})
"""Purposes for which legitimate interest is no basis since version 2.2."""
_CONSENT_ONLY_BEFORE_2_2 = IdSet({1})


def tc_findings(tc: TcString, *, now: dt.datetime | None = None) -> list[Finding]:
    """Every rule that the string does not keep, the invalidating ones first.

    Args:
        tc: The string.
        now: The present moment, with a zone; without it nothing is called too old.
    """
    found = [*_scope_and_versions(tc), *_times(tc, now), *_bases(tc), *_ids(tc), *_vendors(tc)]
    return sorted(found, key=lambda finding: not finding.invalid)


def _scope_and_versions(tc: TcString) -> Iterator[Finding]:
    made, policy = tc.created.date(), tc.policy_version
    if not tc.is_service_specific:
        yield Finding(
            code="global_scope",
            text="it claims to hold beyond one service, which no string may do any more",
            invalid=True,
        )
    if policy < VERSION_2_2 and made > OLD_POLICIES_UNTIL:
        yield Finding(
            code="outdated_policy",
            text=f"it was made under policies {policy} after {OLD_POLICIES_UNTIL}, the last day "
            "for policies before 4",
            invalid=True,
        )
    if policy > VERSION_2_3:
        yield Finding(
            code="unknown_policy",
            text=f"its policies are version {policy}; rules are known up to {VERSION_2_3}",
        )
    if tc.disclosed_vendors is None and _says_who_was_shown(tc):
        yield Finding(
            code="disclosed_vendors_missing",
            text="it does not say which vendors were shown, as version 2.3 demands",
            invalid=True,
        )
    if tc.allowed_vendors is not None and policy >= VERSION_2_2:
        yield Finding(
            code="allowed_vendors_obsolete",
            text="it has a segment of allowed vendors, which has no meaning since version 2.2",
        )


def _says_who_was_shown(tc: TcString) -> bool:
    """Whether the string must name the vendors that were shown; before, doing so was optional."""
    made = tc.created.date()
    return tc.policy_version >= VERSION_2_3 or made >= DISCLOSED_VENDORS_FROM


def _times(tc: TcString, now: dt.datetime | None) -> Iterator[Finding]:
    if tc.last_updated < tc.created:
        yield Finding(
            code="updated_before_created",
            text="it was last updated before it was made",
            invalid=True,
        )
    whole = tc.created.time() == dt.time()
    if tc.policy_version >= VERSION_2_2 and not (whole and tc.created == tc.last_updated):
        yield Finding(
            code="not_one_day",
            text="the moments of making and updating are not one day without its time",
        )
    if now is not None and _later(tc.last_updated, REASKED_AFTER_MONTHS) < now:
        yield Finding(
            code="reask_due",
            text=f"it was last updated more than {REASKED_AFTER_MONTHS} months ago: the person "
            "must be asked again",
        )


def _later(moment: dt.datetime, months: int) -> dt.datetime:
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return moment.replace(year=year, month=month, day=min(moment.day, last))


def _bases(tc: TcString) -> Iterator[Finding]:
    policies = tc.policy_version >= VERSION_2_2
    barred = CONSENT_ONLY if policies else _CONSENT_ONLY_BEFORE_2_2
    if claimed := IdSet(tc.purpose_legitimate_interests & barred):
        yield Finding(
            code="legitimate_interest_barred",
            text=f"legitimate interest is no basis for purposes {claimed.words()}: consent alone",
        )
    asked = IdSet(
        each.purpose
        for each in tc.publisher_restrictions
        if each.type is RestrictionType.REQUIRE_LEGITIMATE_INTEREST and each.purpose in barred
    )
    if asked:
        yield Finding(
            code="restriction_barred",
            text=f"the publisher demands legitimate interest for purposes {asked.words()}, for "
            "which it is no basis",
        )
    if any(each.type is RestrictionType.UNDEFINED for each in tc.publisher_restrictions):
        yield Finding(
            code="restriction_undefined", text="a restriction is of type 3, which has no meaning"
        )


def _ids(tc: TcString) -> Iterator[Finding]:
    purposes = {each.purpose for each in tc.publisher_restrictions}
    purposes |= set(tc.purpose_consents) | set(tc.purpose_legitimate_interests)
    if unknown := purposes - PURPOSES.keys():
        yield Finding(
            code="unknown_purpose", text=f"it names purposes that do not exist: {_listed(unknown)}"
        )
    if unknown := set(tc.special_feature_opt_ins) - SPECIAL_FEATURES.keys():
        yield Finding(
            code="unknown_special_feature",
            text=f"it names special features that do not exist: {_listed(unknown)}",
        )


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _vendors(tc: TcString) -> Iterator[Finding]:
    if tc.disclosed_vendors is None or not _says_who_was_shown(tc):
        return
    chosen = tc.vendor_consents | tc.vendor_legitimate_interests
    if hidden := len(chosen - tc.disclosed_vendors):
        yield Finding(
            code="vendor_not_disclosed",
            text=f"{hidden} vendors have consent or legitimate interest and were never shown",
        )
