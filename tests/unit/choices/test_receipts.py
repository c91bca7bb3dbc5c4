"""A receipt shows what was given and what was withdrawn, whole or not at all, and is logged."""

import json
import stat

import jsonschema
import pytest
import sqlalchemy as sa
from tests.unit.choices.world import WHO, Ticking, given, shop, withdrawn
from tests.unit.consent.test_kantara import VALID

from govreg.choices.receipts import issue_receipt
from govreg.errors import NotFound, Refused, UsageProblem

EVIDENCE = "call 17, in the archive"


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def engine(tmp_path, clock):
    path = tmp_path / "shop"
    path.mkdir()
    with shop(path, clock) as made:
        yield made


def test_give_and_withdraw_are_both_in_it(engine, clock, tmp_path):
    choice = given(particulars={"evidence": EVIDENCE})
    who = engine.consent.record(choice, identifiers=WHO, actor="dpo").subject
    clock.later(days=1)
    engine.consent.record(withdrawn(), subject=who, actor="dpo")
    folder = tmp_path / "receipt"
    issued = issue_receipt(engine.parts, who, folder, language="fi", actor="dpo")
    assert (issued.events, issued.activities, issued.kantara) == (2, 1, 0)
    record = (folder / "record.jsonld").read_text()
    assert "dpv:ConsentGiven" in record
    assert "dpv:ConsentWithdrawn" in record
    page = (folder / "index.html").read_text()
    assert "Suostumus annettu" in page
    assert "Suostumus peruutettu" in page
    for name in ("record.jsonld", "index.html", "kantara.json", "manifest.json"):
        held = folder / name
        assert EVIDENCE not in held.read_text()
        assert "one@a.example" not in held.read_text()
        assert stat.S_IMODE(held.stat().st_mode) == 0o600
    with engine.store.read() as connection:
        bodies = connection.execute(sa.text("SELECT body FROM audit_entry ORDER BY 1")).scalars()
        entries = [json.loads(body) for body in bodies]
    (entry,) = [one for one in entries if one["action"] == "consent.receipt_issued"]
    assert entry["counts"] == {"activities": 1, "events": 2}


def test_consent_in_force_is_a_receipt_of_kantaras_form(engine, tmp_path):
    path = engine.workspace / "govreg.toml"
    more = 'phone = "+358 9 0"\nprivacy_notice = "https://acme.example/privacy"\n[dpo]'
    path.write_text(path.read_text().replace("[dpo]", more))
    who = engine.consent.record(given(), identifiers=WHO, actor="dpo").subject
    from tests.journeys.workspace import opened

    with opened(engine.workspace, clock=engine.parts.clock) as anew:
        issue_receipt(anew.parts, who, tmp_path / "receipt", actor="dpo")
    (receipt,) = json.loads((tmp_path / "receipt" / "kantara.json").read_text())
    VALID.validate(receipt)
    assert receipt["services"][0]["purposes"][0]["consentType"] == "EXPLICIT"
    with pytest.raises(jsonschema.ValidationError):
        VALID.validate({**receipt, "consentTimestamp": "now"})


def test_what_cannot_be_issued_leaves_nothing(engine, tmp_path):
    who = engine.consent.record(given(), identifiers=WHO, actor="dpo").subject
    folder = tmp_path / "receipt"
    with pytest.raises(Refused):
        issue_receipt(engine.parts, who, folder, actor="engineer")
    with pytest.raises(NotFound):
        issue_receipt(engine.parts, "sub_nobody", folder, actor="dpo")
    assert not folder.exists()
    folder.mkdir()
    (folder / "mine.txt").write_text("kept")
    with pytest.raises(UsageProblem):
        issue_receipt(engine.parts, who, folder, actor="dpo")
    assert [one.name for one in folder.iterdir()] == ["mine.txt"]
