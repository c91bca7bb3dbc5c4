"""The outcome of many rows is that of each one, for the packs that are installed."""

import datetime as dt
import random

import pytest

from govreg.bulk.decide import outcomes
from govreg.condition.expression import Lookup, comparisons
from govreg.plugins import announced
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.bench import bench
from govreg.policy.evaluate import decide
from govreg.policy.fact import FactKind
from govreg.policy.facts import FACTS
from govreg.policy.files import load_books

ibis = pytest.importorskip("ibis")

ON = dt.date(2026, 11, 25)
RULES = load_books([folder / "pack.yaml" for folder in announced().packs.values()])
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


@pytest.fixture(scope="module")
def engine():
    return ibis.duckdb.connect()


@pytest.mark.parametrize(("law", "act"), QUESTIONS)
def test_both_forms_give_the_same_outcome(engine, law, act):
    """One query for each law and act; each fact is known to be the same for all rows, or a column."""
    facts = asked_about(law, act)
    dice = random.Random(f"{law} {act}")
    rows = [{name: value(name, seen, dice) for name, seen in facts.items()} for _ in range(300)]
    by = {
        rule.id: Adoption(rule=rule.id, content_hash=rule.content_hash, by="dpo", on=ON)
        for rule in RULES.rules.values()
        if dice.random() < 0.8
    }
    adopted = Adopted(adoptions=by)
    table = ibis.memtable(
        [{**row, "at": at} for at, row in enumerate(rows)],
        schema={**{name: TYPES[FACTS[name].kind] for name in facts}, "at": "int64"},
    )
    held = outcomes(
        table,
        RULES,
        law=law,
        act=act,
        on=ON,
        adopted=adopted,
        columns={name: name for name in facts},
    )
    answer = engine.to_pyarrow(held.select("at", "outcome").order_by("at"))
    asked = {"request.law": law, "request.act": act}
    assert answer.column("outcome").to_pylist() == [
        str(decide({**asked, **row}, RULES, on=ON, adopted=adopted).outcome) for row in rows
    ]
