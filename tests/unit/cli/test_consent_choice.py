"""The commands of choices: what they print, and the exit code that says that consent counts not."""

import json

import pytest
from tests.unit.choices.world import shop

from govreg.clock import system_clock

WHO = ("--identifier", "email=one@a.example")
GIVES = (
    *("--activity", "newsletter", "--kind", "given", "--notice", "newsletter"),
    *("--language", "fi", "--method", "form@4", "--channel", "web", "--steps", "1"),
)


@pytest.fixture
def folder(tmp_path):
    shop(tmp_path, system_clock).close()
    return tmp_path


@pytest.fixture
def run(govreg, folder):
    def call(*words):
        return govreg("--workspace", str(folder), "--actor", "dpo", *words)

    return call


def test_given_shown_withdrawn_proven(run, tmp_path):
    said = run("consent", "record", *WHO, *GIVES, "--act", "ticked")
    assert said.code == 0
    assert "newsletter: consent was given and stands, since " in said.out
    subject = said.out.split()[2].strip(",")
    dry = run("consent", "withdraw", "--subject", subject, "--activity", "newsletter", "--dry-run")
    assert "nothing is recorded" in dry.out
    assert "shop.people.email: still used for orders" in dry.out
    assert "on the suppression list" not in dry.out
    gone = run("--json", "consent", "withdraw", *WHO, "--activity", "newsletter")
    assert json.loads(gone.out)["status"]["consent"] == "withdrawn"
    shown = run("--json", "consent", "show", *WHO)
    assert [one["consent"] for one in json.loads(shown.out)["status"]] == ["withdrawn"]
    history = json.loads(run("--json", "consent", "history", *WHO).out)
    assert [one["kind"] for one in history["events"]] == ["given", "withdrawn"]
    assert history["subject"] == subject
    assert run("subject", "suppressed", *WHO).code == 1
    assert run("consent", "proof", *WHO).out.strip() == "nothing is kept as proof"
    receipt = run("consent", "receipt", "--subject", subject, "-o", str(tmp_path / "receipt"))
    assert receipt.code == 0
    assert (tmp_path / "receipt" / "index.html").exists()


def test_what_does_not_count_says_why_and_has_exit_code_1(run):
    said = run("consent", "record", *WHO, *GIVES, "--act", "pre_ticked")
    assert said.code == 1
    assert "does not count" in said.out
    assert "GDPR Art 4(11)" in said.out
    assert "one@a.example" not in said.out + said.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("record", "--activity", "newsletter", "--kind", "given"), 2),
        (("record", *WHO, "--activity", "newslettr", "--kind", "given"), 4),
        (("record", *WHO, "--activity", "newsletter", "--kind", "gave"), 2),
        (("record", *WHO, *GIVES, "--until", "tomorrow"), 2),
        (("record", *WHO, *GIVES, "--attest", "free"), 2),
        (("show", *WHO), 4),
        (("history", "--subject", "sub_nobody"), 4),
    ],
)
def test_what_is_wrong_has_its_exit_code_and_repeats_no_value(run, words, code):
    said = run("consent", *words)
    assert said.code == code
    assert "one@a.example" not in said.out + said.err
