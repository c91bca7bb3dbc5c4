import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.errors import IntegrityProblem
from govreg.protection.aead import Suite
from govreg.protection.blind_index import BlindIndex, reference
from govreg.protection.envelope import Key

KEY = Key(id=1, suite=Suite.HMAC, secret=b"k" * 32)
OTHER = Key(id=2, suite=Suite.HMAC, secret=b"o" * 32)


def test_equal_for_equal_and_different_for_key_name_and_value():
    index = BlindIndex(KEY, "subject.email")
    made = index.of("anna@a.example")
    assert made == BlindIndex(KEY, "subject.email").of("anna@a.example")
    assert made[0] == 1
    assert len(made) == 33
    assert made != index.of("anna@b.example")
    assert made != BlindIndex(KEY, "subject.phone").of("anna@a.example")
    assert made != BlindIndex(OTHER, "subject.email").of("anna@a.example")
    assert index.of_many(["a", "b"]) == [index.of("a"), index.of("b")]


@given(one=st.lists(st.text(), max_size=4), other=st.lists(st.text(), max_size=4))
def test_references_tell_lists_of_parts_apart(one, other):
    assert (reference(KEY, *one) == reference(KEY, *other)) is (one == other)
    assert len(reference(KEY, *one)) == 32


def test_half_a_character_as_broken_files_hold_it_can_be_looked_up():
    index = BlindIndex(KEY, "subject.name")
    assert index.of("a\ud83d") == index.of("a\ud83d")
    assert index.of("a\ud83d") != index.of("a\ud83e")


@pytest.mark.parametrize("suite", sorted(set(Suite) - {Suite.HMAC}))
def test_a_key_for_something_else_makes_no_look_up_values(suite):
    key = Key(id=1, suite=suite, secret=b"k" * 32)
    for made in (lambda: BlindIndex(key, "subject.email"), lambda: reference(key, "ref")):
        with pytest.raises(IntegrityProblem) as caught:
            made()
        assert caught.value.code == "suite_mismatch"
