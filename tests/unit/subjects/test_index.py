"""Subjects are found by keyed look-ups, merged and split; nothing in clear is kept."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from govreg.database import Store
from govreg.errors import NotFound, Refused
from govreg.migrations.upgrade import upgrade
from govreg.subjects.identifier import Identifier
from govreg.subjects.index import (
    attach,
    family,
    forget_identifiers,
    matching,
    merge,
    mint,
    resolve,
    show,
    split,
)

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ONE, TWO = (Identifier(kind="email", value=f"{n}@a.example") for n in ("one", "two"))


def blind(identifier):
    return hashlib.sha256(f"{identifier.kind} {identifier.value}".encode()).digest()


@pytest.fixture
def connection(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    upgrade(store)
    with store.write() as made:
        yield made
    store.close()


def known(connection, *identifiers, verified=True):
    made = mint(connection, NOW)
    attach(connection, made, identifiers, blind=blind, verified=verified, now=NOW)
    return made


def test_a_person_is_found_by_what_they_proved(connection):
    one = known(connection, ONE)
    known(connection, TWO)
    assert matching(connection, [ONE], blind) == [one]
    assert matching(connection, [Identifier(kind="phone", value=ONE.value)], blind) == []


def test_what_is_known_is_attached_once(connection):
    one = known(connection, ONE, verified=False)
    attach(connection, one, [ONE], blind=blind, verified=True, now=NOW)
    assert show(connection, one).kinds == ("email",)


def test_a_merge_and_a_split_leave_a_history(connection):
    one, two = known(connection, ONE), known(connection, TWO)
    merge(connection, one, two, actor="dpo", now=NOW)
    assert resolve(connection, two) == one
    assert matching(connection, [TWO], blind) == [one]
    assert family(connection, one) == [one, two]
    with pytest.raises(Refused):
        merge(connection, two, one, actor="dpo", now=NOW)
    assert split(connection, two, actor="dpo", now=NOW) == one
    with pytest.raises(Refused):
        split(connection, two, actor="dpo", now=NOW)
    assert [event.kind for event in show(connection, one).history] == ["merge", "split"]


def test_forgetting_takes_the_whole_family_along_whoever_is_named(connection):
    one, two = known(connection, ONE), known(connection, TWO)
    merge(connection, one, two, actor="dpo", now=NOW)
    assert forget_identifiers(connection, two) == 2
    assert matching(connection, [ONE, TWO], blind) == []


def test_who_is_not_there(connection):
    for call in (resolve, show):
        with pytest.raises(NotFound):
            call(connection, "sub_nobody")
    with pytest.raises(NotFound):
        split(connection, "sub_nobody", actor="dpo", now=NOW)
