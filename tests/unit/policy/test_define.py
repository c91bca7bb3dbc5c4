from pathlib import Path

import pytest

from govreg.condition.expression import Compare, FactRef, Known, Lookup, Not, Op
from govreg.errors import ConfigurationProblem
from govreg.policy.define import Definitions
from govreg.policy.pack_file import PackFile
from govreg.yaml12 import parse, validate

PACK = """\
govreg_pack: 1
pack: own
version: "1"
law: gdpr
title: {en: Own}
tables:
  gdpr.age:
    by: person.country
    citation: [Art 8]
    rows: {FI: 13, DE: 16}
    default: 16
    covers: [FI, DE]
  gdpr.class:
    by: item.category
    citation: [Art 9]
    rows: {user.health: special}
    dotted: true
derive:
  gdpr.klass: {words: the class, table: gdpr.class}
  gdpr.child: {words: a child, when: {fact: person.age, lt: {table: gdpr.age}}}
  gdpr.pupil: {words: a pupil, when: {fact: gdpr.child, is: true}}
rules: []
"""
AGE = Lookup(table="gdpr.age", by="person.country", rows=(("FI", 13), ("DE", 16)), default=16)
CLASS = Lookup(
    table="gdpr.class", by="item.category", rows=(("user.health", "special"),), dotted=True
)
CHILD = Compare(fact="person.age", op=Op.LT, value=AGE)


def defined(text=PACK):
    document = parse(text, Path("own.yaml"))
    return Definitions(document, validate(PackFile, document))


def meant(**condition):
    return defined().condition(condition, ("rules", 0, "when"))


def refused(text):
    with pytest.raises(ConfigurationProblem) as caught:
        defined(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("condition", "meaning"),
    [
        ({"fact": "person.age", "ge": 18}, Compare(fact="person.age", op=Op.GE, value=18)),
        ({"fact": "person.age", "lt": {"table": "gdpr.age"}}, CHILD),
        ({"fact": "gdpr.child", "is": True}, CHILD),
        ({"fact": "gdpr.child", "is": False}, Not(part=CHILD)),
        ({"fact": "gdpr.child", "is_not": True}, Not(part=CHILD)),
        ({"fact": "gdpr.child", "is_not": False}, CHILD),
        ({"fact": "gdpr.child", "known": True}, Known(part=CHILD)),
        ({"fact": "gdpr.child", "known": False}, Not(part=Known(part=CHILD))),
        ({"fact": "gdpr.pupil", "is": True}, CHILD),
        (
            {"fact": "gdpr.klass", "is": "special"},
            Compare(fact="item.category", op=Op.IS, value="special", through=CLASS),
        ),
        (
            {"fact": "gdpr.klass", "in": ["special", "ordinary"]},
            Compare(fact="item.category", op=Op.IN, value=("special", "ordinary"), through=CLASS),
        ),
        (
            {"fact": "person.age", "gt": {"fact": "person.years_since_death"}},
            Compare(fact="person.age", op=Op.GT, value=FactRef(name="person.years_since_death")),
        ),
        (
            {"not": {"fact": "gdpr.child", "is": True}},
            Not(part=CHILD),
        ),
        (
            {"fact": "person.signals", "contains": "gpc"},
            Compare(fact="person.signals", op=Op.CONTAINS, value="gpc"),
        ),
        (
            {"fact": "item.category", "under": ["user.health", "user.name"]},
            Compare(fact="item.category", op=Op.UNDER, value=("user.health", "user.name")),
        ),
        (
            {"fact": "person.age", "known": True},
            Compare(fact="person.age", op=Op.KNOWN, value=True),
        ),
    ],
)
def test_what_is_defined_is_put_in(condition, meaning):
    assert meant(**condition) == meaning


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (
            {"fact": "person.agee", "lt": 1},
            "there is no fact `person.agee`\n  did you mean `person.age`?",
        ),
        (
            {"fact": "gdpr.chil", "is": True},
            "there is no fact `gdpr.chil`\n  did you mean `gdpr.child`?",
        ),
        (
            {"fact": "person.signals", "is": "gpd"},
            "`gpd` is no value of `person.signals`\n  did you mean `gpp`?",
        ),
        ({"fact": "person.age", "contains": 3}, "`person.age` is no set"),
        ({"fact": "person.age", "under": "user"}, "`person.age` is no category"),
        ({"fact": "gdpr.child", "in": [True]}, "`gdpr.child` is true or false"),
        ({"fact": "gdpr.child", "is": "yes"}, "`gdpr.child` is true or false"),
        ({"fact": "person.deceased", "is": 1}, "`person.deceased` is true or false"),
        ({"fact": "person.age", "is": "old"}, "`person.age` is a number, and `old` is none"),
        ({"fact": "person.age", "in": [1, "old"]}, "`person.age` is a number, and `old` is none"),
        ({"fact": "person.age", "is": True}, "`person.age` is a number, and `True` is none"),
        ({"fact": "person.country", "is": True}, "`person.country` is a text, and `True` is none"),
        ({"fact": "person.country", "lt": "FI"}, "`person.country` has no order"),
        ({"fact": "person.country", "ge": "FI"}, "`person.country` has no order"),
        (
            {"fact": "person.age", "lt": {"fact": "person.country"}},
            "`person.age` cannot be compared with `person.country`",
        ),
        (
            {"fact": "person.deceased", "is": {"fact": "gdpr.child"}},
            "`person.deceased` cannot be compared with `gdpr.child`",
        ),
        (
            {"fact": "person.age", "lt": {"fact": "person.agee"}},
            "there is no fact `person.agee`\n  did you mean `person.age`?",
        ),
        (
            {"fact": "person.age", "lt": {"table": "gdpr.agee"}},
            "there is no table `gdpr.agee`\n  did you mean `gdpr.age`?",
        ),
        (
            {"fact": "person.age", "lt": {"table": "zzz"}},
            "there is no table `zzz`\n  known: gdpr.age, gdpr.class",
        ),
        ({"not": {"fact": "gdpr.child", "is": "yes"}}, "`gdpr.child` is true or false"),
    ],
)
def test_what_a_condition_cannot_ask(condition, words):
    with pytest.raises(ConfigurationProblem) as caught:
        meant(**condition)
    assert str(caught.value) == f"own.yaml:22: `rules.0.when`: {words}"


