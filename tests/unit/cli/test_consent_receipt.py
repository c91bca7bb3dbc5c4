"""`govreg consent receipt`: the folder, what is left out and where to say it, refusals."""

import json

import pytest
from tests.unit.choices.world import shop

from govreg.clock import system_clock
from govreg.reports.manifest import check_bundle

GIVES = (
    *("consent", "record", "--identifier", "email=one@a.example"),
    *("--activity", "newsletter", "--kind", "given", "--notice", "newsletter"),
    *("--language", "fi", "--method", "form@4", "--act", "ticked", "--channel", "web"),
    *("--steps", "1"),
)


@pytest.fixture
def run(govreg, tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    shop(folder, system_clock).close()

    def call(*words, actor="dpo"):
        return govreg("--workspace", folder, "--actor", actor, *words)

    return call


@pytest.fixture
def subject(run):
    return run("--json", *GIVES).json["subject"]


def test_a_receipt_in_words(run, subject, tmp_path):
    said = run("consent", "receipt", "--subject", subject, "-o", tmp_path / "r")
    assert said.code == 0
    assert said.err == ""
    first, second, *gaps = said.out.splitlines()
    assert first.startswith("receipt ")
    assert first.endswith(f"of {subject}: open {tmp_path / 'r' / 'index.html'}")
    assert second == "1 choices about 1 activities"
    assert "left out of newsletter: phone; say `controller.phone` in `govreg.toml`" in gaps
    assert check_bundle(tmp_path / "r").state == "issued"


def test_a_receipt_as_data(run, subject, tmp_path):
    folder = tmp_path / "r"
    held = run("--json", "consent", "receipt", "--subject", subject, "-o", folder).json
    record = json.loads((folder / "record.jsonld").read_text())
    assert held["receipt"] == record["dct:identifier"]
    assert held["subject"] == subject
    assert (held["events"], held["activities"], held["kantara"]) == (1, 1, 0)
    assert {one["field"] for one in held["left_out"]} == {
        "phone",
        "policyUrl",
        "storage_locations",
    }
    assert all(one["where"] for one in held["left_out"])
    assert held["altered_notices"] == []


def test_the_page_in_another_language(run, subject, tmp_path):
    said = run(
        "consent", "receipt", "--subject", subject, "-o", tmp_path / "r", "--language", "fi"
    )
    assert said.code == 0
    assert '<html lang="fi">' in (tmp_path / "r" / "index.html").read_text()


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ({"--subject": "sub_nobody"}, 4, "there is no subject `sub_nobody`"),
        ({"--language": "sv"}, 3, "no word table for the language `sv`"),
        ({"actor": "engineer"}, 1, "`engineer` may not issue a receipt"),
    ],
)
def test_refusals_leave_nothing(run, subject, tmp_path, change, code, told):
    options = {"--subject": subject, "-o": tmp_path / "r", **change}
    actor = options.pop("actor", "dpo")
    words = [word for pair in options.items() for word in pair]
    said = run("consent", "receipt", *words, actor=actor)
    assert said.code == code
    assert told in said.err
    assert not (tmp_path / "r").exists()


def test_a_folder_that_holds_something_is_left_alone(run, subject, tmp_path):
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "mine").write_text("kept")
    said = run("consent", "receipt", "--subject", subject, "-o", tmp_path / "r")
    assert said.code == 2
    assert [one.name for one in (tmp_path / "r").iterdir()] == ["mine"]
