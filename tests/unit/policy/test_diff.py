import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.policy.diff import _changes, pack_diff
from govreg.policy.files import load_books, load_pack, pack_file

PACK = """\
govreg_pack: 1
pack: ours
version: "1"
law: ours
title: {en: Ours}
tables:
  ours.ages:
    by: person.country
    citation: [Art 1]
    rows: {FI: 13, DE: 16}
derive:
  ours.child:
    words: too young
    when: {fact: person.age, lt: {table: ours.ages}}
holidays:
  FI: [{name: Christmas Eve, public: false, cite: none}]
rules:
  - id: ours.access
    kind: right
    effect: allow
    citation: [Art 2]
    title: {en: Access}
    text: {en: a copy}
    clock: {n: 1, unit: month}
    verification: reasonable
    checked_on: 2026-11-22
    confidence: high
  - id: ours.child_asks
    kind: prohibition
    effect: needs_human
    act: disclose
    citation: [Art 3]
    title: {en: A child asks}
    text: {en: a person decides}
    when: {fact: ours.child, is: true}
    unless:
      - {id: alone, citation: [Art 4], text: {en: stands alone}, when: {fact: person.minor_alone, is: true}}
    checked_on: 2026-11-22
    confidence: low
"""


@pytest.fixture
def differs(tmp_path):
    def run(*swaps, text=PACK):
        old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
        old.write_text(text, "utf-8")
        for before, after in swaps:
            assert before in text
            text = text.replace(before, after)
        new.write_text(text, "utf-8")
        return pack_diff(pack_file(old), pack_file(new), load_pack(old), load_pack(new))

    return run


def keys(change):
    return {one.key: (one.before, one.after) for one in change.keys}


def test_a_pack_does_not_differ_from_itself(differs):
    assert not differs()


def test_a_version_alone_is_no_change(differs):
    assert not differs(('version: "1"', 'version: "2"'))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("n: 1, unit: month", "n: 30, unit: month", {"clock.n": (1, 30)}),
        ("en: a copy", "en: two copies", {"text.en": ("a copy", "two copies")}),
        ("citation: [Art 2]", "citation: [Art 9]", {"citation": (["Art 2"], ["Art 9"])}),
        ("unit: month}", "unit: month, extension: 2}", {"clock.extension": (0, 2)}),
    ],
)
def test_a_changed_key_is_named_with_what_it_was_and_will_be(differs, before, after, said):
    found = differs((before, after))
    (change,) = found.changed
    assert keys(change) == said
    assert (change.after.id, change.through) == ("ours.access", ())
    assert change.before.content_hash != change.after.content_hash
    assert (found.added, found.removed, found.definitions) == ((), (), ())


def test_a_condition_is_one_thing(differs):
    (change,) = differs(("{fact: ours.child, is: true}", "{fact: ours.child, is: false}")).changed
    assert list(keys(change)) == ["when"]


def test_an_exception_is_named(differs):
    (change,) = differs(("en: stands alone", "en: alone")).changed
    assert keys(change) == {"unless.alone.text.en": ("stands alone", "alone")}


def test_a_table_changes_the_rules_that_rest_on_it_and_no_other(differs):
    found = differs(("DE: 16", "DE: 14"))
    (change,) = found.changed
    assert change.after.id == "ours.child_asks"
    assert change.keys == ()
    assert change.through == ("ours.ages",)
    (definition,) = found.definitions
    assert (definition.key, definition.before, definition.after) == (
        "tables.ours.ages.rows.DE", 16, 14,
    )  # fmt: skip


def test_a_rule_that_is_only_written_otherwise_still_has_another_hash(differs):
    (change,) = differs(("act: disclose", "act: [disclose]")).changed
    assert list(keys(change)) == ["act"]
    (change,) = differs(("unit: month}", "unit: month, roll: none}")).changed
    assert (change.keys, change.through) == ((), ())


def test_a_public_holiday_is_a_change_without_a_changed_rule(differs):
    found = differs(("Christmas Eve, public: false, cite", "Midsummer Eve, public: false, cite"))
    assert found
    assert found.changed == ()
    assert {(one.key, one.before is None) for one in found.definitions} >= {
        ("holidays.FI.Christmas Eve.name", False),
        ("holidays.FI.Midsummer Eve.name", True),
    }


def test_rules_come_and_go(differs):
    found = differs(("ours.child_asks", "ours.minor_asks"))
    assert [rule.id for rule in found.added] == ["ours.minor_asks"]
    assert [rule.id for rule in found.removed] == ["ours.child_asks"]
    assert found.changed == ()


