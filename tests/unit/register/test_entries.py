"""Texts by language, and the kind of a copy."""

from __future__ import annotations

import pytest

from govreg.register.documents import AutomatedDecisionFile, RecipientFile, ResidueFile
from govreg.register.entries import (
    automated_of,
    recipient_of,
    residue_of,
    title_of,
    titles_of,
    words_of,
)
from govreg.register.model import Source


def test_one_text_counts_as_english_and_one_title_as_a_name():
    assert words_of(None) == {}
    assert words_of("text") == {"en": "text"}
    assert words_of({"fi": "teksti"}) == {"fi": "teksti"}
    assert (title_of("Shop", "s"), titles_of("Shop")) == ("Shop", {})
    both = {"fi": "Kauppa", "en": "Shop"}
    assert (title_of(both, "s"), titles_of(both)) == ("Shop", both)
    assert title_of({"fi": "Kauppa"}, "s") == "Kauppa"
    source = Source(name="s", title="Shop", connector="sql", config={}, owner="O")
    assert source.name_by_language == {"und": "Shop"}


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({"what": "nightly backup", "days": 1}, "backup"),
        ({"what": {"en": "read replica", "fi": "lukukopio"}, "days": 1}, "replica"),
        ({"what": "yöllinen kopio", "days": 1}, "derived"),
        ({"what": "yöllinen kopio", "days": 1, "kind": "backup"}, "backup"),
    ],
)
def test_the_kind_of_a_copy_is_said_or_read_from_its_words(written, kind):
    assert residue_of(ResidueFile.model_validate(written)).kind == kind


def test_safeguards_and_decisions_have_texts_by_language():
    held = recipient_of(
        RecipientFile(name="C", role="processor", country="US", safeguard={"fi": "lausekkeet"})
    )
    assert held.safeguard == {"fi": "lausekkeet"}
    assert automated_of(None) is None
    decision = automated_of(AutomatedDecisionFile(logic="by length", significance={"fi": "ei"}))
    assert decision is not None
    assert (decision.logic, decision.significance) == ({"en": "by length"}, {"fi": "ei"})
    assert decision.consequences == {}
