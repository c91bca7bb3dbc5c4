"""Key records, look-up values and references against vectors that were made without this program."""

import datetime as dt
import json
import runpy
from pathlib import Path

import pytest

from govreg.database import Store, metadata, sqlite_url
from govreg.errors import IntegrityProblem
from govreg.protection.aead import Suite
from govreg.protection.blind_index import BlindIndex, reference
from govreg.protection.envelope import Key
from govreg.protection.keystore import KeyStore
from govreg.protection.provider import LocalKeys
from govreg.protection.purpose import Purpose
from govreg.protection.tables import key_epoch, key_row, key_shredded

HELD = json.loads(
    (Path(__file__).parents[2] / "vectors" / "protection" / "key-record.json").read_text()
)
NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
KEY = Key(id=301, suite=Suite.HMAC, secret=bytes.fromhex(HELD["secret"]))


def opened(folder, row, *, guarded):
    """The key of a row that was written by hand, by a key file that was written by hand."""
    held = HELD["file"]
    file = folder / held["name"]
    file.touch(mode=0o600)
    file.write_text(json.dumps(held["guarded" if guarded else "plain"]))
    provider = LocalKeys(folder, passphrase=held["passphrase"] if guarded else None)
    store = Store(sqlite_url(folder / "store.db"))
    try:
        with store.write() as connection:
            metadata.create_all(connection, tables=[key_epoch, key_row, key_shredded])
            connection.execute(
                key_epoch.insert().values(
                    id=row["epoch"],
                    provider="local",
                    root_ref=held["name"],
                    wrapped=bytes.fromhex(row["epoch_wrapped"]),
                    created_at=0,
                )
            )
            connection.execute(
                key_row.insert().values(
                    id=row["id"],
                    purpose=row["purpose"],
                    owner=row["owner"],
                    suite=row["suite"],
                    epoch=row["epoch"],
                    wrapped=bytes.fromhex(row["wrapped"]),
                    kcv=bytes.fromhex(row["kcv"]),
                    created_at=0,
                )
            )
            keys = KeyStore(provider, workspace=HELD["workspace"])
            return keys.key(connection, Purpose(row["purpose"]), row["owner"], now=NOW)
    finally:
        store.close()


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize("row", HELD["opens"], ids=lambda row: row["purpose"])
def test_a_row_opens(tmp_path, row, guarded):
    key = opened(tmp_path, row, guarded=guarded)
    assert (key.id, key.suite, key.secret) == (row["id"], row["suite"], KEY.secret)


@pytest.mark.parametrize("case", HELD["fails"], ids=lambda case: case["name"])
def test_a_row_fails(tmp_path, case):
    with pytest.raises(IntegrityProblem) as caught:
        opened(tmp_path, case["row"], guarded=False)
    assert caught.value.code == case["code"]


@pytest.mark.parametrize("case", HELD["look_up"], ids=lambda case: case["made"][:10])
def test_look_up_value(case):
    assert BlindIndex(KEY, case["name"]).of(case["value"]).hex() == case["made"]


@pytest.mark.parametrize("case", HELD["reference"], ids=lambda case: case["made"][:8])
def test_reference(case):
    assert reference(KEY, *case["parts"]) == case["made"]


def test_the_vectors_are_those_of_the_words(tmp_path):
    """The oracle knows the specification's words and nothing of this program."""
    source = Path(__file__).parents[2] / "vectors" / "protection" / "oracle.py"
    copy = tmp_path / "oracle.py"
    copy.write_bytes(source.read_bytes())
    runpy.run_path(str(copy), run_name="__main__")
    for name in ("key-record.json", "sealed-file.json"):
        assert (tmp_path / name).read_bytes() == (source.parent / name).read_bytes()
