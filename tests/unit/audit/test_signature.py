import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.audit.signature import (
    SigningKey,
    VerifyKey,
    open_note,
    parse_note,
    read_keys,
    sign_note,
)
from govreg.errors import ConfigurationProblem, IntegrityProblem

KEY = SigningKey(bytes(range(32)))
NAME = "acme.example/notes"


def code_of(call, *values, **named):
    with pytest.raises(IntegrityProblem) as caught:
        call(*values, **named)
    return caught.value.code


def test_the_reference_note_is_written_byte_for_byte(vectors):
    known = vectors("note")["reference"]
    key = SigningKey(bytes.fromhex(known["seed"]))
    assert key.verify_key(known["name"]).to_text() == known["key"]
    assert sign_note(known["text"], name=known["name"], key=key) == known["note"]
    text, signers = open_note(known["note"], [VerifyKey.from_text(known["key"])])
    assert text == known["text"]
    assert [each.name for each in signers] == [known["name"]]


def test_known_notes_open_or_fail_as_named(vectors):
    for case in vectors("note")["notes"]:
        keys = [VerifyKey.from_text(each) for each in case["keys"]]
        if case["code"]:
            assert code_of(open_note, case["note"], keys) == case["code"], case["name"]
        else:
            open_note(case["note"], keys)


def test_known_bad_keys_are_malformed(vectors):
    for name, text in vectors("note")["bad_keys"].items():
        assert code_of(VerifyKey.from_text, text) == "malformed", name


def test_a_key_with_any_letter_changed_is_refused():
    text = KEY.verify_key("acme").to_text()
    for place, letter in enumerate(text):
        changed = text[:place] + chr(ord(letter) + 1) + text[place + 1 :]
        assert code_of(VerifyKey.from_text, changed) == "malformed"


def test_sixteen_signatures_are_accepted():
    keys = [SigningKey(bytes([number] * 32)) for number in range(16)]
    lines = "".join(
        sign_note("text\n", name=f"key{number}", key=key).partition("\n\n")[2]
        for number, key in enumerate(keys)
    )
    text, signers = open_note(f"text\n\n{lines}", [keys[15].verify_key("key15")])
    assert (text, len(signers)) == ("text\n", 1)


def test_a_note_comes_apart_and_together():
    note = sign_note("a\n\nb\n", name=NAME, key=KEY)
    assert parse_note(note).text == "a\n\nb\n"
    assert parse_note(note).to_text() == note


@pytest.mark.parametrize("text", ["", "no newline", "tab\there\n", "nul\0\n", "half \ud800\n"])
def test_a_text_that_no_note_can_hold_is_not_signed(text):
    assert code_of(sign_note, text, name=NAME, key=KEY) == "malformed"


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb"])
def test_names_without_spaces_and_plus(name):
    assert code_of(sign_note, "text\n", name=name, key=KEY) == "malformed"
    assert code_of(KEY.verify_key, name) == "malformed"


def test_a_note_too_long_is_refused_unread():
    assert code_of(parse_note, "x" * 1_000_001) == "malformed"


def test_no_key_opens_nothing():
    assert code_of(open_note, sign_note("text\n", name=NAME, key=KEY), []) == "unknown_key"


def test_a_signing_key_shows_nothing_and_comes_back_from_its_seed():
    made = SigningKey.generate()
    assert SigningKey(made.seed).verify_key(NAME) == made.verify_key(NAME)
    assert made.seed.hex() not in repr(made)
    assert SigningKey.generate().seed != made.seed


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_has_32_bytes(length):
    with pytest.raises(ConfigurationProblem, match="32 bytes"):
        SigningKey(bytes(length))


def test_several_keys_one_a_line():
    other = SigningKey(bytes(32)).verify_key(NAME)
    own = KEY.verify_key(NAME)
    assert read_keys(f"\n{own.to_text()}\n  {other.to_text()}  \n") == (own, other)
    assert code_of(read_keys, "\n") == "malformed"


def test_a_public_key_that_is_no_point_verifies_nothing():
    key = VerifyKey(name=NAME, public=b"\xff" * 32)
    assert code_of(key.verify, b"text", bytes(64)) == "bad_signature"
    assert code_of(key.verify, b"text", b"short") == "bad_signature"


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"])), st.data())
def test_no_other_text_opens_under_the_signature(line, data):
    note = sign_note(f"{line}\n", name=NAME, key=KEY)
    key = KEY.verify_key(NAME)
    assert open_note(note, [key])[0] == f"{line}\n"
    place = data.draw(st.integers(0, len(line)))
    changed = note[:place] + data.draw(st.sampled_from("aé\n ")) + note[place:]
    if changed != note:
        assert code_of(open_note, changed, [key]) in {"bad_signature", "malformed"}
