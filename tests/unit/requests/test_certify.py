"""A certificate is signed, logged, readable, and holds nothing of the person."""

from __future__ import annotations

import json

from tests.journeys.test_traps import build
from tests.journeys.workspace import erased, opened


def test_what_lies_in_the_folder(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = erased(engine, {"email": "one@a.example"})
        folder = engine.requests.certificate(request)
    assert {p.name for p in folder.iterdir()} == {
        "certificate.json",
        "certificate.html",
        "public-key.txt",
    }
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0
        assert "one@a.example" not in path.read_text()
    json.loads((folder / "certificate.json").read_text())
    assert (tmp_path / ".govreg" / "audit" / "public-key.txt").read_text() == (
        folder / "public-key.txt"
    ).read_text()
