"""Every decoder against what nobody wrote: a precise refusal, or something that can be written again."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.consent.signals.strategies import (
    ALPHABET,
    gpp_strings,
    spoilt,
    tc_strings,
    us_sections,
)
from tests.unit.consent.signals.test_tcf import PLAIN

from govreg.consent.signals.gpc import GpcSupport, read_gpc_support
from govreg.consent.signals.gpp import GppString, decode_gpp, encode_gpp
from govreg.consent.signals.plain import plain
from govreg.consent.signals.problem import MalformedSignal
from govreg.consent.signals.signal import decode_signal, encode_signal, findings_of
from govreg.consent.signals.tcf import decode_tc
from govreg.consent.signals.tcf_encode import encode_tc
from govreg.consent.signals.tcf_model import TcString
from govreg.consent.signals.us import decode_us, encode_us
from govreg.consent.signals.us_sections import SECTIONS
from govreg.consent.signals.usp import UspString, decode_usp, encode_usp
from govreg.consent.signals.words import words_of

DECODERS = [
    (decode_tc, encode_tc),
    (decode_gpp, encode_gpp),
    (decode_usp, encode_usp),
    (decode_signal, encode_signal),
    *(
        (lambda text, section=section: decode_us(section, text), encode_us)
        for section in SECTIONS.values()
    ),
]


def held(text, decode, encode):
    """What the decoder makes of a text, which it must be able to write; None when it is refused."""
    problem = None
    try:
        value = decode(text)
    except MalformedSignal as caught:
        problem = caught
    if problem is not None:
        assert 0 <= problem.position <= len(text)
        assert problem.code
        assert len(text) < 12 or text not in str(problem)
        return None
    written = encode(value)
    if written is not None:
        assert encode(decode(written)) == written
    return value


def test_ten_thousand_random_strings_through_every_decoder():
    dice = random.Random(4)
    read = 0
    for turn in range(10_000):
        length = dice.randrange(1, 60)
        if turn % 2:
            text = dice.randbytes(length).decode("latin-1")
        else:
            text = "".join(dice.choices(ALPHABET + "..~", k=length))
        text = dice.choice(["", "", "C", "DBABM~C", "DBABLA~B", "B", "1"]) + text
        for decode, encode in [*DECODERS[:4], dice.choice(DECODERS)]:
            read += held(text, decode, encode) is not None
        read_gpc_support(text)
        read_gpc_support(text.encode())
    assert read < 5_000


@pytest.mark.parametrize(("name", "decoder"), [("tcf", DECODERS[0]), ("gpp", DECODERS[1])])
def test_ten_thousand_spoilt_vectors(vectors, name, decoder):
    dice = random.Random(5)
    texts = [row["text"] for row in vectors(name)]
    read = 0
    for _ in range(5_000):
        text = dice.choice(texts)
        at = dice.randrange(len(text))
        new = dice.choice(ALPHABET + "AAA..~=é")
        text = dice.choice(
            [text[:at], text[:at] + new + text[at + 1 :], text[:at] + text[at + 1 :]]
        )
        read += held(text, *decoder) is not None
    assert 500 < read < 4_500


@settings(max_examples=150)
@given(spoilt(tc_strings.map(encode_tc)))
def test_a_spoilt_tc_string_is_refused_or_is_another(text):
    held(text, decode_tc, encode_tc)


@settings(max_examples=150)
@given(spoilt(gpp_strings().map(encode_gpp)))
def test_a_spoilt_gpp_string_is_refused_or_is_another(text):
    held(text, decode_gpp, encode_gpp)


@settings(max_examples=150)
@given(spoilt(us_sections().map(encode_us)), st.sampled_from(list(SECTIONS.values())))
def test_a_spoilt_section_is_refused_or_is_another(text, section):
    held(text, lambda each: decode_us(section, each), encode_us)


@settings(max_examples=150)
@given(st.text() | st.binary().map(lambda each: each.decode("latin-1")))
def test_any_text_at_all(text):
    value = held(text, decode_signal, encode_signal)
    if value is not None:
        findings_of(value)
        plain(value)
        assert all(words_of(value))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (encode_tc(PLAIN), TcString),
        ("DBABTA~1YNN", GppString),
        ("1YNN", UspString),
        ('{"gpc": true}', GpcSupport),
    ],
)
def test_a_signal_is_known_by_how_it_begins(text, kind):
    assert isinstance(decode_signal(text), kind)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("x", "unknown_signal"),
        (" C", "unknown_signal"),
        ("~", "unknown_signal"),
        ("B", "wrong_version"),
        ("D", "truncated"),
        ("9", "wrong_version"),
    ],
)
def test_what_is_no_signal(text, code):
    with pytest.raises(MalformedSignal) as caught:
        decode_signal(text)
    assert (caught.value.code, caught.value.exit_code) == (code, 5)


def test_a_signal_is_judged_by_its_kind():
    assert [each.code for each in findings_of(PLAIN)] == ["disclosed_vendors_missing"]
    assert findings_of(decode_usp("1YNN")) == []
    assert [each.code for each in findings_of(read_gpc_support("{}"))] == ["gpc_not_boolean"]
    assert encode_signal(read_gpc_support("{}")) is None
    assert encode_signal(read_gpc_support('{"gpc":false}')) == '{"gpc": false}'
