from __future__ import annotations

import pytest

from govreg.errors import ConfigurationProblem, NotFound
from govreg.settings import find_workspace, is_reference, load, resolve_secret

TEXT = """\
time_zone = "Europe/Helsinki"
country = "FI"
[controller]
name = "Acme Oy"
address = "Street 1"
email = "a@acme.example"
country = "FI"
[dpo]
name = "Dina"
email = "dpo@acme.example"
[authority]
name = "Ombudsman"
url = "https://authority.example"
[audit]
origin = "acme.example/govreg"
[people.anna]
name = "Anna"
roles = ["dpo"]
"""


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    monkeypatch.delenv("GOVREG_STORE_URL", raising=False)
    monkeypatch.delenv("GOVREG_KEYS_PASSPHRASE", raising=False)


@pytest.fixture
def written(tmp_path):
    def written(text=TEXT):
        (tmp_path / "govreg.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return written


def test_defaults_are_careful(written):
    settings = load(written())
    assert settings.four_eyes
    assert settings.roles_of("anna") == ("dpo",)
    assert settings.roles_of("nobody") == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("[dpo]", '[dpo]\nfone = "1"', 9, "did you mean `phone`"),
        ("Europe/Helsinki", "Europe/Atlantis", 1, "no such time zone"),
        ('country = "FI"\n[controller]', 'country = "Finland"\n[controller]', 2, "pattern"),
        ('time_zone = "Europe/Helsinki"', "four_eyes = false", 1, "needs a reason"),
        ('["dpo"]', '["boss"]', 18, "'dpo'"),
        ('name = "Acme Oy"', "name = ", 4, "not valid TOML"),
    ],
)
def test_an_error_names_line_and_way_out(written, old, new, line, words):
    assert old in TEXT
    with pytest.raises(ConfigurationProblem) as caught:
        load(written(TEXT.replace(old, new)))
    assert words in str(caught.value)
    assert caught.value.line == line


def test_four_eyes_off_keeps_its_reason(written):
    off = 'four_eyes = {enabled = false, reason = "a company of one person"}\n'
    settings = load(written(off + TEXT))
    assert (settings.four_eyes, settings.four_eyes_reason) == (False, "a company of one person")


def test_a_literal_passphrase_is_refused_and_not_repeated(written):
    with pytest.raises(ConfigurationProblem) as caught:
        load(written(TEXT + '[keys]\npassphrase = "hunter2"\n'))
    assert "hunter2" not in str(caught.value)


def test_the_environment_overrides_the_store(written, monkeypatch):
    monkeypatch.setenv("GOVREG_STORE_URL", "sqlite:///other.db")
    assert load(written()).store.url == "sqlite:///other.db"


def test_the_workspace_is_found_from_inside(written):
    folder = written()
    (folder / "a" / "b").mkdir(parents=True)
    assert find_workspace(folder / "a" / "b") == folder


def test_no_workspace_says_how_to_make_one(tmp_path):
    with pytest.raises(NotFound, match="govreg init"):
        find_workspace(tmp_path)


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
