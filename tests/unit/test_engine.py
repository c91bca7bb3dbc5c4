"""A workspace opens with its own store, rules and sources, or says why not."""

from __future__ import annotations

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import make, opened

from govreg.engine import known_kinds, open_border, open_engine, open_store
from govreg.errors import ConfigurationProblem, NotFound
from govreg.plugins import announced
from govreg.settings import load


def test_an_engine_stands_on_the_register_in_force(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        assert engine.version is not None
        assert engine.register.collection("shop.people") is not None
        assert engine.rules.rules


def test_a_border_stands_on_the_files(tmp_path):
    build(tmp_path)
    file = tmp_path / "sources" / "shop.yaml"
    file.write_text(file.read_text().replace("title: Shop", "title: Other"))
    assert open_border(tmp_path).register.sources["shop"].title == "Other"
    with opened(tmp_path) as engine:
        assert engine.register.sources["shop"].title == "Shop"


def test_no_workspace(tmp_path):
    with pytest.raises(NotFound):
        open_engine(tmp_path)


def test_the_store_lies_in_the_workspace(tmp_path):
    make(tmp_path, {})
    store = open_store(tmp_path, load(tmp_path))
    assert str(tmp_path) in str(store.url.database)
    store.close()


def test_a_key_provider_that_is_not_there(tmp_path):
    make(tmp_path, {})
    settings = tmp_path / "govreg.toml"
    settings.write_text(settings.read_text() + '\n[keys]\nprovider = "nowhere"\n')
    with pytest.raises(ConfigurationProblem, match="provider"):
        open_engine(tmp_path)


def test_the_stores_url_may_stand_behind_a_reference(tmp_path, monkeypatch):
    make(tmp_path, {})
    settings = tmp_path / "govreg.toml"
    settings.write_text(settings.read_text() + '\n[store]\nurl = "env:GOVREG_DB"\n')
    monkeypatch.setenv("GOVREG_DB", "sqlite:///elsewhere/register.db")
    store = open_store(tmp_path, load(tmp_path))
    assert store.url.database == str(tmp_path / "elsewhere" / "register.db")
    store.close()
    monkeypatch.delenv("GOVREG_DB")
    with pytest.raises(ConfigurationProblem, match="GOVREG_DB"):
        open_store(tmp_path, load(tmp_path))


def test_a_stores_url_that_cannot_be_read_is_not_repeated(tmp_path, monkeypatch):
    make(tmp_path, {})
    monkeypatch.setenv("GOVREG_STORE_URL", "hunter2")
    with pytest.raises(ConfigurationProblem) as caught:
        open_store(tmp_path, load(tmp_path))
    assert caught.value.key == "store.url"
    assert "hunter2" not in str(caught.value)


def test_rules_in_a_file_of_the_other_ending_are_not_left_out_in_silence(tmp_path):
    make(tmp_path, {})
    (tmp_path / "policies" / "own.yml").write_text("govreg_pack: 1\n")
    with pytest.raises(ConfigurationProblem, match=r"rename it to `own\.yaml`"):
        open_engine(tmp_path)


def test_kinds_are_read_as_in_the_workspaces_country(tmp_path):
    make(tmp_path, {})
    kinds = known_kinds(load(tmp_path), announced())
    assert kinds.country == "FI"
    assert {"email", "phone", "customer_id"} <= set(kinds.known)
