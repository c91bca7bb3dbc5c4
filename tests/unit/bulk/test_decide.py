"""The outcome of many rows is that of each one, for the packs that are installed."""

import datetime as dt
import random
from collections import Counter

import pytest

from govreg.bulk.decide import outcomes
from govreg.condition.expression import Lookup, comparisons
from govreg.plugins import announced
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.assessment import Assessment
from govreg.policy.benches import bench
from govreg.policy.case_file import DecisionCase
from govreg.policy.cases import read_cases
from govreg.policy.evaluate import decide
from govreg.policy.fact import FactKind
from govreg.policy.facts import FACTS, PRESUMED
from govreg.policy.files import load_books
from govreg.policy.outcome import Outcome

ibis = pytest.importorskip("ibis")

ON = dt.date(2026, 11, 25)
RULES = load_books([folder / "pack.yaml" for folder in announced().packs.values()])
CASES = [
    {"request.law": None, **one.case.facts}
    for folder in announced().packs.values()
    for one in read_cases(folder / "cases.yaml")
    if isinstance(one.case, DecisionCase)
]
QUESTIONS = [
    (law, act)
    for law in sorted({rule.law for rule in RULES.rules.values()})
    for act in sorted({act for rule in RULES.rules.values() for act in rule.acts})
    if bench(RULES, law, act, ON).speaks
]
TYPES = {
    FactKind.TEXT: "string",
    FactKind.FLAG: "boolean",
    FactKind.NUMBER: "int64",
    FactKind.DATE: "date",
    FactKind.SET: "array<string>",
}
GIVEN = frozenset({"request.law", "request.act", "decision.date"})


def expressions(law, act):
    held = bench(RULES, law, act, ON)
    asked = [*held.scopes, *held.closing, *(one for gate in held.gates for one in gate.opening)]
    yield from (one.holds for one in asked)
    yield from (gate.gate.when for gate in held.gates if gate.gate and gate.gate.when)


def asked_about(law, act):
    """Each fact that the rules ask about, with values that matter to them."""
    found = {}
    for expression in expressions(law, act):
        for compare in comparisons(expression):
            values = found.setdefault(compare.fact, set())
            if isinstance(compare.through, Lookup):
                values.update(key for key, _ in compare.through.rows)
            elif isinstance(compare.value, tuple):
                values.update(compare.value)
            elif isinstance(compare.value, str | int | dt.date):
                values.add(compare.value)
            elif isinstance(compare.value, Lookup):
                found.setdefault(compare.value.by, set()).update(k for k, _ in compare.value.rows)
    return {name: values for name, values in found.items() if name not in GIVEN}


def value(name, seen, dice):
    """One value of a fact, not known as often as not of interest."""
    fact = FACTS[name]
    if dice.random() < 0.3:
        return None
    match fact.kind:
        case FactKind.FLAG:
            return dice.random() < 0.5
        case FactKind.NUMBER:
            return dice.randint(0, 20)
        case FactKind.DATE:
            return ON + dt.timedelta(dice.randint(-2, 2))
        case FactKind.SET:
            return dice.sample(sorted({"x", *seen}), 1)
        case FactKind.TEXT:
            return dice.choice(sorted({"x", *(str(each) for each in seen)}))


def adopted_by(dice):
    by = {
        rule.id: Adoption(rule=rule.id, content_hash=rule.content_hash, by="dpo", on=ON)
        for rule in RULES.rules.values()
        if dice.random() < 0.8
    }
    return Adopted(adoptions=by)


def decided_both_ways(engine, table_of, law, act, rows, same, dice):
    """The outcomes of the rows in one query, and one by one."""
    names = sorted(rows[0])
    adopted = adopted_by(dice)
    table = table_of(
        [{**row, "at": at} for at, row in enumerate(rows)],
        {**{name: TYPES[FACTS[name].kind] for name in names}, "at": "int64"},
    )
    held = outcomes(
        table,
        RULES,
        law=law,
        act=act,
        on=ON,
        adopted=adopted,
        columns={name: name for name in names},
        facts=same,
    )
    answer = engine.to_pyarrow(held.select("at", "outcome").order_by("at"))
    question = {**same, "request.law": law, "request.act": act}
    alone = [decide({**question, **row}, RULES, on=ON, adopted=adopted) for row in rows]
    return answer.column("outcome").to_pylist(), [str(one.outcome) for one in alone]


def drawn(law, act, facts, dice):
    """Rows by chance, and the packs' own cases with a few facts changed: these come further."""
    rows = [{name: value(name, seen, dice) for name, seen in facts.items()} for _ in range(50)]
    cases = [one for one in CASES if (one["request.law"], one["request.act"]) == (law, act)]
    for _ in range(250 if cases else 0):
        case = {**PRESUMED, **dice.choice(cases)}
        row = {name: case.get(name) for name in facts}
        for name in dice.sample(sorted(facts), dice.randint(0, 3)):
            row[name] = value(name, facts[name], dice)
        rows.append(row)
    return rows


COMPARED = {}


def compared(engine, table_of, law, act):
    """The same comparison for every test that looks at it."""
    if (law, act) not in COMPARED:
        dice = random.Random(f"{law} {act}")
        rows = drawn(law, act, asked_about(law, act), dice)
        COMPARED[law, act] = decided_both_ways(engine, table_of, law, act, rows, {}, dice)
    return COMPARED[law, act]