def test_what_is_no_condition_says_where():
    with pytest.raises(ConfigurationProblem) as caught:
        meant(all=[{"fact": "person.age"}])
    assert str(caught.value) == (
        "own.yaml:22: `rules.0.when.all.0`: a comparison is `{fact: NAME, OPERATOR: VALUE}`"
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "by: person.country",
            "by: person.countr",
            "8: `tables.gdpr.age.by`: there is no fact `person.countr`\n"
            "  did you mean `person.country`?",
        ),
        (
            "covers: [FI, DE]",
            "covers: [FI, SE, DE, FR]",
            "10: `tables.gdpr.age.rows`: table `gdpr.age` has no row for `SE`, `FR`\n"
            "  add it, or take it out of `covers:`",
        ),
        (
            "rows: {FI: 13, DE: 16}",
            "rows: {FI: 13, DE: yes}",
            "10: `tables.gdpr.age.rows`: the values of table `gdpr.age` are of several kinds\n"
            "  write all of them as texts, as numbers, or as true and false",
        ),
        (
            "gdpr.klass: {",
            "ccpa.klass: {",
            "19: `derive.ccpa.klass`: a fact of this pack is called `gdpr.…`",
        ),
        (
            "table: gdpr.class}",
            "table: gdpr.class, when: {fact: person.age, lt: 1}}",
            "19: `derive.gdpr.klass`: a derived fact has `when:` or `table:`",
        ),
        (
            "words: the class, table: gdpr.class",
            "words: the class",
            "19: `derive.gdpr.klass`: a derived fact has `when:` or `table:`",
        ),
        (
            "table: gdpr.class}",
            "table: gdpr.clas}",
            "19: `derive.gdpr.klass.table`: there is no table `gdpr.clas`\n"
            "  did you mean `gdpr.class`?",
        ),
        (
            "{fact: person.age, lt: {table: gdpr.age}}",
            "{fact: gdpr.pupil, is: true}",
            "21: `derive.gdpr.pupil.when`: `gdpr.child` is defined by itself: gdpr.child → "
            "gdpr.pupil → gdpr.child",
        ),
        (
            "{fact: gdpr.child, is: true}",
            "{fact: gdpr.pupil, is: true}",
            "21: `derive.gdpr.pupil.when`: `gdpr.pupil` is defined by itself: gdpr.pupil → "
            "gdpr.pupil",
        ),
        (
            "{fact: gdpr.child, is: true}",
            "{fact: person.agee, is: 3}",
            "21: `derive.gdpr.pupil.when`: there is no fact `person.agee`\n"
            "  did you mean `person.age`?",
        ),
    ],
)
def test_what_is_no_definition_says_where(old, new, words):
    assert old in PACK
    assert refused(PACK.replace(old, new)) == f"own.yaml:{words}"


def test_a_ring_is_told_from_where_it_begins():
    ring = PACK.replace("lt: {table: gdpr.age}", "lt: 18").replace(
        "rules: []",
        "  gdpr.a: {words: a, when: {fact: gdpr.b, is: true}}\n"
        "  gdpr.b: {words: b, when: {fact: gdpr.b, is: true}}\n"
        "rules: []",
    )
    assert refused(ring).endswith("`gdpr.b` is defined by itself: gdpr.b → gdpr.b")


def test_what_a_condition_rests_on():
    definitions = defined()
    written = validate(PackFile, definitions.document)

    def asking(**condition):
        return definitions.uses(lambda: definitions.condition(condition, ()))

    assert asking(fact="person.age", lt=18) == {}
    assert list(asking(fact="person.age", lt={"table": "gdpr.age"})) == ["gdpr.age"]
    assert asking(fact="gdpr.pupil", **{"is": True}) == {
        "gdpr.age": written.tables["gdpr.age"].model_dump(mode="json"),
        "gdpr.child": written.derive["gdpr.child"].model_dump(mode="json"),
        "gdpr.pupil": written.derive["gdpr.pupil"].model_dump(mode="json"),
    }
    assert list(asking(fact="gdpr.klass", **{"is": "special"})) == ["gdpr.class", "gdpr.klass"]
