"""Secrets are referred to; one that is written down is seen."""

from __future__ import annotations

import pytest

from govreg.errors import ConfigurationProblem
from govreg.secrets import holds_password, is_reference, resolve_secret


@pytest.mark.parametrize(
    ("url", "held"),
    [
        ("postgresql://user:hunter2@host/db", True),
        ("postgresql+psycopg://user:p%40ss@host/db", True),
        ("postgresql://:hunter2@host/db", True),
        ("postgresql://host/db?password=hunter2", True),
        ("postgresql://host/db?sslmode=require&pwd=hunter2", True),
        ("postgresql://user@host/db", False),
        ("postgresql://host:5432/db", False),
        ("sqlite:///.govreg/register.db", False),
        ("env:GOVREG_DB", False),
    ],
)
def test_a_password_in_a_url(url, held):
    assert holds_password(url) is held


def test_references():
    assert is_reference("env:A")
    assert not is_reference("env:")
    assert not is_reference("hunter2")


def test_a_secret_comes_from_the_environment_or_a_closed_file(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", "s3")
    assert resolve_secret("env:SHOP_PASSWORD", tmp_path) == "s3"
    file = tmp_path / "secret"
    file.write_text("s4\n", encoding="utf-8")
    file.chmod(0o600)
    assert resolve_secret("file:secret", tmp_path) == "s4"
    file.chmod(0o644)
    with pytest.raises(ConfigurationProblem, match="chmod 600"):
        resolve_secret("file:secret", tmp_path)


def test_a_secret_by_itself_is_refused_and_not_repeated(tmp_path):
    with pytest.raises(ConfigurationProblem) as caught:
        resolve_secret("hunter2", tmp_path)
    assert "hunter2" not in str(caught.value)
