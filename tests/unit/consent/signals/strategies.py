"""Random models of every signal, and strings spoilt on purpose."""

import datetime as dt
import string

from hypothesis import strategies as st

from govreg.consent.signals.gpp import GppSection, GppString
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.tcf_model import (
    PublisherPurposes,
    Restriction,
    RestrictionType,
    TcString,
)
from govreg.consent.signals.us import UsPrivacy
from govreg.consent.signals.us_sections import SECTIONS, Second
from govreg.consent.signals.usp import UspString

ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def ids(highest):
    """Sets of ids: none, scattered, or in a few runs."""
    one = st.integers(1, highest)
    runs = st.lists(st.tuples(one, st.integers(0, 60)), max_size=4).map(
        lambda found: IdSet(
            each for first, more in found for each in range(first, min(highest, first + more) + 1)
        )
    )
    return st.one_of(st.just(IdSet()), st.sets(one, max_size=30).map(IdSet), runs)


def number(bits):
    return st.integers(0, (1 << bits) - 1)


letters = st.text(string.ascii_uppercase, min_size=2, max_size=2)
moments = number(36).map(
    lambda ticks: dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + ticks * dt.timedelta(milliseconds=100)
)
vendors = st.one_of(ids(100), ids(1500), ids(0xFFFF))
restrictions = st.lists(
    st.builds(
        Restriction, purpose=number(6), type=st.sampled_from(RestrictionType), vendors=ids(1500)
    ),
    max_size=4,
).map(tuple)


@st.composite
def publishers(draw):
    custom = draw(number(6))
    own = ids(custom) if custom else st.just(IdSet())
    return PublisherPurposes(
        consents=draw(ids(24)),
        legitimate_interests=draw(ids(24)),
        custom_purposes=custom,
        custom_consents=draw(own),
        custom_legitimate_interests=draw(own),
    )


tc_strings = st.builds(
    TcString,
    created=moments,
    last_updated=moments,
    cmp_id=number(12),
    cmp_version=number(12),
    consent_screen=number(6),
    consent_language=letters,
    vendor_list_version=number(12),
    policy_version=number(6),
    is_service_specific=st.booleans(),
    use_non_standard_texts=st.booleans(),
    special_feature_opt_ins=ids(12),
    purpose_consents=ids(24),
    purpose_legitimate_interests=ids(24),
    purpose_one_treatment=st.booleans(),
    publisher_country=letters,
    vendor_consents=vendors,
    vendor_legitimate_interests=vendors,
    publisher_restrictions=restrictions,
    disclosed_vendors=st.none() | vendors,
    allowed_vendors=st.none() | ids(100),
    publisher=st.none() | publishers(),
)


@st.composite
def us_sections(draw, number=None):
    section = SECTIONS[number or draw(st.sampled_from(sorted(SECTIONS)))]
    version = draw(st.sampled_from(sorted(section.layouts)))
    layout = section.layouts[version]
    fields = [*layout.fields]
    if draw(st.booleans()):
        fields += layout.second_fields
    two = st.integers(0, 3)
    several = {"SensitiveDataProcessing", "KnownChildSensitiveDataConsents"}
    values = {
        name: tuple(draw(two) for _ in range(count)) if name in several else draw(two)
        for name, count in fields
    }
    gpc = draw(st.none() | st.booleans()) if layout.second is Second.GPC else None
    return UsPrivacy(section=section.name, version=version, fields=values, gpc=gpc)


flags = st.none() | st.booleans()
usp_strings = st.builds(UspString, notice=flags, opted_out_of_sale=flags, lspa_covered=flags)


@st.composite
def gpp_strings(draw):
    held = []
    for each in sorted(draw(st.sets(st.integers(1, 40), max_size=8))):
        if each == 2:
            value = draw(tc_strings)
        elif each == 6:
            value = draw(usp_strings)
        elif each in SECTIONS:
            value = draw(us_sections(each))
        else:
            value = draw(st.text(ALPHABET + ".", min_size=1, max_size=20))
        held.append(GppSection(id=each, value=value))
    return GppString(sections=tuple(held))


@st.composite
def spoilt(draw, texts):
    """A string with a few characters changed, put in, taken out, or its end cut off."""
    text = draw(texts)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        new = draw(st.sampled_from([*ALPHABET, ".", "~", "=", "+", " ", "é", "\ud800", "\0"]))
        text = draw(
            st.sampled_from(
                [
                    text[:at],
                    text[:at] + new + text[at + 1 :],
                    text[:at] + new + text[at:],
                    text[at:],
                ]
            )
        )
    return text
