import csv
import json
import stat

import pytest
from tests.unit.reports.samples import NOW, VERSIONS, answer, complete, customers

from govreg.errors import ConfigurationProblem, UsageProblem
from govreg.reports.access_bundle import write_bundle
from govreg.reports.access_document import AccessHead
from govreg.reports.manifest import check_bundle


def head(*languages, time_zone="UTC"):
    return AccessHead(
        request_id="req_1",
        law="gdpr",
        versions=VERSIONS,
        generated_at=NOW,
        generated_by="dpo",
        languages=languages,
        time_zone=time_zone,
    )


def test_a_bundle_holds_pages_tables_json_and_their_hashes(tmp_path):
    folder = tmp_path / "bundle"
    manifest = write_bundle(answer(), folder)
    assert [each.path for each in manifest.files] == [
        "index.html",
        "index.fi.html",
        "index.en.html",
        "data.json",
        "csv/webshop.customers.csv",
        "csv/webshop.orders.csv",
        "csv/helpdesk.tickets.csv",
        "README.txt",
    ]
    assert check_bundle(folder) == manifest
    assert (folder / "index.html").read_bytes() == (folder / "index.fi.html").read_bytes()
    listing = json.loads((folder / "manifest.json").read_text())
    assert next(iter(listing)) == "govreg_bundle_manifest"
    assert list(listing)[-1] == "files"
    assert any("single quote" in each for each in listing["notes"])
    readme = (folder / "README.txt").read_text()
    assert "Open index.html" in readme
    assert "Avaa index.html" in readme


def test_one_language_makes_one_page(tmp_path):
    manifest = write_bundle(complete(head=head("en")), tmp_path / "bundle")
    assert [each.path for each in manifest.files if each.path.endswith("html")] == ["index.html"]


def test_only_the_owner_can_read_it(tmp_path):
    folder = tmp_path / "deep" / "bundle"
    write_bundle(answer(), folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.rglob("*"):
        assert stat.S_IMODE(file.stat().st_mode) == (0o700 if file.is_dir() else 0o600)


def test_the_same_answer_gives_the_same_bundle(tmp_path):
    first = write_bundle(answer(), tmp_path / "a")
    assert first.hash == write_bundle(answer(), tmp_path / "b").hash


def test_neutralised_cells_are_counted(tmp_path):
    document = complete(
        sections=(customers(name="=1+1", segment="@x", password_hash=None, notes=None),)
    )
    manifest = write_bundle(document, tmp_path / "bundle")
    (table,) = (each for each in manifest.files if each.path.endswith(".csv"))
    assert (table.rows, table.quoted) == (1, 2)


def test_half_a_surrogate_pair_breaks_no_file(tmp_path):
    document = complete(sections=(customers(name="\udc80", password_hash=None, notes=None),))
    folder = tmp_path / "bundle"
    write_bundle(document, folder)
    body = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    assert body["sections"][0]["rows"][0]["values"]["name"] == "\udc80"


def test_a_folder_that_holds_something_is_refused_untouched(tmp_path):
    (tmp_path / "old.html").write_text("old")
    with pytest.raises(UsageProblem, match="not empty"):
        write_bundle(answer(), tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["old.html"]


@pytest.mark.parametrize("wrong", [head("sv"), head("en", time_zone="Nowhere")])
def test_nothing_is_written_when_it_cannot_be_said(tmp_path, wrong):
    with pytest.raises(ConfigurationProblem):
        write_bundle(answer(head=wrong), tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


def test_eleven_thousand_rows_are_all_written(tmp_path):
    folder = tmp_path / "bundle"
    write_bundle(answer(11_000), folder)
    with (folder / "csv" / "webshop.orders.csv").open(encoding="utf-8", newline="") as file:
        assert sum(1 for _ in csv.reader(file)) == 11_001
    body = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    assert len(body["sections"][1]["rows"]) == 11_000
    for name in ("index.fi.html", "index.en.html"):
        assert (folder / name).read_text(encoding="utf-8").count("<tr><td>") >= 11_000
