import datetime as dt

import pytest
from tests.unit.policy.packs import GOOD, loaded

from govreg.errors import ConfigurationProblem
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.files import load_books


def test_a_pack(tmp_path):
    book = loaded(tmp_path, GOOD)
    assert list(book.rules) == ["own.one"]
    assert book.packs == {"own": "1"}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("govreg_pack: 1", "govreg_pack: 2", 1, "version 1"),
        ("govreg_pack: 1", "govreg_pack: 2", 1, "version 2"),
        ("govreg_pack: 1\n", "", 1, "must begin with"),
        ("effect: allow", "effect: deny", 10, "`allow`"),
        ("effect: allow", "effect: needs_human", 10, "`allow`"),
        ("kind: ground", "kind: prohibition", 10, "`deny` or `restrict` or `needs_human`"),
        ("kind: ground", "kind: disclosure", 9, "`disclose`"),
        ("act: erase", "act: disclose", 9, "`erase`"),
        (
            "title: {en: Own}",
            "title: {en: Own}\nholidays: {FI: [{name: May Day Eve, public: true, cite: ours}]}",
            6,
            "a name alone adds no day",
        ),
        (
            "title: {en: Own}",
            "title: {en: Own}\ntables: {gdpr.age: {by: person.country, citation: [ours], rows: {FI: 13, SE: none}}}",
            6,
            "the values of table `gdpr.age` are of several kinds",
        ),
        (
            "title: {en: Own}",
            "title: {en: Own}\ntables: {gdpr.age: {by: person.country, citation: [ours], rows: {FI: 13}, default: true}}",
            6,
            "the values of table `gdpr.age` are of several kinds",
        ),
        ("activity.ended", "activity.endet", 14, "did you mean `activity.ended`"),
        ("is: true", "is: 3", 14, "true or false"),
        ("is: true", "equals: true", 14, "operators are"),
        ("effect: allow", "effekt: allow", 10, "did you mean `effect`"),
        ("kind: ground", "kind: grund", 8, "kind"),
        ("    when: {fact: activity.ended, is: true}\n", "", None, "needs this key"),
        (
            "checked_on: 2026-01-01",
            "in_force_from: 2026-03-02\n    in_force_to: 2026-03-01\n    checked_on: 2026-01-01",
            16,
            "ends on 2026-03-01, before it begins on 2026-03-02",
        ),
        ("confidence: low", "confidence: sure", 16, "confidence"),
        ("citation: [House rule 1]", "citation: []", 11, "citation"),
        ("law: gdpr", "law: gdpr\nlaw: ccpa", 5, "stands here twice"),
    ],
)
def test_what_is_wrong_says_where_and_what(tmp_path, old, new, line, words):
    assert old in GOOD
    with pytest.raises(ConfigurationProblem) as caught:
        loaded(tmp_path, GOOD.replace(old, new))
    text = str(caught.value)
    assert words in text
    if line is not None:
        assert f"own.yaml:{line}:" in text


def test_a_rule_is_defined_once(tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD.replace("pack: own", "pack: other"))
    with pytest.raises(ConfigurationProblem, match="is defined in pack `own` too"):
        load_books([tmp_path / "a.yaml", tmp_path / "b.yaml"])


def test_what_a_rule_says_is_in_its_hash(tmp_path):
    one = loaded(tmp_path, GOOD).rules["own.one"].content_hash
    assert loaded(tmp_path, "# a comment\n" + GOOD).rules["own.one"].content_hash == one
    assert (
        loaded(tmp_path, GOOD.replace("because", "why not")).rules["own.one"].content_hash != one
    )


def test_a_rule_of_another_law_must_be_adopted_anew(tmp_path):
    """Whoever adopted it for the GDPR has not said a word about California."""
    rule = loaded(tmp_path, GOOD).rules["own.one"]
    moved = loaded(tmp_path, GOOD.replace("law: gdpr", "law: ccpa")).rules["own.one"]
    held = Adopted(
        adoptions={
            rule.id: Adoption(
                rule=rule.id, content_hash=rule.content_hash, by="dpo", on=dt.date(2026, 1, 1)
            )
        }
    )
    assert held.holds(rule)
    assert not held.holds(moved)


def test_a_rule_may_hold_for_one_day(tmp_path):
    dates = "in_force_from: 2026-03-02\n    in_force_to: 2026-03-02\n    checked_on: 2026-01-01"
    book = loaded(tmp_path, GOOD.replace("checked_on: 2026-01-01", dates))
    assert book.rules["own.one"].in_force(dt.date(2026, 3, 2))


def test_a_minimum_only_retains(tmp_path):
    text = GOOD.replace("kind: ground", "kind: minimum").replace(
        "    act: erase\n", "    period: P6Y\n    anchor: event\n"
    )
    assert loaded(tmp_path, text.replace("effect: allow", "effect: retain")).rules
    with pytest.raises(ConfigurationProblem, match="`retain`"):
        loaded(tmp_path, text)
