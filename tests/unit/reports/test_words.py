import datetime as dt
import json
import re
import string
from pathlib import Path

import pytest
from markupsafe import escape

import govreg.reports.words as module
from govreg.connectors.record import Disposition
from govreg.errors import ConfigurationProblem
from govreg.gate.scope import Doubt, Relation
from govreg.register.model import Origin
from govreg.reports.words import Words, languages

FOLDER = Path(module.__file__).parent
TABLES = {
    tag: json.loads((FOLDER / "words" / f"{tag}.json").read_text(encoding="utf-8"))
    for tag in languages()
}
TEMPLATES = {each.name: each.read_text() for each in (FOLDER / "templates").glob("*.html")}


def holes(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_both_languages_are_there():
    assert languages() == ("en", "fi")


def test_the_tables_have_the_same_keys_and_the_same_holes():
    assert TABLES["en"].keys() == TABLES["fi"].keys()
    for key, sentence in TABLES["en"].items():
        assert holes(sentence) == holes(TABLES["fi"][key]), key


def test_no_sentence_is_empty_or_holds_markup():
    for table in TABLES.values():
        for key, sentence in table.items():
            assert sentence.strip() == sentence, key
            assert sentence, key
            assert "<" not in sentence, key


def test_every_sentence_that_a_template_names_is_there():
    named = {
        key
        for text in TEMPLATES.values()
        for key in re.findall(r'\bw\("([a-z0-9_.-]+)"[,)]', text)
    }
    assert len(named) > 80
    assert named <= TABLES["en"].keys()


def test_every_group_that_a_template_names_is_there():
    groups = {
        group
        for text in TEMPLATES.values()
        for group in re.findall(r'\bw\.code\("([a-z0-9_.-]+)"', text)
    }
    for group in groups:
        assert any(key.startswith(f"{group}.") for key in TABLES["en"]), group


def test_a_code_without_words_is_shown_as_it_stands():
    words = Words("en")
    assert words.code("reason", "third_party") == "about another person"
    assert words.code("not_searched", "no_identifier:email") == (
        "it holds none of the identifiers that were searched (email)"
    )
    assert words.code("reason", "house_rule_7") == "house_rule_7"


def test_a_category_without_words_takes_those_above_it():
    words = Words("fi")
    assert words.category("user.contact.email") == "Sähköpostiosoite"
    assert words.category("user.contact.address.street.number") == "Katuosoite"
    assert words.category("vehicle.plate") == "vehicle.plate"


def test_a_text_in_another_language_is_marked_and_escaped():
    words = Words("fi")
    assert words.text({"fi": "Tilaukset", "en": "Orders"}) == "Tilaukset"
    assert escape(words.text({"en": "<b>"})) == '<span lang="en">&lt;b&gt;</span>'
    assert escape(words.text({"sv": "Order"})) == '<span lang="sv">Order</span>'
    assert words.text({}, "shop.orders") == "shop.orders"


def test_figures_are_written_as_each_language_does():
    moment = dt.datetime(2026, 3, 5, 22, 30, tzinfo=dt.UTC)
    en, fi = (Words(tag, time_zone="Europe/Helsinki") for tag in ("en", "fi"))
    assert en.number(11000) == "11,000"
    assert fi.number(11000) == "11\xa0000"
    assert en.count("rows", 1) == "1 row"
    assert fi.count("rows", 2) == "2 riviä"
    assert en.day(dt.date(2026, 3, 5)) == "5\xa0March\xa02026"
    assert fi.day(moment) == "6.3.2026"
    assert en.moment(moment) == "6\xa0March\xa02026, 00:30 EET"
    assert fi.moment(moment) == "6.3.2026 klo\xa000.30 EET"
    assert en.day(None) == fi.moment(None) == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("tag", "zone", "told"),
    [("sv", "UTC", "`sv`"), ("en", "Mars/Base", "`Mars/Base`"), ("en", "../x", "zone")],
)
def test_an_unknown_language_or_zone_is_refused(tag, zone, told):
    with pytest.raises(ConfigurationProblem, match=told):
        Words(tag, time_zone=zone)


@pytest.mark.parametrize(
    ("group", "codes"),
    [("doubt", Doubt), ("relation", Relation), ("origin", Origin), ("disposition", Disposition)],
)
def test_every_code_of_the_program_has_words(group, codes):
    assert {f"{group}.{code}" for code in codes} <= TABLES["en"].keys()
