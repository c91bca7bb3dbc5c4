"""What signals mean: absence is no opt-in, and a signal takes back nothing that a person said."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.consent.model import EventKind
from govreg.consent.signals.gpp import GppSection, GppString
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.meaning import Meant, Needs, OnRecord, OptOut, TcfNeeds, meaning
from govreg.consent.signals.tcf_model import (
    PublisherPurposes,
    Restriction,
    RestrictionType,
    TcString,
)
from govreg.consent.signals.us import UsPrivacy
from govreg.consent.signals.usp import UspString

from .strategies import tc_strings

DAY = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
ADS = {"ads": Needs(tcf=TcfNeeds(purposes=(1, 4), vendor=7))}
TC = TcString(
    created=DAY,
    last_updated=DAY,
    cmp_id=1,
    cmp_version=1,
    consent_screen=1,
    consent_language="EN",
    vendor_list_version=1,
    policy_version=5,
    purpose_consents=IdSet([1, 4]),
    purpose_legitimate_interests=IdSet([2]),
    vendor_consents=IdSet([7]),
    vendor_legitimate_interests=IdSet([7]),
    disclosed_vendors=IdSet([7, 8]),
)


def said(mapping, *signals, gpc=False, **record):
    found = meaning(
        mapping,
        signals,
        gpc=gpc,
        record={name: OnRecord(**record) for name in mapping} if record else {},
    )
    return [(one.activity, one.kind) for one in found]


def tc(**changes):
    return dataclasses.replace(TC, **changes)


def us(gpc=None, **fields):
    value = UsPrivacy(section="usca", version=1, fields=fields, gpc=gpc)
    return GppString(sections=(GppSection(id=8, value=value),))


GIVEN = [("ads", EventKind.GIVEN)]
REFUSED = [("ads", EventKind.REFUSED)]


class TestConsentStrings:
    def test_all_purposes_and_the_vendor_are_consent(self):
        assert said(ADS, TC) == GIVEN

    @pytest.mark.parametrize(
        "lacking",
        [
            tc(purpose_consents=IdSet([1])),
            tc(vendor_consents=IdSet([])),
            tc(
                publisher_restrictions=(
                    Restriction(purpose=4, type=RestrictionType.NOT_ALLOWED, vendors=IdSet([7])),
                )
            ),
            tc(
                publisher_restrictions=(
                    Restriction(
                        purpose=4,
                        type=RestrictionType.REQUIRE_LEGITIMATE_INTEREST,
                        vendors=IdSet([7]),
                    ),
                )
            ),
        ],
    )
    def test_what_lacks_anything_is_none(self, lacking):
        assert said(ADS, lacking) == REFUSED
        assert said(ADS, lacking, consent=True, last=DAY) == [("ads", EventKind.WITHDRAWN)]
        assert said(ADS, lacking, refused=True, last=DAY) == []
        assert said(ADS, lacking, refused=True) == []

    def test_a_restriction_of_others_is_not_this_vendors(self):
        other = Restriction(purpose=4, type=RestrictionType.NOT_ALLOWED, vendors=IdSet([8]))
        assert said(ADS, tc(publisher_restrictions=(other,))) == GIVEN

    def test_a_vendor_that_was_not_shown_says_nothing(self):
        assert said(ADS, tc(disclosed_vendors=IdSet([8]))) == []
        assert said(ADS, tc(disclosed_vendors=None)) == GIVEN

    def test_without_a_vendor_the_publishers_own_purposes_count(self):
        own = {"ads": Needs(tcf=TcfNeeds(purposes=(1,)))}
        assert said(own, TC) == GIVEN
        assert said(own, tc(publisher=PublisherPurposes(consents=IdSet([2])))) == REFUSED
        assert said(own, tc(publisher=PublisherPurposes(consents=IdSet([1])))) == GIVEN

    def test_special_features_need_their_opt_in(self):
        place = {"ads": Needs(tcf=TcfNeeds(special_features=(1,)))}
        assert said(place, TC) == REFUSED
        assert said(place, tc(special_feature_opt_ins=IdSet([1]))) == GIVEN

    def test_an_old_string_gives_nothing_back(self):
        """A person withdrew on the telephone; the browser still sends last week's string."""
        assert said(ADS, TC, last=DAY + dt.timedelta(days=1)) == []
        assert said(ADS, TC, last=DAY + dt.timedelta(hours=8)) == []
        assert said(ADS, TC, last=DAY - dt.timedelta(days=1)) == GIVEN

    def test_what_stands_is_not_said_again(self):
        assert said(ADS, TC, consent=True, last=DAY) == []

    def test_the_newest_string_speaks(self):
        older = tc(last_updated=DAY - dt.timedelta(days=3), purpose_consents=IdSet([]))
        assert said(ADS, older, TC) == said(ADS, TC, older) == GIVEN

    def test_a_string_inside_gpp_speaks_too(self):
        assert said(ADS, GppString(sections=(GppSection(id=2, value=TC),))) == GIVEN

    @pytest.mark.parametrize(
        ("changes", "objects"),
        [
            ({}, False),
            ({"purpose_legitimate_interests": IdSet([])}, True),
            ({"vendor_legitimate_interests": IdSet([])}, True),
            (
                {
                    "publisher_restrictions": (
                        Restriction(
                            purpose=2, type=RestrictionType.REQUIRE_CONSENT, vendors=IdSet([7])
                        ),
                    )
                },
                True,
            ),
        ],
    )
    def test_no_legitimate_interest_is_an_objection(self, changes, objects):
        needs = {"ads": Needs(tcf=TcfNeeds(legitimate_interests=(2,), vendor=7))}
        expected = [("ads", EventKind.OBJECTED)] if objects else []
        assert said(needs, tc(**changes)) == expected
        assert said(needs, tc(**changes), objects=True, last=DAY) == []

    def test_the_sites_own_interests(self):
        needs = {"ads": Needs(tcf=TcfNeeds(legitimate_interests=(2,)))}
        assert said(needs, TC) == []
        assert said(needs, tc(publisher=PublisherPurposes())) == [("ads", EventKind.OBJECTED)]


