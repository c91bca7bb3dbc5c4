"""Fields sealed in a database, found, answered, given back, and unreadable once a person is gone."""

from __future__ import annotations

import pytest
from tests.journeys.workspace import GONE, erased, verified

from govreg.connectors.plan import SETTLED
from govreg.erasure.model import RowAction, RowPlan
from govreg.errors import Conflict, NotFound, Refused, UsageProblem
from govreg.protecting import sealing
from govreg.protecting.status import findings
from govreg.protection.purpose import Purpose
from govreg.requests.journal import Notes
from govreg.requests.reseal import reseal

from .world import CLEAR, SEALED, change, people, seal, shop


@pytest.fixture
def engine(tmp_path):
    with shop(tmp_path) as made:
        yield made


def state(engine):
    (held,) = engine.protection.status(actor="dpo")
    return {one.name: one for one in held.fields}, list(findings(held))


def test_values_are_sealed_and_all_of_them_open(engine, tmp_path):
    (done,) = seal(engine)
    assert done.tally.changed == {"email": 3, "email_x": 3, "name": 3}
    for _, email, name, look_up in people(tmp_path):
        assert email.startswith("g1.")
        assert name.startswith("g1.")
        assert look_up.startswith("x1.")
        assert "example" not in email
    fields, found = state(engine)
    assert (fields["email"].sealed, fields["name"].sealed, found) == (3, 3, [])
    (again,) = seal(engine)
    assert not again.tally.changed


def test_a_plan_changes_nothing_and_says_what_it_would_mean(engine, tmp_path):
    (plan,) = engine.protection.plan(actor="dpo")
    assert people(tmp_path) == CLEAR
    assert plan.rows == 3
    assert [one.text for one in plan.obstacles if one.stops and one.leak] == [
        "fewer than 16 rows: nothing hides in so small a crowd; say how many there will be"
    ]
    with pytest.raises(Conflict, match="cannot be sealed as it stands"):
        engine.protection.run(actor="dpo")
    (plan,) = engine.protection.plan(expected=1000, actor="dpo")
    assert not plan.stopped
    assert plan.fields[0].index.bits == 8


def test_a_person_is_found_and_answered_in_clear(engine, tmp_path):
    seal(engine)
    request = verified(engine, "access", {"email": "One@A.example "})
    plan = engine.requests.plan(request, actor="dpo")
    assert {one["collection"]: one["rows"] for one in plan["found"]}["shop.people"] == 1


def test_rows_written_in_clear_meanwhile_are_found_too_and_sealed_by_the_next_run(
    engine, tmp_path
):
    seal(engine)
    change(tmp_path, "INSERT INTO people VALUES (20, 'new@a.example', 'New', 1, NULL)")
    request = verified(engine, "access", {"email": "new@a.example"})
    found = engine.requests.plan(request, actor="dpo")["found"]
    assert {one["collection"]: one["rows"] for one in found}["shop.people"] == 1
    fields, found = state(engine)
    assert fields["email"].clear == 1
    assert found[0] == "shop.people.email: 1 values are clear: `govreg protect run`"
    engine.row_maps.sync(["shop.people"], actor="dpo")
    (done,) = seal(engine)
    assert done.tally.changed == {"email": 1, "email_x": 1, "name": 1}
    assert state(engine)[1] == []


def test_a_value_moved_to_another_row_does_not_open(engine, tmp_path):
    seal(engine)
    (_, one, _, look_up), *_ = people(tmp_path)
    change(tmp_path, "UPDATE people SET email = ?, email_x = ? WHERE id = 2", (one, look_up))
    fields, _ = state(engine)
    assert fields["email"].shut == {"not_authentic": 1}
    request = verified(engine, "access", {"email": "one@a.example"})
    plan = engine.requests.plan(request, actor="dpo")
    assert {o["collection"]: o["rows"] for o in plan["found"]}["shop.people"] == 1
    (done,) = seal(engine)  # what does not open is left as it is, and told
    assert done.tally.left == {("email", "not_authentic"): 1}


def test_given_back_each_value_is_what_it_was(engine, tmp_path):
    seal(engine)
    engine.protection.unprotect(["shop.people"], actor="dpo")
    assert people(tmp_path) == CLEAR


def test_rotating_seals_anew_and_the_old_keys_go(engine, tmp_path):
    seal(engine)
    before = people(tmp_path)
    (done,) = engine.protection.rotate(["shop.people"], actor="dpo")
    after = people(tmp_path)
    assert done.tally.changed == {"email": 3, "email_x": 3, "name": 3}
    assert all(row[3].startswith("x2.") for row in after)
    assert state(engine)[1] == []
    change(tmp_path, "UPDATE people SET name = ? WHERE id = 1", (before[0][2],))
    assert state(engine)[0]["name"].shut == {"no_key": 1}  # the old version opens nothing any more


