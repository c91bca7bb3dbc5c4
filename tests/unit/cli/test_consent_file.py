"""Files of choices, rows that choices permit, lists and preferences: words, data, exit codes."""

import json

import pytest
from tests.unit.choices.world import shop

from govreg.clock import system_clock

HEAD = "Mail,activity,kind,at,notice,language,method,act,channel,steps\n"
ROW = "one@a.example,newsletter,given,2026-03-05T10:00:00Z,newsletter,en,form@4,ticked,web,1\n"
IMPORT = ("--from", "2026-01-01", "--column", "email=Mail")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "signals.yaml").write_text(
        "govreg_signals: 1\nactivities: {orders: {us: [sale], gpc: true}}\n"
    )
    shop(tmp_path, system_clock).close()
    return tmp_path


@pytest.fixture
def run(govreg, folder):
    def call(*words):
        return govreg("--workspace", str(folder), "--actor", "dpo", *map(str, words))

    return call


@pytest.fixture
def choices(folder):
    path = folder / "choices.csv"
    path.write_text(
        HEAD + ROW + ROW.replace("one@", "no one at ").replace("newsletter,en", "x,en")
    )
    return path


def test_an_import_says_what_came_in_and_what_did_not(run, folder, choices):
    dry = run("consent", "import", choices, *IMPORT, "--dry-run")
    assert dry.code == 1
    assert "2 rows: 1 would be recorded, 0 there already, 1 refused" in dry.out
    assert "nothing was recorded" in dry.out
    refused = folder / "refused.csv"
    said = run("consent", "import", choices, *IMPORT, "--refused", refused)
    assert said.code == 1
    assert "2 rows: 1 recorded, 0 there already, 1 refused" in said.out
    assert "recorded: 1 given" in said.out
    assert "1 times: no such notice was published" in said.out
    assert "(row 2)" in said.out
    assert "1 people became known" in said.out
    assert "no one" not in said.out + said.err
    assert refused.read_text().splitlines() == ["row,reason", "2,notice"]
    assert refused.stat().st_mode & 0o77 == 0
    again = json.loads(run("--json", "consent", "import", choices, *IMPORT).out)
    assert (again["recorded"], again["already"]) == (0, 1)
    assert again["refused"] == {"notice": {"rows": 1, "first": [2]}}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--from", "yesterday"), "`--from` is a day"),
        (("--from", "2026-01-01", "--zone", "Mars/Olympus"), "`--zone` is a time zone"),
        (("--from", "2026-01-01"), "nothing is known of the file's column `Mail`"),
    ],
)
def test_a_call_that_cannot_be_is_told(run, choices, more, words):
    said = run("consent", "import", choices, *more)
    assert said.code == 2
    assert words in said.err


def test_an_export_and_a_filter(run, folder, choices):
    run("consent", "import", choices, *IMPORT)
    out = run("consent", "export", folder / "out.jsonl")
    assert "1 choices written to" in out.out
    assert json.loads((folder / "out.jsonl").read_text())["activity"] == "newsletter"

    people = folder / "people.csv"
    people.write_text("Mail,n\none@a.example,1\ntwo@a.example,2\nx,3\n")
    target = folder / "may.csv"
    said = run(
        "consent",
        "filter",
        people,
        "--activity",
        "newsletter",
        "--identifier",
        "email=Mail",
        "-o",
        target,
    )
    assert said.code == 0
    assert "1 of 3 rows written to" in said.out
    assert "1 left out: nobody has recorded a choice" in said.out
    assert "1 left out: nothing says whose the row is" in said.out
    assert target.read_text() == '"Mail","n"\n"one@a.example","1"\n'
    none = run("consent", "filter", people, "--activity", "newsletter", "-o", target)
    assert none.code == 2
    assert "one thing says whose the rows are" in none.err


def test_rows_are_mapped_shown_and_filtered_by_their_key(run, folder, choices):
    assert run("subject", "rows").out.strip() == "no collection is mapped: `govreg subject sync`"
    run("consent", "import", choices, *IMPORT)
    said = run("subject", "sync", "shop.people")
    assert said.code == 0
    assert "shop.people: 3 rows, 3 of them of 3 people, 2 of whom are new" in said.out
    every = run("subject", "sync")
    assert every.code == 1
    assert "shop.addresses: not mapped: neither an identifier" in every.out
    shown = run("subject", "rows")
    assert shown.code == 0
    assert "shop.visits: 2 of 2 rows, 2 people, filled" in shown.out
    visits = folder / "visits.csv"
    visits.write_text("id,what\n1,a\n2,b\n7,c\n")
    target = folder / "may.jsonl"
    made = run(
        "consent",
        "filter",
        visits,
        "--activity",
        "newsletter",
        "--rows",
        "shop.visits",
        "-o",
        target,
    )
    assert "1 of 3 rows written" in made.out
    assert "by the row map of" in made.out
    assert json.loads(target.read_text()) == {"id": "1", "what": "a"}


