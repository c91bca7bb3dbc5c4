"""The printed pages of the packs are what the command makes of the packs, and nothing else."""

from pathlib import Path

import pytest

from govreg.cli.main import main
from govreg.plugins import announced
from govreg.policy.files import pack_file

ROOT = Path(__file__).parents[2]
PACKS = announced().packs
FOLDER = ROOT / "docs" / "packs"
MAKE = "`make docs` writes it anew"


@pytest.fixture
def made(capsys, monkeypatch, tmp_path):
    """What the command prints, in a folder that is no workspace."""
    monkeypatch.chdir(tmp_path)

    def run(name):
        link = f"../../policies/src/govreg_policies/{PACKS[name].name}/README.md"
        with pytest.raises(SystemExit) as done:
            main(["policy", "page", name, "--readme", link])
        assert done.value.code == 0
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("name", PACKS)
def test_a_page_is_what_the_command_makes(made, name):
    assert (FOLDER / f"{name}.md").read_text(encoding="utf-8") == made(name), MAKE


def test_every_pack_has_a_page_and_every_page_a_pack():
    assert {page.stem for page in FOLDER.iterdir()} == set(PACKS)


def test_make_writes_every_page():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (line,) = [line for line in makefile.splitlines() if line.startswith("PACKS := ")]
    assert set(line.removeprefix("PACKS := ").split()) == set(PACKS)


@pytest.mark.parametrize("name", PACKS)
def test_a_page_has_every_rule_with_its_sources_and_links_the_readme(name):
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    for rule in pack_file(PACKS[name] / "pack.yaml").rules:
        (row,) = [line for line in text.splitlines() if f"<br>`{rule.id}` |" in line]
        assert all(one.replace("[", r"\[") in row for one in rule.citation)
        assert str(rule.checked_on).lower() in row
        assert f"{rule.confidence}: citation" in row
        assert "| 0 cases" not in row
        assert rule.in_force_from is None or f"In force from {rule.in_force_from}" in row
    assert f"{PACKS[name].name}/README.md)" in text


@pytest.mark.parametrize("name", PACKS)
def test_a_page_begins_with_what_it_is_how_sure_and_what_it_leaves_out(name):
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    heads = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert heads[:2] == ["What it is, and how sure", "What it does not cover"]
    assert "says what it leaves out: read it all" not in text


def test_the_finnish_page_says_what_was_repealed():
    text = (FOLDER / "gdpr-fi.md").read_text(encoding="utf-8").partition("\n## ")[0]
    assert "523/1999) was repealed by" in text
    assert "1050/2018" in text