class TestOptOuts:
    SALE = {"ads": Needs(us=frozenset({OptOut.SALE, OptOut.SHARING}), gpc=True)}
    OUT = [("ads", EventKind.OPTED_OUT)]

    @pytest.mark.parametrize(
        ("signal", "out"),
        [
            (us(SaleOptOut=1, SharingOptOut=2), True),
            (us(SaleOptOut=2, SharingOptOut=1), True),
            (us(SaleOptOut=2, SharingOptOut=2), False),
            (us(SaleOptOut=0, SharingOptOut=3), False),
            (us(TargetedAdvertisingOptOut=1), False),
            (UspString(notice=True, opted_out_of_sale=True, lspa_covered=None), True),
            (UspString(notice=True, opted_out_of_sale=False, lspa_covered=None), False),
            (UspString(notice=None, opted_out_of_sale=None, lspa_covered=None), False),
        ],
    )
    def test_only_a_one_is_an_opt_out_and_nothing_is_an_opt_in(self, signal, out):
        assert said(self.SALE, signal) == (self.OUT if out else [])
        assert said(self.SALE, signal, opted_out=True) == []

    def test_privacy_control_wins_over_a_string_that_says_otherwise(self):
        assert said(self.SALE, us(SaleOptOut=2, SharingOptOut=2), gpc=True) == self.OUT
        assert said(self.SALE, us(gpc=True, SaleOptOut=2, SharingOptOut=2)) == self.OUT
        assert said(self.SALE, us(gpc=False, SaleOptOut=2)) == []

    def test_privacy_control_is_about_what_the_mapping_names(self):
        other = {"mail": Needs(us=frozenset({OptOut.SALE}))}
        assert said(other, gpc=True) == []

    @pytest.mark.parametrize(
        ("values", "limits"), [((0, 2, 1), True), ((0, 2, 2), False), (1, True)]
    )
    def test_sensitive_data(self, values, limits):
        needs = {"ads": Needs(us=frozenset({OptOut.SENSITIVE}))}
        expected = [("ads", EventKind.LIMITED)] if limits else []
        assert said(needs, us(SensitiveDataProcessing=values)) == expected
        assert said(needs, us(SensitiveDataProcessing=values), limits=True) == []


