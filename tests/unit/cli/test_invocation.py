"""How commands are called and how they answer."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest

from govreg.cli.invocation import Invocation, day, parsed_facts, parsed_pairs, table


def test_a_table_is_as_wide_as_its_widest_cell():
    assert table([("a", 1), ("longer", 22)], ("name", "n")) == [
        "name    n",
        "a       1",
        "longer  22",
    ]


def test_a_day_is_that_of_the_zone():
    late = dt.datetime(2026, 3, 5, 23, 30, tzinfo=dt.UTC)
    assert day(late, ZoneInfo("Europe/Helsinki")) == "2026-03-06"
    assert day(None, dt.UTC) == "-"


def test_facts_are_yes_or_no_or_a_word():
    assert parsed_facts(["person.objects=yes", "a.b=no"]) == {"person.objects": True, "a.b": False}
    assert parsed_facts(["person.state=US-CA"]) == {"person.state": "US-CA"}
    assert parsed_facts(["assessment.excessive=no"]) == {"assessment.excessive": "no"}
    for text in ("person.objects", "person.objects="):
        with pytest.raises(click.BadParameter, match=r"person\.objects=yes"):
            parsed_facts([text])


def test_identifiers_are_pairs_and_never_repeated():
    assert parsed_pairs(["email=a=b@c.example"]) == [("email", "a=b@c.example")]
    for text in ("anna@c.example", "=anna@c.example", "anna="):
        with pytest.raises(click.BadParameter) as caught:
            parsed_pairs([text])
        assert "anna@c" not in caught.value.message


def test_json_holds_dates_and_paths_as_text(capsys):
    invocation = Invocation(workspace=Path(), given_actor=None, as_json=True)
    invocation.answer({"on": dt.date(2026, 3, 5), "file": Path("a")}, list)
    assert json.loads(capsys.readouterr().out) == {"on": "2026-03-05", "file": "a"}


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["status"], {"register", "open_requests"}),
        (
            ["policy", "explain", "fi.accounting.voucher"],
            {"rule", "citation", "hash", "adopted_by"},
        ),
        (
            ["policy", "deadline", "gdpr.access", "--received", "2026-03-05", "--calendar", "FI"],
            {
                "legal_due",
                "internal_target",
                "confirm_due",
                "extended_due",
                "extension_notice_by",
                "citations",
            },
        ),
        (["source", "check", "shop"], {"product", "version", "collections"}),
    ],
)
def test_an_answer_in_json_is_an_object_with_these_keys(govreg, shared, words, keys):
    said = govreg("--workspace", shared, "--json", *words)
    assert (said.code, said.err) == (0, "")
    assert keys <= set(said.json)


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["source", "list"], {"source", "connector", "title", "collections", "owner"}),
        (["activity", "list"], {"activity", "basis", "title", "recipients"}),
        (["register", "show"], {"collection", "field", "category", "identifier", "activities"}),
        (
            ["policy", "list"],
            {"rule", "pack", "law", "kind", "effect", "confidence", "adopted by", "title"}
            | {"overridden by", "finding"},
        ),
        (["connector", "list"], {"connector", "class"}),
        (["doctor"], {"part", "name", "state"}),
    ],
)
def test_a_list_in_json_is_a_list_of_objects_with_these_keys(govreg, shared, words, keys):
    said = govreg("--workspace", shared, "--json", *words)
    assert (said.code, said.err) == (0, "")
    assert said.json
    assert all(set(row) == keys for row in said.json)
