"""`register check` and `register apply` judge alike: an error stops both, a warning neither."""

from __future__ import annotations

import pytest


@pytest.fixture
def at(govreg, shop):
    def run(*words, actor="dpo"):
        return govreg("--workspace", shop, "--actor", actor, *words)

    return run


@pytest.fixture
def spoilt(shop):
    """Changes the source file."""

    def spoil(old, new):
        file = shop / "sources" / "shop.yaml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    return spoil


def test_an_unclassified_field_fails_both(at, spoilt):
    before = at("--json", "status").json["register"]
    spoilt("name: {category: user.name,", "name: {")
    checked = at("--json", "register", "check")
    assert checked.code == 1
    errors = [f for f in checked.json if f["severity"] == "error"]
    assert [(f["code"], f["place"]) for f in errors] == [
        ("unclassified_field", "shop.people.name")
    ]
    applied = at("register", "apply")
    assert (applied.code, applied.out) == (1, "")
    assert "shop.people.name" in applied.err
    assert errors[0]["way_out"] in applied.err
    assert at("--json", "status").json["register"] == before


def test_a_warning_stops_neither(at, spoilt, shop):
    text = (shop / "activities" / "orders.yaml").read_text()
    (shop / "activities" / "old.yaml").write_text(
        text.replace("activity: orders", "activity: old")
    )
    checked = at("--json", "register", "check")
    assert checked.code == 0
    assert "unused_activity" in {f["code"] for f in checked.json}
    applied = at("--json", "register", "apply")
    assert (applied.code, applied.json["new"]) == (0, True)


def test_what_only_the_live_source_shows_stops_both_unless_offline(at, shop):
    (shop / "shop.db").unlink()
    for command in ("check", "apply"):
        assert at("register", command).code == 1
        assert at("register", command, "--offline").code == 0


def test_whoever_is_nobody_applies_nothing(at):
    said = at("register", "apply", actor="stranger")
    assert said.code == 1
    assert "is nobody in `[people]`" in said.err


def test_a_difference_is_1_and_shown_by_place(at, spoilt):
    assert at("register", "diff").code == 0
    spoilt("title: Shop", "title: Other")
    said = at("--json", "register", "diff")
    assert said.code == 1
    assert said.json == ['~ sources.shop.title: "Shop" → "Other"']


def test_a_source_file_of_the_other_ending_is_named(at, shop):
    (shop / "sources" / "crm.yml").write_text("govreg_source: 1\n")
    for words in (["register", "check"], ["register", "apply"], ["source", "list"]):
        said = at(*words)
        assert said.code == 3
        assert "crm.yml" in said.err
        assert "rename it to `crm.yaml`" in said.err