def test_a_run_that_dies_leaves_every_value_readable_and_is_run_again(
    engine, tmp_path, monkeypatch
):
    real, calls = sealing.carry_out, []

    def dying(*said):
        outcomes = real(*said)
        calls.append(outcomes[0].kind)
        raise RuntimeError

    monkeypatch.setattr(sealing, "carry_out", dying)
    with pytest.raises(RuntimeError):
        seal(engine)
    assert calls[0] in SETTLED
    monkeypatch.setattr(sealing, "carry_out", real)
    fields, _ = state(engine)
    assert not fields["email"].shut
    seal(engine)
    engine.protection.unprotect(["shop.people"], actor="dpo")
    assert people(tmp_path) == CLEAR


def test_a_row_changed_meanwhile_keeps_what_was_written_and_is_sealed_so(
    engine, tmp_path, monkeypatch
):
    real = sealing.carry_out

    def late(*said):
        monkeypatch.setattr(sealing, "carry_out", real)
        change(tmp_path, "UPDATE people SET name = 'Renamed' WHERE id = 2")
        return real(*said)

    monkeypatch.setattr(sealing, "carry_out", late)
    seal(engine)
    assert state(engine)[1] == []
    engine.protection.unprotect(["shop.people"], actor="dpo")
    assert people(tmp_path)[1][2] == "Renamed"


def test_after_an_erasure_a_copy_of_the_database_opens_nothing_of_the_person(engine, tmp_path):
    seal(engine)
    kept = people(tmp_path)[0]
    request = erased(engine, {"email": "one@a.example"}, GONE)
    assert engine.requests.get(request).outcome.startswith("complete")
    assert [row[0] for row in people(tmp_path)] == [2, 9]
    change(tmp_path, "INSERT INTO people VALUES (?, ?, ?, 1, ?)", kept)
    fields, _ = state(engine)
    assert fields["email"].shut == {"no_key": 1}
    with pytest.raises(NotFound):
        engine.consent.find({"email": "one@a.example"})


def test_what_an_erasure_leaves_is_sealed_anew_and_opens_without_the_persons_key(engine, tmp_path):
    seal(engine)
    before, neighbour, _ = people(tmp_path)
    who = engine.consent.find({"email": "one@a.example"})
    parts = engine.parts

    class Plan:
        rows = (
            RowPlan(collection="shop.people", key=(1,), action=RowAction.KEEP, causes={}),
            RowPlan(collection="shop.people", key=(2,), action=RowAction.KEEP, causes={}),
            RowPlan(collection="shop.people", key=(9,), action=RowAction.DELETE, causes={}),
        )

    notes = Notes(parts.store, "w", "s", parts.clock)
    assert reseal(parts, Plan, [who], "REQ-1", notes) == {}
    after = people(tmp_path)
    assert after[0][1] != before[1]
    assert after[1] == neighbour  # another person's row: theirs stays under their own key
    assert after[0][2] == before[2]  # the name was under the field's key already
    with parts.store.write() as connection:
        parts.keys.shred(connection, Purpose.SUBJECT, who, parts.clock())
    assert state(engine)[0]["email"].shut == {}
    assert reseal(parts, Plan, [who], "REQ-1", notes) == {}
    assert people(tmp_path) == after


def test_who_may_and_what_must_be_there(engine, tmp_path):
    with pytest.raises(Refused, match="may not seal"):
        engine.protection.run(actor="clerk")
    with pytest.raises(NotFound, match="no collection"):
        engine.protection.plan(["shop.peple"], actor="dpo")
    with pytest.raises(UsageProblem, match=r"no field of `shop\.visits`"):
        engine.protection.plan(["shop.visits"], actor="dpo")
    with pytest.raises(UsageProblem, match="name the collections"):
        engine.protection.unprotect([], actor="dpo")


def test_without_look_up_values_an_identifier_is_not_sealed(tmp_path):
    source = SEALED.replace("protect: {index: email_x}", "protect: encrypt")
    with shop(tmp_path, source=source) as engine:
        (plan,) = engine.protection.plan(actor="dpo")
        assert [one.text for one in plan.obstacles if one.stops] == [
            "people are found by it, and without look-up values nobody is any more"
        ]


def test_a_column_too_narrow_or_of_numbers_stops_it(tmp_path):
    source = SEALED.replace(
        "address_id: {category: user.contact.address, activities: [orders]}",
        "address_id: {category: user.contact.address, activities: [orders]}\n"
        "      age: {category: user.demographic, activities: [orders], protect: encrypt}",
    )
    extra = "ALTER TABLE people ADD COLUMN age INTEGER;"
    with shop(tmp_path, source=source, extra=extra) as engine:
        (plan,) = engine.protection.plan(expected=1000, actor="dpo")
        (stop,) = [one for one in plan.obstacles if one.stops]
        assert stop.place == "shop.people.age"
        assert "the column is INTEGER" in stop.text
