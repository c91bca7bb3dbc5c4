"""The folder appears whole or not at all, closed to others, and its list holds."""

import json
import os
import stat
from hashlib import sha256

import pytest
from tests.unit.consent.receipts import facts

from govreg.consent.gaps import record_gaps
from govreg.consent.kantara import kantara_receipts
from govreg.errors import ConfigurationProblem, IntegrityProblem, UsageProblem
from govreg.reports.manifest import check_bundle
from govreg.reports.receipt_folder import receipt_folder

NAMES = {"record.jsonld", "kantara.json", "index.html", "manifest.json"}


def written(folder, held=None):
    with receipt_folder(held or facts(), folder) as made:
        return made


def test_what_is_in_it(tmp_path):
    folder = tmp_path / "receipt"
    made = written(folder)
    assert {one.name for one in folder.iterdir()} == NAMES
    assert made.kantara == len(json.loads((folder / "kantara.json").read_text())) == 1
    manifest = check_bundle(folder)
    assert (manifest.request_id, manifest.state) == (facts().number, "issued")
    assert manifest.languages == ("en",)
    hashed = {"record": "record.jsonld", "kantara": "kantara.json", "page": "index.html"}
    for key, name in {**hashed, "manifest": "manifest.json"}.items():
        assert made.hashes[key] == sha256((folder / name).read_bytes()).hexdigest()
    assert made.hashes.keys() == {*hashed, "manifest"}


def test_a_changed_receipt_is_seen(tmp_path):
    folder = tmp_path / "receipt"
    written(folder)
    page = folder / "index.html"
    page.write_text(page.read_text().replace("Consent withdrawn", "Consent given"))
    with pytest.raises(IntegrityProblem, match=r"index\.html") as caught:
        check_bundle(folder)
    assert caught.value.code == "altered"


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX's")
def test_nobody_else_may_read_it(tmp_path):
    folder = tmp_path / "new" / "receipt"
    written(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}


def test_nothing_is_there_before_the_block_ends(tmp_path):
    folder = tmp_path / "receipt"
    with receipt_folder(facts(), folder):
        assert not folder.exists()
        (part,) = tmp_path.iterdir()
        assert stat.S_IMODE(part.stat().st_mode) == 0o700
    assert [one.name for one in tmp_path.iterdir()] == ["receipt"]


def test_nothing_stays_where_the_block_fails(tmp_path):
    with pytest.raises(RuntimeError, match="no entry"), receipt_folder(facts(), tmp_path / "r"):
        raise RuntimeError("no entry in the log")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_will_do_and_a_full_one_is_left_alone(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    written(empty)
    assert {one.name for one in empty.iterdir()} == NAMES
    with pytest.raises(UsageProblem, match="not empty"):
        written(empty)
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(UsageProblem, match="not empty"):
        written(file)
    assert file.read_text() == "mine"


def test_an_unknown_language_leaves_nothing(tmp_path):
    with pytest.raises(ConfigurationProblem, match="`sv`"):
        written(tmp_path / "receipt", facts(language="sv"))
    assert list(tmp_path.iterdir()) == []


def test_gaps_of_both_forms_are_told(tmp_path):
    held = facts(privacy_notice=None, notices=())
    bare = tuple(one for one in held.ordered for one in record_gaps(held, one))
    made = written(tmp_path / "receipt", held)
    assert set(made.gaps) == {*bare, *kantara_receipts(held).gaps}
    assert [gap.field for gap in made.gaps] == ["policyUrl"]


def test_the_same_facts_give_the_same_files(tmp_path):
    assert written(tmp_path / "one").hashes == written(tmp_path / "two").hashes