def test_another_law_is_said_of_the_pack_and_changes_every_rule(differs):
    text = PACK.replace("ours.child", "x.child").replace("law: ours", "law: x")
    found = differs(
        ("law: x", "law: y"), ("x.child:", "y.child:"), ("fact: x.", "fact: y."), text=text
    )
    assert [one.key for one in found.about] == ["law"]
    assert len([*found.changed, *found.added]) == 2


LAW = """\
govreg_pack: 1
pack: law
version: "1"
law: gdpr
title: {en: Law}
parameters:
  law.years: {low: P1Y, high: P2Y, chosen: P2Y, why: longer, citation: [Art 1]}
  law.other: {low: P1Y, high: P2Y, chosen: P2Y, why: longer, citation: [Art 1]}
rules:
"""
KEEPS = """\
  - id: law.RULE
    kind: minimum
    effect: retain
    citation: [Art 1]
    title: {en: RULE}
    text: {en: it is kept}
    period: {parameter: law.RULE}
    anchor: event
    record_class: RULE
    checked_on: 2026-01-01
    confidence: high
"""
OURS = """\
govreg_pack: 1
pack: ours
version: "1"
law: gdpr
title: {en: Ours}
choose: {law.years: {chosen: P1Y, why: shorter}}
rules: []
"""
OVERRIDING = """\
rules:
  - id: ours.longer
    kind: minimum
    effect: retain
    citation: [House rule]
    title: {en: Longer}
    text: {en: it is kept longer}
    period: P9Y
    anchor: event
    record_class: years
    overrides: {rule: law.years, because: so, by: dpo, on: 2026-01-01}
    checked_on: 2026-01-01
    confidence: high
"""


@pytest.fixture
def chosen(tmp_path):
    """How the organisation's file differs from another, beside a pack that leaves a range."""

    def run(new, old=OURS):
        law = tmp_path / "law.yaml"
        law.write_text(LAW + KEEPS.replace("RULE", "years") + KEEPS.replace("RULE", "other"))
        files, books = [], []
        for name, text in (("old", old), ("new", new)):
            files.append(tmp_path / f"{name}.yaml")
            files[-1].write_text(text)
            books.append(load_books([law], own=[files[-1]]))
        return pack_diff(*map(pack_file, files), *books)

    return run


@pytest.mark.parametrize(
    ("new", "keys"),
    [
        (OURS.replace("P1Y", "P2Y"), {"choose.law.years.chosen"}),
        (
            OURS.replace("choose: {law.years: {chosen: P1Y, why: shorter}}\n", ""),
            {"choose.law.years.chosen", "choose.law.years.why"},
        ),
    ],
)
def test_another_choice_changes_the_rule_of_the_pack_that_leaves_the_range(chosen, new, keys):
    found = chosen(new)
    (change,) = found.changed
    assert (change.after.id, change.after.pack) == ("law.years", "law")
    assert (change.keys, change.through) == ((), ("law.years",))
    assert {one.key for one in found.definitions} == keys


def test_another_reason_for_the_same_choice_changes_no_rule(chosen):
    found = chosen(OURS.replace("shorter", "as counsel says"))
    assert found.changed == ()
    assert [one.key for one in found.definitions] == ["choose.law.years.why"]


def test_a_choice_changes_the_rule_that_overrides_what_rests_on_it_too(chosen):
    old = OURS.replace("rules: []\n", OVERRIDING)
    found = chosen(old.replace("P1Y", "P2Y"), old)
    assert [one.after.id for one in found.changed] == ["ours.longer", "law.years"]
    assert [one.through for one in found.changed] == [("law.years",), ("law.years",)]


def test_a_class_of_records_that_is_declared_is_named(chosen):
    new = OURS.replace("rules: []", "record_classes: {acts: {en: Acts}}\nrules: []")
    (definition,) = chosen(new).definitions
    assert (definition.key, definition.after) == ("record_classes.acts.en", "Acts")


leaves = st.none() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
trees = st.recursive(
    st.dictionaries(st.sampled_from("abc"), leaves, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), leaves | inner, max_size=3),
    max_leaves=8,
)


@given(trees, trees)
def test_both_ways_the_same_keys_differ_and_nothing_differs_from_itself(one, other):
    there = {c.key: (c.before, c.after) for c in _changes(one, other)}
    back = {c.key: (c.after, c.before) for c in _changes(other, one)}
    assert there == back
    assert list(_changes(one, one)) == []
    assert all(before != after for before, after in there.values())