@pytest.mark.parametrize(("law", "act"), QUESTIONS)
def test_both_forms_give_the_same_outcome(engine, table_of, law, act):
    many, alone = compared(engine, table_of, law, act)
    assert many == alone


@pytest.mark.parametrize(("law", "act"), QUESTIONS)
def test_what_is_the_same_for_every_row_may_be_said_once(engine, table_of, law, act):
    dice = random.Random(f"{act} {law}")
    facts = asked_about(law, act)
    same = {name: value(name, seen, dice) for name, seen in facts.items() if dice.random() < 0.7}
    left = {name: seen for name, seen in facts.items() if name not in same} or facts
    rows = [{name: value(name, seen, dice) for name, seen in left.items()} for _ in range(50)]
    many, alone = decided_both_ways(engine, table_of, law, act, rows, same, dice)
    assert many == alone


def test_every_outcome_was_among_them(engine, table_of):
    """Else the comparison shows little."""
    seen = Counter()
    for law, act in QUESTIONS:
        seen.update(compared(engine, table_of, law, act)[0])
    outcomes_of_one = set(Outcome) - {Outcome.PARTIAL}  # that is of several items
    assert {str(one) for one in outcomes_of_one} <= {name for name, n in seen.items() if n >= 5}


def test_an_act_that_nothing_decides_asks_a_person(engine, table_of):
    rows = table_of([{"at": 1}], {"at": "int64"})
    asked = {"act": "process", "on": ON, "adopted": Adopted(adoptions={}), "columns": {}}
    held = outcomes(rows, RULES, law="atlantis", **asked)
    assert engine.to_pyarrow(held).to_pylist() == [{"at": 1, "outcome": "needs_human"}]


@pytest.mark.parametrize(
    ("law", "act", "on"),
    [
        ("nolaw", "erase", ON),
        ("nolaw", "disclose", ON),
        ("gdpr", "dance", ON),
        *((law, act, dt.date(1990, 1, 1)) for law, act in QUESTIONS),
    ],
)
def test_what_decide_asks_a_person_is_not_denied(engine, table_of, law, act, on):
    rows = table_of([{"at": 1}], {"at": "int64"})
    nobody = Adopted(adoptions={})
    asked = {"law": law, "act": act, "on": on, "adopted": nobody, "columns": {}}
    (row,) = engine.to_pyarrow(outcomes(rows, RULES, **asked)).to_pylist()
    question = {"request.law": law, "request.act": act}
    alone = decide(question, RULES, on=on, adopted=nobody).outcome
    assert row["outcome"] == alone
    assert law != "nolaw" or alone is Outcome.NEEDS_HUMAN


JUDGED = [
    (law, act)
    for law, act in (
        ("gdpr", "process"),
        ("gdpr", "erase"),
        ("gdpr", "send"),
        ("hipaa", "disclose"),
    )
    if any(name.startswith("assessment.") for name in asked_about(law, act))
]


@pytest.mark.parametrize(("law", "act"), JUDGED)
@pytest.mark.parametrize("until", [ON, ON - dt.timedelta(1)])
def test_a_judgement_means_the_same_in_both_forms(engine, table_of, law, act, until):
    """Also one that does not hold any more: it is not known."""
    dice = random.Random(f"{law} {act} {until}")
    facts = asked_about(law, act)
    judged = {
        name: Assessment(
            outcome=dice.choice(FACTS[name].values), by="dpo", on=dt.date(2026, 10, 1), until=until
        )
        for name in facts
        if name.startswith("assessment.")
    }
    left = {name: seen for name, seen in facts.items() if name not in judged}
    rows = drawn(law, act, left, dice)[:100]
    many, alone = decided_both_ways(engine, table_of, law, act, rows, judged, dice)
    assert many == alone


def test_the_outcome_does_not_take_the_place_of_a_column(table_of):
    rows = table_of([{"outcome": "mine"}], {"outcome": "string"})
    asked = {"act": "process", "on": ON, "adopted": Adopted(adoptions={}), "columns": {}}
    with pytest.raises(ValueError, match="have a column `outcome` already"):
        outcomes(rows, RULES, law="gdpr", **asked)


@pytest.mark.parametrize(("law", "act"), QUESTIONS)
def test_a_query_is_not_much_longer_than_its_rules(law, act):
    """Linear: what is asked again is a column, whatever the number of rules that ask it."""
    facts = asked_about(law, act)
    rows = ibis.table({name: TYPES[FACTS[name].kind] for name in facts}, name="held")
    query = outcomes(
        rows,
        RULES,
        law=law,
        act=act,
        on=ON,
        adopted=adopted_by(random.Random(law)),
        columns={name: name for name in facts},
    )
    written = sum(1 for expression in expressions(law, act) for _ in comparisons(expression))
    tables = sum(
        len(compare.through.rows)
        for expression in expressions(law, act)
        for compare in comparisons(expression)
        if compare.through
    )
    sql = ibis.to_sql(query, dialect="duckdb")
    assert len(sql) < 150 * (written + tables) + 8 * sum(len(name) for name in facts) + 2000