def test_a_signal_is_recorded_or_only_explained(run):
    who = ("--identifier", "device_id=8c1f")
    dry = run("consent", "signal", "1YNN", "--gpc", *who, "--dry-run")
    assert "orders: opted out: Global Privacy Control is on" in dry.out
    assert "nothing is recorded" in dry.out
    said = json.loads(run("--json", "consent", "signal", "1YYN", *who).out)
    assert said["meant"] == [
        {"activity": "orders", "kind": "opted_out", "reason": "opted out of sale"}
    ]
    assert len(said["recorded"]) == 1
    assert "say nothing beyond what stands" in run("consent", "signal", "1YYN", *who).out
    broken = run("consent", "signal", "1Y", *who)
    assert broken.code == 1
    assert "not relied upon: character 3 of the signal" in broken.out


def test_a_signal_of_a_kind_is_no_other(run):
    who = ("--identifier", "device_id=8c1f")
    made = run("consent", "signal", "--gpp", "DBABTA~1YYN", "--gpp-sid", "6", *who)
    assert "orders: opted out: opted out of sale\nrecorded of sub_" in made.out
    elsewhere = run("consent", "signal", "--gpp", "DBABTA~1YYN", "--gpp-sid", "8", *who)
    assert "note: uspv1: it does not apply" in elsewhere.out
    assert elsewhere.code == 0
    wrong = run("consent", "signal", "--tcf", "DBABTA~1YYN", *who)
    assert wrong.code == 2
    assert "`--tcf` takes a TC string, which begins with `C`" in wrong.err


def test_a_signal_that_is_sent_again(run):
    who = ("--identifier", "device_id=8c1f", "--at", system_clock().isoformat())
    first = run("consent", "signal", "--usp", "1YYN", *who)
    assert first.out.strip()[-1].isdigit()
    subject = first.out.rsplit("recorded of ", 1)[1].partition(":")[0]
    chosen = ("--activity", "orders", "--kind", "opted_in", "--subject", subject)
    assert run("consent", "record", *chosen).code == 0
    again = run("consent", "signal", "--usp", "1YYN", *who)
    assert f"recorded of {subject}: nothing, it was there already" in again.out


def test_a_moment_has_a_zone(run):
    for text in ("2026-03-05", "2026-03-05T09:30:00", "soon"):
        said = run("consent", "signal", "--gpc", "--identifier", "device_id=8c1f", "--at", text)
        assert said.code == 2
        assert "a moment with its zone" in said.err


def test_evidence_is_read_by_number(run):
    given = ("--activity", "newsletter", "--kind", "refused", "--evidence", "call 17")
    made = json.loads(
        run("--json", "consent", "record", "--identifier", "email=one@a.example", *given).out
    )
    said = run("consent", "evidence", made["subject"], made["number"])
    assert said.out.strip() == "evidence: call 17"
    missing = run("consent", "evidence", made["subject"], 99)
    assert missing.code == 4


def test_a_list_goes_on_the_suppression_list(run, folder):
    path = folder / "list.csv"
    path.write_text("email\none@a.example\nx\n")
    said = run("subject", "suppress", "--file", path, "--scope", "newsletter")
    assert said.code == 1
    assert "2 rows: 1 look-up values new on the list, 0 there already, 1 rows refused" in said.out
    assert run("subject", "suppressed", "--identifier", "email=one@a.example").code == 1
    assert run("subject", "suppress", "--identifier", "email=one@a.example").code == 2


def test_preferences_come_and_go_by_files(run, folder):
    path = folder / "p.csv"
    path.write_text("email,channel,wanted\none@a.example,email,no\none@a.example,pigeon,no\n")
    said = run("consent", "import-preferences", path)
    assert said.code == 1
    assert "2 rows: 1 recorded, 0 said before, 1 refused" in said.out
    out = run("consent", "export-preferences", folder / "o.csv")
    assert "1 rows written" in out.out
    assert ',"email","no",' in (folder / "o.csv").read_text()


def test_preferences_go_into_a_source(run, folder):
    assert run("subject", "sync", "shop.people").code == 0
    said = ("--identifier", "email=one@a.example", "--channel", "post", "--no")
    assert run("consent", "prefer", *said).code == 0
    to = (
        "--rows",
        "shop.people",
        "--field",
        "name",
        "--channel",
        "post",
        "--yes",
        "Y",
        "--no",
        "N",
    )
    dry = run("consent", "export-preferences", *to, "--dry-run")
    assert "1 rows of people who said it: 1 differ, 0 written" in dry.out
    done = json.loads(run("--json", "consent", "export-preferences", *to).out)
    assert (done["written"], done["failed"]) == (1, {})
    assert run("consent", "export-preferences", *to[:4]).code == 2
    assert run("consent", "export-preferences").code == 2


def test_the_doctor_tells_of_signals_maps_and_who_has_yet_to_leave(run, folder):
    run("subject", "sync", "shop.people")
    said = run("doctor")
    assert said.code == 0
    assert "about orders" in said.out
    assert "fresh" in said.out
    (folder / "signals.yaml").write_text("govreg_signals: 1\nactivities: {oders: {gpc: true}}\n")
    wrong = run("doctor")
    assert wrong.code == 1
    assert "there is no activity `oders`" in wrong.out
