"""The sealed-value format against vectors that were written once and stay."""

import datetime as dt
import decimal
import json
from pathlib import Path

import pytest

from govreg.errors import IntegrityProblem
from govreg.protection.aead import Suite
from govreg.protection.envelope import Context, Key, open_sealed

HELD = json.loads(
    (Path(__file__).parents[2] / "vectors" / "protection" / "sealed-value.json").read_text()
)
READ = {
    "str": str,
    "int": int,
    "Decimal": decimal.Decimal,
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "bytes": bytes.fromhex,
    "bool": lambda text: text == "true",
    "dict": json.loads,
}


def key(suite):
    return Key(id=HELD["key_id"], suite=Suite(suite), secret=bytes.fromhex(HELD["key"]))


@pytest.mark.parametrize("case", HELD["opens"], ids=lambda case: case["name"])
def test_opens(case):
    sealed = bytes.fromhex(case["sealed"])
    opened = open_sealed(key(case["suite"]), sealed, Context(**HELD["context"]))
    assert opened == READ[case["kind"]](case["value"])


@pytest.mark.parametrize("case", HELD["fails"], ids=lambda case: case["name"])
def test_fails(case):
    with pytest.raises(IntegrityProblem) as caught:
        open_sealed(key(1), bytes.fromhex(case["sealed"]), Context(**case["context"]))
    assert caught.value.code == case["code"]
