"""Connectors are imported when used, and say what is wrong with a source's settings."""

from __future__ import annotations

import pytest

from govreg.connectors.interface import Context
from govreg.connectors.registry import Connectors
from govreg.errors import ConfigurationProblem
from govreg.plugins import announced
from govreg.register.model import Source


def source(connector="sql", **config):
    return Source(name="shop", title="Shop", connector=connector, config=config, owner="Shop")


def context(tmp_path):
    return Context(source="shop", workspace=tmp_path, secret=lambda text: text)


def test_a_connector_that_is_not_installed(tmp_path):
    known = Connectors(announced=announced().connectors)
    with pytest.raises(ConfigurationProblem, match="no connector `fax`"):
        known.open(source("fax"), context(tmp_path))


@pytest.mark.parametrize("target", ["nowhere.at_all:Thing", "govreg_sql.connector:Thing"])
def test_a_connector_that_cannot_be_loaded(target):
    with pytest.raises(ConfigurationProblem, match="cannot be loaded"):
        Connectors(announced={"sql": target}).connector("sql")


def test_settings_that_it_does_not_want_are_named_without_their_values(tmp_path):
    known = Connectors(announced=announced().connectors)
    with pytest.raises(ConfigurationProblem) as told:
        known.open(source(url=7, secret="hunter2"), context(tmp_path))
    assert "config.url" in str(told.value)
    assert "hunter2" not in str(told.value)


def test_a_connector_object_is_used_as_it_is():
    made = Connectors(announced=announced().connectors).connector("sql")
    assert Connectors(announced={"mine": made}).connector("mine") is made


def test_a_label_names_the_version_of_the_distribution():
    from importlib.metadata import version

    known = Connectors(announced={"sql": "govreg_sql.connector:Sql", "odd": "no_such_package:X"})
    assert known.label("sql") == f"sql {version('govreg-sql')}"
    assert known.label("odd") == "odd"
