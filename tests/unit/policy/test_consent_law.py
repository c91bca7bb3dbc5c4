import pytest

from govreg.errors import ConfigurationProblem
from govreg.policy.files import load_books, load_pack

PACK = """\
govreg_pack: 1
pack: one
version: "1"
law: gdpr
title: {en: One}
derive:
  gdpr.valid:
    words: consent is valid
    when: {fact: consent.free, is: true}
consent:
  counts: gdpr.valid
  citation: [GDPR Art 7]
  closed_by: [gdpr.child]
rules:
  - id: gdpr.child
    kind: prohibition
    act: process
    effect: deny
    citation: [GDPR Art 8]
    title: {en: Child}
    text: {en: too young}
    when: {fact: person.age, lt: 16}
    in_force_from: 2018-05-25
    checked_on: 2026-01-01
    confidence: low
"""


def loaded(tmp_path, text, name="one.yaml"):
    (tmp_path / name).write_text(text)
    return load_pack(tmp_path / name)


def test_a_pack_says_how_its_law_judges_consent(tmp_path):
    held = loaded(tmp_path, PACK).consent["gdpr"]
    assert held.law == "gdpr"
    assert held.citation == ("GDPR Art 7",)
    assert held.closed_by == ("gdpr.child",)
    assert held.counts.fact == "consent.free"


def test_a_pack_need_not_say_it(tmp_path):
    a, b = PACK.index("consent:\n"), PACK.index("rules:")
    assert loaded(tmp_path, PACK[:a] + PACK[b:]).consent == {}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("counts: gdpr.valid", "counts: gdpr.vali", 11, "did you mean `gdpr.valid`"),
        ("closed_by: [gdpr.child]", "closed_by: [gdpr.chil]", 13, "did you mean `gdpr.child`"),
        ("  citation: [GDPR Art 7]\n", "", 10, "citation"),
        ("citation: [GDPR Art 7]", "citation: []", 12, "citation"),
        ("closed_by:", "closed_bye:", 13, "did you mean `closed_by`"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, old, new, line, words):
    with pytest.raises(ConfigurationProblem) as caught:
        loaded(tmp_path, PACK.replace(old, new))
    assert words in str(caught.value)
    assert caught.value.line == line


def test_one_pack_of_a_law_says_it(tmp_path):
    (tmp_path / "one.yaml").write_text(PACK)
    other = PACK.replace("pack: one", "pack: two").replace("gdpr.child", "gdpr.child2")
    (tmp_path / "two.yaml").write_text(other)
    with pytest.raises(ConfigurationProblem, match="another pack says how `gdpr` judges consent"):
        load_books([tmp_path / "one.yaml", tmp_path / "two.yaml"])
