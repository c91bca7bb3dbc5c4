"""What may be relied upon of a signal: every section by itself, noise never, and nothing raises."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from govreg.consent.signals.gpp import GppSection, GppString, encode_gpp
from govreg.consent.signals.heard import NAMES, Heard, hear
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.meaning import Needs, OptOut, TcfNeeds, meaning, newest_tc
from govreg.consent.signals.signal import encode_signal, findings_of
from govreg.consent.signals.tcf_encode import encode_tc
from govreg.consent.signals.tcf_model import TcString
from govreg.consent.signals.us import UsPrivacy
from govreg.consent.signals.usp import UspString

from . import strategies as own

NOW = dt.datetime(2026, 3, 5, 9, 30, tzinfo=dt.UTC)
DAY = NOW.replace(hour=0, minute=0)
TC = TcString(
    created=DAY,
    last_updated=DAY,
    cmp_id=31,
    cmp_version=2,
    consent_screen=1,
    consent_language="EN",
    vendor_list_version=100,
    policy_version=5,
    purpose_consents=IdSet([1]),
    vendor_consents=IdSet([7]),
    disclosed_vendors=IdSet([7]),
)
USP_OUT = UspString(notice=True, opted_out_of_sale=True, lspa_covered=None)


def heard(text, **more):
    return hear(text, now=NOW, **more)


def codes(found):
    return [one.code for one in found.findings]


def gpp(*values):
    return encode_gpp(
        GppString(sections=tuple(GppSection(id=number, value=value) for number, value in values))
    )


def test_a_sound_string_is_relied_upon_whole():
    assert heard(f" {encode_tc(TC)}\n") == Heard(signal=TC)
    assert heard("1YY-").signal == USP_OUT


@pytest.mark.parametrize("code", ["global_scope", "disclosed_vendors_missing"])
def test_an_invalid_string_says_nothing(code):
    spoilt = {"is_service_specific": False} if code == "global_scope" else {}
    if code == "disclosed_vendors_missing":
        spoilt = {"disclosed_vendors": None}
    found = heard(encode_tc(dataclasses.replace(TC, **spoilt)))
    assert found.signal is None
    assert code in codes(found)


def test_a_string_from_the_future_says_nothing():
    ahead = DAY + dt.timedelta(days=2)
    found = heard(encode_tc(dataclasses.replace(TC, created=ahead, last_updated=ahead)))
    assert (found.signal, codes(found)) == (None, ["in_future"])


def test_an_invalid_section_takes_no_other_with_it():
    text = gpp((2, dataclasses.replace(TC, is_service_specific=False)), (6, USP_OUT))
    found = heard(text)
    assert found.signal == GppString(sections=(GppSection(id=6, value=USP_OUT),))
    assert codes(found) == ["global_scope"]
    assert found.findings[0].text.startswith("tcfeuv2: ")


def test_a_broken_section_takes_no_other_with_it_and_is_told_by_its_place():
    found = heard("DBACNY~CQ~1YY-")
    assert found.signal == GppString(sections=(GppSection(id=6, value=USP_OUT),))
    assert codes(found) == ["truncated"]
    assert found.findings[0].invalid
    assert found.findings[0].text.startswith("character 10 ")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("C" * 100_001, "too_long"),
        ("hello", "unknown_signal"),
        ("DBABRY~\x1b[31m", "not_base64url"),
        ("DBABRY~\udc80", "not_base64url"),
        ("DBABRY~ä", "not_base64url"),
        ("D", "not_a_header"),
        ("1Y", "truncated"),
    ],
)
def test_noise_says_nothing(text, code):
    found = heard(text)
    assert found.signal is None
    assert found.findings[0].invalid
    if code != "not_a_header":
        assert codes(found) == [code]


def test_a_gpp_string_without_a_section_is_sound_and_says_nothing():
    """Found by fuzzing: it came to nothing, and nothing said so."""
    found = heard("DBAA")
    assert found == Heard(signal=GppString(sections=()))
    assert meaning(EVERYTHING, [found.signal], record={}) == ()


def test_what_a_site_says_of_itself_is_nobodys_choice():
    found = heard('{"gpc": true}')
    assert (found.signal, codes(found)) == (None, ["no_choice"])
    assert not found.findings[0].invalid


class TestWhatDoesNotApply:
    TEXT = gpp((2, TC), (6, USP_OUT))

    def ids(self, **more):
        found = heard(self.TEXT, **more)
        return [one.id for one in found.signal.sections] if found.signal else []

    def test_sections_of_the_workspace(self):
        assert self.ids(sections={6, 8}) == [6]
        assert codes(heard(self.TEXT, sections={6})) == ["not_applicable"]
        assert heard(encode_tc(TC), sections={6}).signal is None
        assert heard("1YY-", sections={2}).signal is None
        assert heard("1YY-", sections={6}).signal == USP_OUT

    def test_sections_that_came_as_applicable(self):
        assert self.ids(applicable=[2]) == [2]
        assert self.ids(applicable=[2, 6]) == [2, 6]
        assert self.ids(applicable=[-1]) == []
        assert self.ids(applicable=[2], sections={6}) == []

    def test_nobody_knows_yet_which_apply(self):
        assert self.ids(applicable=[]) == [2, 6]
        assert self.ids(applicable=[0]) == [2, 6]
        assert self.ids(applicable=[0], sections={6}) == [6]

    def test_a_string_that_stands_alone_came_without_sections(self):
        assert heard("1YY-", applicable=[8]).signal == USP_OUT


def test_names_are_those_of_the_sections():
    assert (NAMES["tcfeuv2"], NAMES["usca"]) == (2, 8)
    for name, number in NAMES.items():
        assert GppSection(id=number, value="x").name == name


EVERYTHING = {
    "ads": Needs(
        tcf=TcfNeeds(purposes=(1,), special_features=(1,), legitimate_interests=(7,)),
        us=frozenset(OptOut),
        gpc=True,
    ),
    "site": Needs(tcf=TcfNeeds(purposes=(1,))),
    "vendor": Needs(tcf=TcfNeeds(purposes=(1,), vendor=7)),
}
LATER = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
noise = st.one_of(
    st.text(max_size=80),
    st.binary(max_size=80).map(lambda held: held.decode("utf-8", "surrogateescape")),
    st.builds(
        str.__add__,
        st.sampled_from(["C", "D", "DBABM~", "DBACNY~", "DBABLA~", "1", "{"]),
        st.text(own.ALPHABET + ".~-YN", max_size=80),
    ),
    own.spoilt(st.sampled_from([encode_tc(TC), gpp((2, TC), (6, USP_OUT)), "1YYN"])),
)


def allowed(found):
    """By itself: whether a TC string that may be relied upon has all the consent there is."""
    strings = newest_tc([found.signal]) if found.signal else []
    return any(
        1 in tc.purpose_consents or (tc.publisher and 1 in tc.publisher.consents) for tc in strings
    )


@given(noise)
@example("DBAA")
def test_noise_raises_nothing_and_opts_nobody_in(text):
    found = hear(text, now=LATER)
    said = meaning(EVERYTHING, [found.signal] if found.signal else [], record={})
    kinds = {one.kind for one in said}
    assert kinds <= {"given", "refused", "objected", "opted_out", "limited"}
    if "given" in kinds:
        assert allowed(found)
    if found.signal is None:
        assert found.findings
        assert said == ()


@given(st.one_of(own.tc_strings, own.gpp_strings(), own.usp_strings))
def test_what_is_invalid_is_never_relied_upon(signal):
    text = encode_signal(signal)
    found = hear(text, now=LATER)
    if isinstance(signal, GppString):
        parts = found.signal.sections if found.signal else ()
        kept = [GppString(sections=(part,)) for part in parts]
    else:
        kept = [found.signal] if found.signal else []
    assert not any(one.invalid for each in kept for one in findings_of(each, now=LATER))


@given(own.us_sections())
def test_no_section_of_the_united_states_opts_anybody_in(section):
    said = meaning(EVERYTHING, [_alone(section)], record={})
    kinds = {one.kind for one in said}
    assert kinds <= {"opted_out", "limited"}
    out = section.opted_out_of_sale_or_sharing
    out = out or section.fields.get("TargetedAdvertisingOptOut") == 1
    assert ("opted_out" in kinds) is out


def _alone(section: UsPrivacy):
    return GppString(sections=(GppSection(id=NAMES[section.section], value=section),))