class TestPurposeOne:
    """A publisher's country may have purpose 1 not disclosed: nobody was asked about it."""

    UNASKED = tc(purpose_one_treatment=True, purpose_consents=IdSet([4]))

    def test_what_nobody_was_asked_about_is_neither_given_nor_refused(self):
        assert said(ADS, self.UNASKED) == []
        assert said(ADS, self.UNASKED, consent=True, last=DAY) == []

    def test_a_bit_that_cannot_be_is_no_consent(self):
        assert said(ADS, tc(purpose_one_treatment=True)) == []

    def test_what_was_asked_still_counts(self):
        none = tc(purpose_one_treatment=True, purpose_consents=IdSet([]))
        assert said(ADS, none) == REFUSED
        assert said(ADS, none, consent=True, last=DAY) == [("ads", EventKind.WITHDRAWN)]
        other = {"ads": Needs(tcf=TcfNeeds(purposes=(4,), vendor=7))}
        assert said(other, self.UNASKED) == GIVEN


class TestSeveralAndOldStrings:
    LESS = tc(purpose_consents=IdSet([1]))

    def test_of_one_day_the_one_that_says_least_decides(self):
        assert said(ADS, TC, self.LESS) == said(ADS, self.LESS, TC) == REFUSED

    def test_of_one_day_one_objection_is_enough(self):
        needs = {"ads": Needs(tcf=TcfNeeds(legitimate_interests=(2,), vendor=7))}
        objecting = tc(purpose_legitimate_interests=IdSet([]))
        assert said(needs, TC, objecting) == [("ads", EventKind.OBJECTED)]

    def test_one_that_was_shown_speaks_beside_one_that_was_not(self):
        assert said(ADS, TC, tc(disclosed_vendors=IdSet([8]))) == GIVEN

    def test_an_old_string_does_not_end_what_was_given_since(self):
        """A person consented on the telephone; the browser still sends last week's string."""
        assert said(ADS, self.LESS, consent=True, last=DAY + dt.timedelta(days=1)) == []
        assert said(ADS, self.LESS, consent=True, last=DAY + dt.timedelta(hours=8)) == [
            ("ads", EventKind.WITHDRAWN)
        ]


@given(tc_strings, st.booleans())
def test_consent_is_given_only_where_every_bit_of_it_is_set(string, asked):
    """The rule again, bit by bit, for a vendor without a restriction."""
    string = dataclasses.replace(
        string, publisher_restrictions=(), purpose_one_treatment=not asked
    )
    needs = {"ads": Needs(tcf=TcfNeeds(purposes=(1, 4), special_features=(2,), vendor=7))}
    bits = [
        asked,
        1 in string.purpose_consents,
        4 in string.purpose_consents,
        2 in string.special_feature_opt_ins,
        7 in string.vendor_consents,
        string.disclosed_vendors is None or 7 in string.disclosed_vendors,
    ]
    assert (said(needs, string) == GIVEN) is all(bits)


@given(
    tc_strings,
    st.builds(
        OnRecord,
        consent=st.booleans(),
        refused=st.booleans(),
        objects=st.booleans(),
        opted_out=st.booleans(),
        limits=st.booleans(),
        last=st.just(DAY),
    ),
)
def test_nothing_is_given_by_a_string_that_is_not_newer_than_the_record(string, before):
    string = dataclasses.replace(string, last_updated=DAY)
    needs = {"ads": Needs(tcf=TcfNeeds(purposes=(1,), legitimate_interests=(2,)), gpc=True)}
    found = meaning(needs, [string], gpc=True, record={"ads": before})
    kinds = {one.kind for one in found}
    assert kinds <= {EventKind.WITHDRAWN, EventKind.OBJECTED, EventKind.OPTED_OUT}
    assert (EventKind.OPTED_OUT in kinds) is not before.opted_out
    assert EventKind.WITHDRAWN not in kinds or before.consent


def test_reasons_are_words_without_a_value():
    (one,) = meaning(ADS, [TC], record={})
    assert one == Meant(activity="ads", kind=EventKind.GIVEN, reason="consents to purposes 1, 4")
