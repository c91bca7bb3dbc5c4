"""Installed plugins are found; a limit by name is kept."""

from __future__ import annotations

from govreg.plugins import VARIABLE, announced


def test_what_is_installed():
    found = announced()
    assert {"sql", "files"} <= found.connectors.keys()
    assert found.packs
    assert not found.failures
    assert all((folder / "pack.yaml").is_file() for folder in found.packs.values())


def test_only_what_is_named(monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    assert announced().loaded == ()
    assert announced().connectors == {}
    monkeypatch.delenv(VARIABLE)
    assert announced().loaded
