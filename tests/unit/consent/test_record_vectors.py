"""The stored forms of circumstances and events, against vectors written without the product."""

import pytest
from tests.unit.consent.receipts import vectors

from govreg.consent.model import RECORD_VERSION, circumstance_of, event_digest, event_key
from govreg.consent.receipt_model import number_of

HELD = vectors("record")


def test_the_vectors_are_of_this_version():
    assert HELD["format"] == f"consent record {RECORD_VERSION}"
    assert len(HELD["circumstances"]) == 4
    assert len(HELD["events"]) == 5


@pytest.mark.parametrize("vector", HELD["circumstances"], ids=lambda one: one["name"])
def test_a_circumstance_is_written_and_hashed_as_specified(vector):
    read = circumstance_of(vector["document"])
    assert read.canonical().decode() == vector["canonical"]
    assert read.content_hash() == vector["hash"]
    assert circumstance_of(read.document()) == read


@pytest.mark.parametrize("vector", HELD["events"], ids=lambda one: one["event"]["kind"])
def test_an_event_has_the_digest_and_the_key_specified(vector):
    said = {"until": None, "particulars": {}, **vector["event"]}
    del said["v"]
    digest = event_digest(**said)
    assert digest.hex() == vector["digest"]
    assert event_key(vector["given_key"], digest).hex() == vector["key"]


@pytest.mark.parametrize("changed", ["at", "until", "kind", "subject", "activity", "particulars"])
def test_nothing_of_an_event_changes_without_its_digest(changed):
    vector = HELD["events"][1]
    said = {name: value for name, value in vector["event"].items() if name != "v"}
    other = {"at": 1, "until": None, "particulars": {"evidence": "other"}}.get(changed, "other")
    assert event_digest(**{**said, changed: other}).hex() != vector["digest"]


@pytest.mark.parametrize("vector", HELD["numbers"], ids=lambda one: one["parts"][0])
def test_a_number_is_made_as_specified(vector):
    assert number_of(*vector["parts"]) == vector["number"]


@pytest.mark.parametrize("document", [{"v": 2, "law": "gdpr"}, {"law": "gdpr"}])
def test_another_version_of_a_circumstance_is_refused(document):
    with pytest.raises(ValueError, match="newer"):
        circumstance_of(document)
