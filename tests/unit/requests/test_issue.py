"""The latest certificate is the one that the log has last, whatever the files' times say."""

from __future__ import annotations

import os

from tests.journeys.test_traps import build
from tests.journeys.workspace import erased, opened

from govreg.requests.issue import certificate_folder, latest


def test_the_log_says_which_certificate_is_the_latest(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = erased(engine, {"email": "one@a.example"})
        assert latest(engine.parts, "req_nothing") is None
        first = engine.requests.certificate(request)
        engine.requests.tell_recipient(request, "Hosting Oy", answer=None, actor="dpo")
        second = engine.requests.certificate(request)
        os.utime(first / "certificate.json")  # a copied workspace has other times
        folder, held = latest(engine.parts, request)
        assert folder == second
        assert held.statement["head"]["replaces"]["certificate_id"] == first.name
        assert {p.name for p in certificate_folder(engine.parts, request).iterdir()} == {
            first.name,
            second.name,
        }
