"""Sealed cells and look-up values against vectors that were made from the specification alone."""

import json
from pathlib import Path

import pytest

from govreg.errors import IntegrityProblem
from govreg.protection.aead import Suite
from govreg.protection.cells import CellCodec, FieldPlace, record_of
from govreg.protection.envelope import Key
from govreg.protection.field_index import FieldIndex
from govreg.protection.field_keys import IndexKey

HELD = json.loads(
    (Path(__file__).parents[2] / "vectors" / "protection" / "sealed-cell.json").read_text()
)
SECRET = bytes.fromhex(HELD["secret"])
KEYS = {
    9: Key(id=9, suite=Suite.GCM, secret=SECRET),
    8: Key(id=8, suite=Suite.CCM, secret=SECRET),
}


def codec(case):
    source, collection, field = HELD["place"]
    return CellCodec(
        FieldPlace(
            workspace=HELD["workspace"],
            source=source,
            collection=collection,
            field=field,
            bound_to_record=case.get("bind") != "field",
            pad=case.get("pad", False),
        )
    )


@pytest.mark.parametrize("case", HELD["opens"], ids=lambda case: case["name"])
def test_opens(case):
    assert codec(case).open(case["cell"], record_of(case["key"]), KEYS) == case["value"]


@pytest.mark.parametrize("case", HELD["fails"], ids=lambda case: case["name"])
def test_fails(case):
    with pytest.raises(IntegrityProblem) as told:
        codec(case).open(case["cell"], record_of(case["key"]), KEYS)
    assert told.value.code == case["code"]


@pytest.mark.parametrize("case", HELD["look_ups"], ids=lambda case: str(case["bits"]))
def test_look_up_values(case):
    key = Key(id=1, suite=Suite.HMAC, secret=SECRET)
    held = [IndexKey(key=key, version=case["version"], bits=case["bits"])]
    assert FieldIndex(".".join(HELD["place"]), held).of(case["normal"]) == case["value"]
