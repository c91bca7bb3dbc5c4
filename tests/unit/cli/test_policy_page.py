import shutil

import pytest

from govreg.plugins import announced

PACKS = announced().packs


def test_a_page_is_markdown_and_needs_no_workspace(govreg):
    said = govreg("policy", "page", "gdpr-fi")
    assert (said.code, said.err) == (0, "")
    assert "\n# gdpr-fi: Finland beside the GDPR\n" in said.out
    assert "README, for a lawyer" not in said.out


def test_html_is_one_page_with_the_same_rules(govreg):
    said = govreg("policy", "page", "gdpr-de", "--html")
    assert said.out.startswith("<!doctype html>")
    assert said.out.rstrip().endswith("</html>")
    assert "<code>de.<wbr>business_<wbr>letter</code>" in said.out


def test_the_method_beside_a_pack_is_on_its_page(govreg):
    assert "## De-identification" in govreg("policy", "page", "hipaa").out


@pytest.mark.parametrize("named", ["folder", "file"])
def test_a_draft_has_a_page_too(govreg, tmp_path, named):
    shutil.copytree(PACKS["gdpr-de"], tmp_path / "draft")
    file = tmp_path / "draft" / "pack.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('"2026.11"', '"2027.01"'), "utf-8")
    said = govreg("policy", "page", file.parent if named == "folder" else file)
    assert "| Version | 2027.01 |" in said.out


def test_a_pack_that_is_not_there_is_refused_with_those_that_are(govreg):
    said = govreg("policy", "page", "lgpd")
    assert said.code == 4
    assert "installed: ccpa, gdpr" in said.err
