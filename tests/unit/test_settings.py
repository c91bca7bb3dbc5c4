from __future__ import annotations

import pytest

from govreg.errors import ConfigurationProblem, NotFound
from govreg.settings import find_workspace, load

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
        (
            'country = "FI"\n[controller]',
            'country = "Finland"\n[controller]',
            2,
            "two capital letters",
        ),
        ('time_zone = "Europe/Helsinki"', "four_eyes = false", 1, "needs a reason"),
        ('["dpo"]', '["boss"]', 18, "`dpo`"),
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


@pytest.mark.parametrize(
    "url",
    ["postgresql://govreg:hunter2@host/register", "postgresql://host/register?password=hunter2"],
)
def test_a_password_in_the_stores_url_is_refused_with_its_line(written, url):
    folder = written(TEXT + f'[store]\nurl = "{url}"\n')
    with pytest.raises(ConfigurationProblem) as caught:
        load(folder)
    said = caught.value
    assert (said.file, said.key) == (folder / "govreg.toml", "store.url")
    assert said.line == len(TEXT.splitlines()) + 2
    assert "env:NAME" in str(said)
    assert "hunter2" not in str(said)


def test_the_stores_url_may_be_a_reference(written):
    folder = written(TEXT + '[store]\nurl = "env:GOVREG_DB"\n')
    assert load(folder).store.url == "env:GOVREG_DB"


@pytest.mark.parametrize(
    "day", ["02-31", "02-30", "04-31", "13-01", "00-10", "1-1", "12-31 ", "١٢-٣١"]
)
def test_a_financial_year_ends_on_a_day_that_there_is(written, day):
    with pytest.raises(ConfigurationProblem, match="12-31") as caught:
        load(written(TEXT + f'[financial_year]\nend = "{day}"\n'))
    assert caught.value.key == "financial_year.end"


@pytest.mark.parametrize("day", ["12-31", "02-28", "02-29", "06-30"])
def test_a_financial_year_ends_on_any_day(written, day):
    assert load(written(TEXT + f'[financial_year]\nend = "{day}"\n')).financial_year.end == day


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Helsink", "did you mean `Europe/Helsinki`"),
        ("europe/helsinki", "did you mean `Europe/Helsinki`"),
        ("Helsinki", "did you mean `Europe/Helsinki`"),
        ("Europe", "no such time zone"),
        ("", "write one such as"),
        ("../../etc/passwd", "write one such as"),
    ],
)
def test_a_time_zone_that_nobody_knows(written, zone, words):
    with pytest.raises(ConfigurationProblem) as caught:
        load(written(TEXT.replace("Europe/Helsinki", zone)))
    assert (caught.value.key, caught.value.line) == ("time_zone", 1)
    assert words in str(caught.value)


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
