"""A Finnish document has no English in it but what is marked as English.

The strings come from the English word table: a sentence that a page takes from it, or that code
writes in English beside it, is found here.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import string
from html.parser import HTMLParser
from pathlib import Path

import pytest

import govreg.reports.words as words_module
from govreg.demo.cast import FEWEST_CUSTOMERS
from govreg.demo.story import tell

_WORDS = Path(words_module.__file__).with_name("words")
_TABLES = {
    tag: json.loads((_WORDS / f"{tag}.json").read_text(encoding="utf-8")) for tag in ("en", "fi")
}
_LONG = 8
"""Shorter pieces of a sentence are found in names and values by chance."""
_VOID = frozenset({"br", "meta", "link", "img", "hr"})


class Texts(HTMLParser):
    """The text nodes of one language's part of a page, without what is marked as another's."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.nodes = language, []
        self.open: list[str | None] = [None]

    def handle_starttag(self, tag, attrs):
        if tag not in _VOID:
            held = dict(attrs)
            code = tag in {"style", "script", "pre"} or "code" in (held.get("class") or "").split()
            own = "code" if code else held.get("lang")
            self.open.append(own or self.open[-1])

    def handle_endtag(self, tag):
        if tag not in _VOID:
            self.open.pop()

    def handle_data(self, data):
        if self.open[-1] == self.language and data.strip():
            self.nodes.append(" ".join(data.split()))


def texts(page: Path, language: str = "fi") -> list[str]:
    reader = Texts(language)
    reader.feed(page.read_text(encoding="utf-8"))
    return reader.nodes


def english_in(nodes: list[str]) -> set[str]:
    """Sentences of the English table that stand in the nodes, whole or in pieces."""
    whole, everything = set(nodes), "\n".join(nodes)
    found = set()
    for key, sentence in _TABLES["en"].items():
        if sentence == _TABLES["fi"][key] or key == "language.name":
            continue
        pieces = [piece.strip() for piece, *_ in string.Formatter().parse(sentence)]
        long = [p for p in pieces if len(p) >= _LONG and " " in p]
        if sentence in whole or any(
            re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", everything) for piece in long
        ):
            found.add(f"{key}: {sentence}")
    return found


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return tell(
        tmp_path_factory.mktemp("demo") / "kotipuoti",
        lambda _line: None,
        clock=lambda: dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC),
        customers=FEWEST_CUSTOMERS,
    )


def test_the_finnish_answer_has_no_english_sentence(told):
    nodes = texts(told.answer / "index.fi.html")
    assert len(nodes) > 200
    assert english_in(nodes) == set()
    assert "Verkkokauppa" in nodes
    assert any("hakutietona sähköpostiosoite" in node for node in nodes)


def test_the_finnish_certificate_has_no_english_sentence(told):
    nodes = texts(told.certificate / "certificate.html")
    assert len(nodes) > 100
    assert english_in(nodes) == set()
    assert any("tallennustilan vapautetut lohkot" in node for node in nodes)
    assert any("tietokannan öinen varmuuskopio" in node for node in nodes)


def test_the_same_question_finds_the_english_pages(told):
    answer = english_in(texts(told.answer / "index.en.html", "en"))
    assert len(answer) > 100
    assert "way.by: by {kind}" not in answer  # too short to be told from a name
    assert any(each.startswith("step.confirmed:") for each in answer)
    nodes = texts(told.certificate / "certificate.html", "en")
    assert any(each.startswith("cert.residue.ledger:") for each in english_in(nodes))
    assert any("freed blocks of the file system" in node for node in nodes)


def test_activities_are_those_for_which_data_about_the_person_is_held(told):
    """A ticket names the employee who answers it: that is no data about the customer."""
    answer = json.loads((told.answer / "data.json").read_text(encoding="utf-8"))
    withheld = {each["what"]: each for each in answer["withheld"]}
    assert withheld["agent_id"]["reason"] == "gdpr.access.others_rights"
    assert withheld["agent_id"]["adopter"] == "maarit"
    assert withheld["body"]["decided_by"] == "ville"
    named = {each["name"] for each in answer["activities"]}
    assert "staff" not in named
    assert {"orders", "newsletter", "support"} <= named
    assert all("staff" not in section["activities"] for section in answer["sections"])
