import datetime as dt

import pytest

from govreg.errors import ConfigurationProblem
from govreg.policy.files import load_books

PACK = """\
govreg_pack: 1
pack: own
version: "1"
law: LAW
title: {en: Own}
rules:
"""
OPENS = """\
  - id: NAME.opens
    kind: ground
    act: [erase, port]
    effect: allow
    citation: [H]
    title: {en: One}
    text: {en: x}
    when: {all: [{fact: person.deceased, is: true}, {fact: person.age, ge: 3}]}
    checked_on: 2026-01-01
    confidence: low
"""
CLOSES = """\
  - id: NAME.closes
    kind: prohibition
    act: [erase, port, restrict]
    effect: deny
    citation: [H]
    title: {en: One}
    text: {en: x}
    when: {fact: person.deceased, is: true}
    checked_on: 2026-01-01
    confidence: low
"""


def since(text, day):
    return text.replace("checked_on", f"in_force_from: {day}\n    checked_on")


def until(text, day):
    return text.replace("checked_on", f"in_force_to: {day}\n    checked_on")


def loaded(tmp_path, *rules, law="house"):
    (tmp_path / "own.yaml").write_text(
        PACK.replace("LAW", law) + "".join(rules).replace("NAME", law)
    )
    return load_books([tmp_path / "own.yaml"])


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        (OPENS, CLOSES),
        (
            OPENS.replace("[erase, port]", "port"),
            CLOSES.replace("[erase, port, restrict]", "port"),
        ),
        (
            OPENS,
            CLOSES.replace(
                "{fact: person.deceased, is: true}", "{all: [{fact: person.age, ge: 3}]}"
            ),
        ),
        (since(OPENS, "2020-01-01"), since(CLOSES, "2020-01-01")),
        (until(OPENS, "2020-01-01"), until(CLOSES, "2020-01-01")),
        (until(since(OPENS, "2020-01-01"), "2021-01-01"), since(CLOSES, "2019-01-01")),
        (until(since(OPENS, "2020-01-01"), "2021-01-01"), until(CLOSES, "2022-01-01")),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_one_rule_opens_and_another_always_closes_is_refused(tmp_path, opens, closes, first):
    both = (opens, closes) if first else (closes, opens)
    with pytest.raises(ConfigurationProblem) as caught:
        loaded(tmp_path, *both)
    text = str(caught.value)
    assert (
        "`rules.house.opens.when`: rule `house.opens` opens what `house.closes` always closes, and"
        in text
    )
    assert (
        "and nothing says which goes first\n  put what is meant under `unless:` of `house.closes`, or take"
        in text
    )
    line = int(text.partition("own.yaml:")[2].partition(":")[0])
    written = (tmp_path / "own.yaml").read_text().splitlines()
    assert written[line - 1].startswith("    when: {all: [{fact: person.deceased")


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        (OPENS, CLOSES.replace("effect: deny", "effect: restrict")),
        (OPENS, CLOSES.replace("[erase, port, restrict]", "[erase, restrict]")),
        (
            OPENS.replace("{fact: person.deceased, is: true}", "{fact: person.inmate, is: true}"),
            CLOSES,
        ),
        (OPENS, since(CLOSES, "2020-01-01")),
        (OPENS, until(CLOSES, "2020-01-01")),
        (since(OPENS, "2020-01-01"), since(CLOSES, "2020-01-02")),
        (until(OPENS, "2020-01-02"), until(CLOSES, "2020-01-01")),
        (
            OPENS,
            CLOSES
            + "    unless: [{id: x, citation: [H], text: {en: x}, when: {fact: person.age, ge: 9}}]\n",
        ),
        (OPENS.replace("kind: ground", "kind: prohibition").replace("allow", "restrict"), CLOSES),
    ],
)
def test_where_the_two_can_be_told_apart_nothing_is_refused(tmp_path, opens, closes):
    book = loaded(tmp_path, opens, closes)
    assert set(book.rules) == {"house.opens", "house.closes"}
    day = dt.date(2020, 1, 1)
    assert book.rules["house.closes"].in_force(day) or "from" in closes


def test_a_prohibition_of_another_law_closes_nothing(tmp_path):
    (tmp_path / "one.yaml").write_text(
        PACK.replace("LAW", "house") + OPENS.replace("NAME", "house")
    )
    (tmp_path / "two.yaml").write_text(
        PACK.replace("LAW", "other").replace("own", "two") + CLOSES.replace("NAME", "other")
    )
    own = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    assert len(load_books([], own=own).rules) == 2


def test_all_files_of_the_organisation_are_of_the_same_standing_and_packs_are_not(tmp_path):
    (tmp_path / "one.yaml").write_text(PACK.replace("LAW", "house") + CLOSES.replace("NAME", "a"))
    (tmp_path / "two.yaml").write_text(
        PACK.replace("LAW", "house").replace("own", "two") + OPENS.replace("NAME", "b")
    )
    both = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    with pytest.raises(
        ConfigurationProblem, match=r"two\.yaml:14: .*`b\.opens` opens what `a\.cl"
    ):
        load_books([], own=both)
    assert len(load_books(both).rules) == 2


KEEPS = """\
  - id: NAME.keeps
    kind: minimum
    effect: retain
    citation: [H]
    title: {en: One}
    text: {en: x}
    period: P6Y
    anchor: event
    record_class: letters
    checked_on: 2026-01-01
    confidence: low
"""
ENDS = """\
  - id: NAME.ends
    kind: maximum
    effect: end
    citation: [H]
    title: {en: One}
    text: {en: x}
    period: P5Y
    anchor: event
    record_class: letters
    checked_on: 2026-01-01
    confidence: low
"""


def both(tmp_path, keeps=KEEPS, ends=ENDS):
    text = (PACK + ends + keeps).replace("NAME", "own").replace("LAW", "gdpr")
    (tmp_path / "own.yaml").write_text(text)
    return load_books([tmp_path / "own.yaml"])


def test_a_maximum_that_is_shorter_than_a_minimum_of_its_class_is_refused(tmp_path):
    with pytest.raises(ConfigurationProblem) as caught:
        both(tmp_path)
    assert "rule `own.ends` ends what `own.keeps` still keeps" in caught.value.message
    assert caught.value.line == 13


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("period: P5Y", "period: P6Y"),
        ("period: P5Y", "period: P72M"),
        ("record_class: letters", "record_class: other"),
        ("anchor: event", "anchor: end_of_month"),
    ],
)
def test_one_that_is_not_seen_to_be_shorter_is_taken(tmp_path, old, new):
    assert "own.ends" in both(tmp_path, ends=ENDS.replace(old, new)).rules


def test_a_maximum_says_of_which_records(tmp_path):
    with pytest.raises(ConfigurationProblem, match="`maximum` needs this key"):
        both(tmp_path, ends=ENDS.replace("    record_class: letters\n", ""))
