"""From causes to rows and changes: a row that stays keeps its key, a shared row stays."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.erasure.test_ground import ACTIVITIES, ENDED
from tests.unit.gate.test_cells import REGISTER, TICKETS, row
from tests.unit.gate.test_read import ADOPTED, ON, RULES

from govreg.connectors.plan import ChangeKind
from govreg.erasure.ground import Law
from govreg.erasure.keep import YearEnd
from govreg.erasure.model import Fate, RowAction
from govreg.erasure.plan import plan_rows, source_plans
from govreg.gate.scope import Relation, Scope
from govreg.register.catalogue import Catalogue
from govreg.register.model import Field, OnErase, RowStrategy, Strategy

FIELDS = {
    "id": Field(name="id", category="user.unique_id", activities=("orders",)),
    "name": Field(name="name", category="user.name", activities=("orders",)),
    "agent": Field(name="agent", category="user.unique_id", activities=("orders",)),
}
VALUES = {"id": 1, "name": "One", "agent": 9}
COLLECTION = replace(TICKETS, fields=FIELDS)


def planned(*found, collection=COLLECTION):
    source = replace(REGISTER.sources["shop"], collections={"tickets": collection})
    register = replace(REGISTER, sources={"shop": source}, activities=ACTIVITIES)
    rows = {each.key: each._replace(values={**VALUES, "id": each.key[0]}) for each in found}
    scope = Scope(rows={"shop.tickets": rows})
    law = Law(
        rules=RULES,
        adopted=ADOPTED,
        on=ON,
        facts={
            "request.law": "gdpr",
            "request.right": "erase",
            "request.verification": "account",
            "organisation.country": "FI",
            **ENDED,
        },
    )
    plans = plan_rows(
        register,
        scope,
        law,
        year_end=YearEnd(month=12, day=31),
        pseudonym=lambda _collection, _field, value: f"p_{value}",
    )
    return plans, source_plans(register, scope, plans, {"shop": Catalogue(collections={})})


def test_a_row_of_which_nothing_is_kept_goes():
    (one,), (plan,) = planned(row(Relation.OWN))
    assert one.action is RowAction.DELETE
    assert [(c.kind, c.rows) for c in plan.changes] == [(ChangeKind.DELETE, ((1,),))]


def test_a_row_that_others_share_stays_whole_and_one_that_nobody_shares_goes():
    (one,), plans = planned(row(Relation.SHARED)._replace(others=1))
    assert one.action is RowAction.KEEP
    assert {c.code for c in one.causes.values()} == {"shared"}
    assert not plans
    (one,), _ = planned(row(Relation.SHARED))
    assert one.action is RowAction.DELETE


def test_of_a_mention_only_the_naming_field_goes_and_the_row_stays():
    (one,), (plan,) = planned(row(Relation.MENTION, "agent"))
    assert one.action is RowAction.UPDATE
    assert plan.changes[0].assign == {"agent": None}


def test_a_blanked_row_keeps_its_key_and_says_why():
    (one,), _ = planned(
        row(Relation.OWN), collection=replace(COLLECTION, on_erase=RowStrategy.BLANK)
    )
    assert one.assign == {"name": None, "agent": None}
    assert one.causes["id"].code == "key_of_kept_row"


def test_a_pseudonym_is_restricted():
    fields = {
        **FIELDS,
        "name": replace(FIELDS["name"], on_erase=OnErase(strategy=Strategy.PSEUDONYM)),
    }
    blank = replace(COLLECTION, fields=fields, on_erase=RowStrategy.BLANK)
    (one,), _ = planned(row(Relation.OWN), collection=blank)
    assert one.causes["name"].fate is Fate.RESTRICT
    assert one.assign["name"] == "p_One"


def test_rows_with_one_fate_become_one_change_each_with_its_fingerprint():
    _, (plan,) = planned(row(Relation.OWN), row(Relation.OWN)._replace(key=(2,)))
    (change,) = plan.changes
    assert change.rows == ((1,), (2,))
    assert len(set(change.fingerprints)) == 2
    assert change.guard == ("id", "name", "agent")
