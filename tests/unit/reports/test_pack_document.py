import pytest

from govreg.plugins import announced
from govreg.policy.cases import read_cases
from govreg.policy.files import load_pack, pack_file
from govreg.reports.pack_document import Pack, pack_document
from govreg.reports.sheet import Prose, as_markdown

FOLDER = announced().packs["gdpr-fi"]


@pytest.fixture(scope="module")
def pack():
    file = FOLDER / "pack.yaml"
    return {
        "written": pack_file(file),
        "rules": load_pack(file),
        "cases": read_cases(FOLDER / "cases.yaml"),
    }


def section(sheet, title):
    return next(one for one in sheet.sections if one.title == title)


def test_parts_without_a_rule_are_left_out(pack):
    titles = [one.title for one in pack_document(Pack(**pack)).sections]
    assert titles == [
        "What it is, and how sure",
        "What it does not cover",
        "What closes, and where a person decides",
        "What must be kept",
        "What must not be kept longer",
        "Duties that follow",
        "Public holidays",
    ]


def test_counts_are_those_of_the_pack(pack):
    sheet = pack_document(Pack(**pack))
    about, sure, does = [
        b for b in section(sheet, "What it is, and how sure").blocks if not isinstance(b, Prose)
    ]
    held = {row[0][0]: row[1][0] for row in about.rows}
    rules = pack["rules"].rules
    assert held["Rules"] == str(len(rules))
    assert held["Recorded cases"] == str(len(pack["cases"]))
    assert sum(int(row[1][0]) for row in sure.rows) == len(rules)
    assert sum(int(row[1][0]) for row in does.rows) == len(rules)


def test_a_case_of_an_exception_is_a_case_of_its_rule(pack):
    text = as_markdown(pack_document(Pack(**pack)))
    (row,) = [li for li in text.splitlines() if "`fi.personal_identity_code` |" in li]
    exercising = [
        one
        for one in pack["cases"]
        if any(
            name == "fi.personal_identity_code"
            or name.rpartition(".")[0] == "fi.personal_identity_code"
            for name in (*getattr(one.case, "rules", ()), *getattr(one.case, "exceptions", ()))
            if name not in pack["rules"].rules or name == "fi.personal_identity_code"
        )
    ]
    assert row.endswith(f"<br>{len(exercising)} cases |")


def test_without_a_readme_that_is_said_and_the_packs_note_stands_in(pack):
    sheet = pack_document(Pack(**pack))
    assert sheet.blocks == (Prose(text=pack["written"].note),)
    (said,) = section(sheet, "What it does not cover").blocks
    assert "no README" in said.text
    assert sheet.link is None


def test_with_a_readme_it_opens_the_page_and_is_linked(pack):
    readme = (FOLDER / "README.md").read_text("utf-8")
    sheet = pack_document(Pack(**pack, readme=readme), readme_link="x/README.md")
    assert sheet.blocks[0].text.startswith("Finnish law beside")
    assert sheet.link[1] == "x/README.md"


def test_gates_stand_before_what_opens_them():
    file = announced().packs["gdpr"] / "pack.yaml"
    sheet = pack_document(Pack(written=pack_file(file), rules=load_pack(file), cases=()))
    opens = section(sheet, "Bases and gates: what opens")
    gates = opens.blocks[1]
    assert gates.rows[0][0] == ("`gdpr.basis`",)
    assert gates.rows[0][2] == ("closed until a rule opens it; rules that can: 7",)
    parts = [part.title for part in opens.parts]
    assert parts.index("Gate gdpr.basis: each of these opens it") < parts.index(
        "Gate gdpr.transfer: each of these opens it"
    )
    tables = section(sheet, "Tables that rules look up")
    ages = next(part for part in tables.parts if part.title == "gdpr.child_age")
    rows = {row[0][0]: row[1][0] for row in ages.blocks[1].rows}
    assert "`FI`" in rows["13"]
    assert [part.title for part in section(sheet, "Rights and clocks").parts] == [
        "Rights",
        "Clocks of their own",
        "How the clocks count",
    ]
