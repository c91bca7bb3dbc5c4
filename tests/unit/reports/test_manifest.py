import json

import pytest
from tests.unit.reports.samples import complete

from govreg.errors import IntegrityProblem, NotFound
from govreg.reports.access_bundle import write_bundle
from govreg.reports.manifest import check_bundle


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "bundle"
    write_bundle(complete(), folder)
    return folder


def code_of(folder, told=None):
    with pytest.raises(IntegrityProblem, match=told) as caught:
        check_bundle(folder)
    return caught.value.code


@pytest.mark.parametrize(
    "name", ["index.html", "data.json", "csv/helpdesk.tickets.csv", "README.txt"]
)
def test_a_changed_file_is_named(bundle, name):
    file = bundle / name
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    file.write_bytes(changed)
    assert code_of(bundle, f"`{name}`") == "altered"


def test_a_missing_file_is_named(bundle):
    (bundle / "data.json").unlink()
    assert code_of(bundle, "`data.json`") == "missing"


def test_a_file_that_was_added_is_named(bundle):
    (bundle / "csv" / "extra.csv").write_text("x")
    assert code_of(bundle, "`csv/extra.csv`") == "unlisted"


def rewrite(bundle, **changes):
    file = bundle / "manifest.json"
    body = json.loads(file.read_text())
    file.write_text(json.dumps(body | changes))


def test_a_newer_manifest_is_refused(bundle):
    rewrite(bundle, govreg_bundle_manifest=2)
    assert code_of(bundle, "newer govreg") == "newer_version"


@pytest.mark.parametrize(
    "changes",
    [
        {"govreg_bundle_manifest": "1"},
        {"govreg_bundle_manifest": True},
        {"surprise": 1},
        {"files": [{"path": "../x", "media_type": "", "bytes": 1, "sha256": "0" * 64}]},
        {"files": [{"path": "/etc/passwd", "media_type": "", "bytes": 1, "sha256": "0" * 64}]},
        {"files": [{"path": "x", "media_type": "", "bytes": 1, "sha256": "0"}]},
        {"files": ["x"]},
        {"files": None},
    ],
)
def test_what_is_no_manifest_is_malformed(bundle, changes):
    rewrite(bundle, **changes)
    assert code_of(bundle) == "malformed"


def test_a_cut_manifest_is_truncated(bundle):
    file = bundle / "manifest.json"
    file.write_bytes(file.read_bytes()[:-40])
    assert code_of(bundle) == "truncated"


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path):
    with pytest.raises(NotFound):
        check_bundle(tmp_path)
