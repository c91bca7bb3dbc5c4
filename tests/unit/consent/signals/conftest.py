import gzip
import json
from pathlib import Path

import pytest

VECTORS = Path(__file__).parents[3] / "vectors" / "signals"


@pytest.fixture(scope="session")
def vectors():
    """Reads what the vendors' own encoders wrote."""

    def read(name):
        with gzip.open(VECTORS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            head = json.loads(next(lines))
            rows = [json.loads(line) for line in lines]
        assert head["format"] == f"govreg-signal-{name}-vectors"
        assert head["version"] == 1
        assert head["count"] == len(rows)
        return rows

    return read
