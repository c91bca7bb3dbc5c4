import runpy
from pathlib import Path

import pytest

VECTORS = Path(__file__).parents[2] / "vectors" / "audit"


@pytest.mark.parametrize("name", ["tree", "entry", "note", "checkpoint", "proof"])
def test_the_oracle_still_writes_the_vectors(name):
    oracle = runpy.run_path(str(VECTORS / "oracle.py"))
    assert oracle["written"](name) == (VECTORS / f"{name}.json").read_text(encoding="utf-8")
