from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from tests.journeys.test_traps import build

from govreg.cli.main import main


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def govreg(capsys, monkeypatch, tmp_path):
    """Runs a command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GOVREG_ACTOR", raising=False)

    def run(*words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Said(code=caught.value.code, out=out, err=err)

    return run


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A workspace that no test writes to."""
    return build(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def shop(tmp_path):
    """A workspace of a test's own."""
    folder = tmp_path / "shop"
    folder.mkdir()
    return build(folder)
