import datetime as dt
from dataclasses import replace

import pytest
from tests.unit.consent.signals.test_tcf import PLAIN

from govreg.consent.signals.id_set import EMPTY, IdSet
from govreg.consent.signals.tcf_model import Restriction, RestrictionType
from govreg.consent.signals.tcf_rules import tc_findings

NOW = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
SOUND = replace(PLAIN, disclosed_vendors=EMPTY)


def day(text):
    moment = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    return {"created": moment, "last_updated": moment}


def restricted(purpose, kind):
    return {
        "publisher_restrictions": (Restriction(purpose=purpose, type=kind, vendors=IdSet({1})),)
    }


def codes(tc, now=NOW):
    return [(finding.code, finding.invalid) for finding in tc_findings(tc, now=now)]


def test_a_sound_string():
    assert codes(SOUND) == []


LI, NONE = RestrictionType.REQUIRE_LEGITIMATE_INTEREST, {"disclosed_vendors": None}


@pytest.mark.parametrize(
    ("change", "code", "invalid"),
    [
        ({"is_service_specific": False}, "global_scope", True),
        ({"policy_version": 6}, "unknown_policy", False),
        (NONE, "disclosed_vendors_missing", True),
        (NONE | {"policy_version": 5} | day("2025-06-01"), "disclosed_vendors_missing", True),
        (NONE | {"policy_version": 4} | day("2026-02-28"), "disclosed_vendors_missing", True),
        (NONE | {"policy_version": 3} | day("2023-10-01"), "outdated_policy", True),
        ({"allowed_vendors": EMPTY}, "allowed_vendors_obsolete", False),
        ({"purpose_legitimate_interests": IdSet({1})}, "legitimate_interest_barred", False),
        ({"purpose_legitimate_interests": IdSet({2, 3})}, "legitimate_interest_barred", False),
        ({"purpose_legitimate_interests": IdSet({6})}, "legitimate_interest_barred", False),
        (restricted(1, LI), "restriction_barred", False),
        (restricted(6, LI), "restriction_barred", False),
        (restricted(7, RestrictionType.UNDEFINED), "restriction_undefined", False),
        (restricted(0, RestrictionType.NOT_ALLOWED), "unknown_purpose", False),
        (restricted(12, RestrictionType.NOT_ALLOWED), "unknown_purpose", False),
        ({"purpose_consents": IdSet({12})}, "unknown_purpose", False),
        ({"purpose_legitimate_interests": IdSet({24})}, "unknown_purpose", False),
        ({"special_feature_opt_ins": IdSet({2, 3})}, "unknown_special_feature", False),
        ({"vendor_consents": IdSet({4})}, "vendor_not_disclosed", False),
        ({"vendor_legitimate_interests": IdSet({4})}, "vendor_not_disclosed", False),
        (day("2026-03-05T00:00:01"), "not_one_day", False),
        (day("2024-03-05"), "reask_due", False),
    ],
)
def test_a_rule_that_is_not_kept(change, code, invalid):
    old = change.get("created", NOW).year < 2025
    now = NOW if code == "reask_due" or not old else change["created"]
    found = codes(replace(SOUND, **change), now)
    assert (code, invalid) in found
    assert [each for each, _ in found if each not in {code, "reask_due"}] == []


@pytest.mark.parametrize(
    "change",
    [
        NONE | {"policy_version": 4} | day("2026-02-27"),
        NONE | {"policy_version": 2} | day("2023-09-30"),
        {"policy_version": 2, "allowed_vendors": EMPTY} | day("2023-01-01"),
        {"policy_version": 2, "vendor_consents": IdSet({4})} | day("2023-01-01"),
        {"policy_version": 2, "purpose_legitimate_interests": IdSet({3, 6})} | day("2023-01-01"),
        {"policy_version": 2} | day("2023-01-01T10:00:00"),
        {"purpose_legitimate_interests": IdSet({2, 7, 11})},
        {"purpose_consents": IdSet(range(1, 12)), "special_feature_opt_ins": IdSet({1, 2})},
        restricted(1, RestrictionType.REQUIRE_CONSENT) | {"vendor_consents": EMPTY},
        restricted(7, LI),
        {"vendor_consents": IdSet({4}), "disclosed_vendors": IdSet({4, 5})},
    ],
)
def test_a_rule_that_is_kept(change):
    tc = replace(SOUND, **change)
    assert codes(tc, now=tc.last_updated) == []


def test_updated_before_it_was_made():
    tc = replace(SOUND, last_updated=SOUND.created - dt.timedelta(days=1))
    assert codes(tc) == [("updated_before_created", True), ("not_one_day", False)]


@pytest.mark.parametrize(
    ("updated", "last"),
    [("2025-03-05", "2026-04-05"), ("2025-01-31", "2026-02-28"), ("2024-12-31", "2026-01-31")],
)
def test_thirteen_months_end_on_their_day(updated, last):
    tc = replace(SOUND, **day(updated))
    end = dt.datetime.fromisoformat(last).replace(tzinfo=dt.UTC)
    assert codes(tc, now=end) == []
    assert codes(tc, now=end + dt.timedelta(seconds=1)) == [("reask_due", False)]
    assert codes(tc, now=None) == []


def test_findings_name_ids_and_counts():
    tc = replace(
        SOUND,
        purpose_legitimate_interests=IdSet({3, 4}),
        vendor_consents=IdSet({1, 2, 3}),
        disclosed_vendors=IdSet({3}),
    )
    barred, hidden = tc_findings(tc)
    assert "purposes 3-4" in barred.text
    assert hidden.text.startswith("2 vendors")
