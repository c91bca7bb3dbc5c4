"""Kantara's receipts: of the form, of what is in force, and never with a field made up."""

import datetime as dt
import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from tests.unit.consent.receipts import (
    ACME,
    FORM,
    LETTER,
    NOW,
    SUBJECT,
    activity,
    any_facts,
    any_in_force,
    event,
    facts,
    vectors,
)

from govreg.condition.truth import Truth
from govreg.consent.kantara import kantara_receipts
from govreg.consent.receipt_model import KindOfData, Party, Receiver
from govreg.consent.status import STANDS

SCHEMA = vectors("kantara-1.1.schema")
VALID = jsonschema.Draft202012Validator(SCHEMA)
GIVEN = (event(1, "given", circumstance=FORM),)


def one(events=GIVEN, activities=None, **more):
    held = facts(events, activities or (activity(events),), **more)
    made = kantara_receipts(held)
    assert made.gaps == ()
    (receipt,) = made.receipts
    VALID.validate(receipt)
    return receipt


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@given(any_facts())
def test_what_is_written_is_of_the_form_and_what_is_in_force_is_there_or_named(held):
    made = kantara_receipts(held)
    for receipt in made.receipts:
        VALID.validate(receipt)
    services = sum(len(receipt["services"]) for receipt in made.receipts)
    lacking = {gap.activity for gap in made.gaps}
    in_force = [
        a
        for a in held.activities
        if a.status.consent in STANDS and a.status.counts is not Truth.FALSE
    ]
    assert services + len(lacking) == len(in_force)
    assert len({receipt["consentReceiptID"] for receipt in made.receipts}) == len(made.receipts)


@given(any_in_force())
def test_every_consent_in_force_is_in_a_receipt_of_the_form(held):
    made = kantara_receipts(held)
    assert made.gaps == ()
    assert sum(len(receipt["services"]) for receipt in made.receipts) == len(held.activities)
    for receipt in made.receipts:
        VALID.validate(receipt)
        age = NOW.timestamp() - receipt["consentTimestamp"]
        assert 0 < age < 2 * 3600


def test_the_whole_receipt():
    assert one() == {
        "version": "KI-CR-v1.1.0",
        "jurisdiction": "FI",
        "consentTimestamp": 1771924500,
        "collectionMethod": "checkout-form@4; ticked; web",
        "consentReceiptID": "1903512d-d540-47d8-9136-e29d6d46209c",
        "language": "en",
        "piiPrincipalId": SUBJECT,
        "piiControllers": [
            {
                "piiController": "Acme Oy",
                "contact": "Maija Esimerkki",
                "address": {
                    "streetAddress": "Esimerkkikatu 1, 00100 Helsinki",
                    "addressCountry": "FI",
                },
                "email": "privacy@acme.example",
                "phone": "+358 9 0000 000",
            }
        ],
        "policyUrl": "https://acme.example/notices/newsletter",
        "services": [
            {
                "service": "Newsletter",
                "purposes": [
                    {
                        "purpose": "Telling what is new",
                        "purposeCategory": ["6 - Marketing"],
                        "consentType": "EXPLICIT",
                        "piiCategory": ["user.contact.email"],
                        "primaryPurpose": False,
                        "termination": "Until you withdraw",
                        "thirdPartyDisclosure": False,
                    }
                ],
            }
        ],
        "sensitive": False,
        "spiCat": [],
    }


def test_the_moment_is_in_seconds():
    told = dt.datetime.fromtimestamp(one()["consentTimestamp"], dt.UTC)
    assert told == GIVEN[0].at.replace(microsecond=0)
    milliseconds = {**one(), "consentTimestamp": one()["consentTimestamp"] * 1000}
    assert not VALID.is_valid(milliseconds)


@pytest.mark.parametrize("kind", ["withdrawn", "revoked", "expired", "refused", "invalidated"])
def test_what_is_not_in_force_is_in_none(kind):
    events = (*GIVEN, event(2, kind, days=1))
    made = kantara_receipts(facts(events, (activity(events),)))
    assert (made.receipts, made.gaps) == ((), ())


def test_what_has_run_out_or_does_not_count_is_in_none():
    events = (event(1, "given", circumstance=FORM, until=NOW),)
    assert kantara_receipts(facts(events, (activity(events),))).receipts == ()
    assert kantara_receipts(facts(GIVEN, (activity(GIVEN, truth=Truth.FALSE),))).receipts == ()
    assert one(activities=(activity(GIVEN, truth=Truth.UNKNOWN),))


def test_choices_of_one_moment_and_form_are_one_receipt():
    first = event(1, "given", circumstance=FORM)
    second = replace(event(2, "given", circumstance=FORM, activity="orders"), at=first.at)
    events = (first, second)
    receipt = one(events, (activity(events), activity(events, "orders")))
    assert len(receipt["services"]) == 2
    later = replace(second, at=first.at + dt.timedelta(seconds=1))
    events = (first, later)
    made = kantara_receipts(facts(events, (activity(events), activity(events, "orders"))))
    assert len(made.receipts) == 2


def test_special_data_are_listed():
    kinds = (
        KindOfData(category="user.health", special=True),
        KindOfData(category="user.behavior", sensitive=True),
        KindOfData(category="user.name"),
    )
    receipt = one(activities=(activity(GIVEN, kinds=kinds),))
    assert (receipt["sensitive"], receipt["spiCat"]) == (True, ["user.behavior", "user.health"])


@pytest.mark.parametrize(
    ("role", "third"),
    [("processor", False), ("joint_controller", False), ("controller", True), ("authority", True)],
)
def test_who_is_a_third_party(role, third):
    receivers = (Receiver(name="B", role=role), Receiver(name="A", role=role))
    (purpose,) = one(activities=(activity(GIVEN, receivers=receivers),))["services"][0]["purposes"]
    assert purpose["thirdPartyDisclosure"] is third
    assert purpose.get("thirdPartyName") == ("A; B" if third else None)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"explicit": False}, "NOT EXPLICIT: ticked"),
        ({"explicit": None, "act": None}, "NOT EXPLICIT: act not recorded"),
    ],
)
def test_consent_that_was_not_explicit_is_described(changed, told):
    events = (event(1, "given", circumstance=replace(FORM, **changed)),)
    assert one(events)["services"][0]["purposes"][0]["consentType"] == told


def test_an_end_comes_before_the_words_on_retention():
    until = NOW + dt.timedelta(days=10)
    events = (event(1, "given", circumstance=FORM, until=until),)
    (purpose,) = one(events)["services"][0]["purposes"]
    assert purpose["termination"] == "2026-04-05T09:15:00Z"
    (purpose,) = one(activities=(activity(GIVEN, retention={}),))["services"][0]["purposes"]
    assert purpose["termination"] == "when consent is withdrawn"


def test_texts_are_in_the_language_of_the_receipt():
    service = one(language="fi")["services"][0]
    assert service["service"] == "Uutiskirje"
    assert service["purposes"][0]["purpose"] == "Uutuuksista kertominen"


@pytest.mark.parametrize(
    ("events", "bare", "more", "field"),
    [
        (GIVEN, {"purpose": {}}, {}, "purpose"),
        (GIVEN, {"kinds": ()}, {}, "piiCategory"),
        (GIVEN, {"receivers": ()}, {}, "thirdPartyDisclosure"),
        (GIVEN, {}, {"controller": Party(name="A", country="FI", email="a@b")}, "phone"),
        (GIVEN, {}, {"controller": Party(name="A", phone="1", email="a@b")}, "address"),
        (
            GIVEN,
            {},
            {"controller": replace(ACME, email=None), "officer": Party(name="B")},
            "email",
        ),
        (GIVEN, {}, {"notices": (), "privacy_notice": None}, "policyUrl"),
        (
            (event(1, "given", circumstance=replace(LETTER, act=None, channel=None)),),
            {},
            {},
            "collectionMethod",
        ),
    ],
)
def test_a_field_that_nobody_recorded_is_not_made_up(events, bare, more, field):
    made = kantara_receipts(facts(events, (activity(events, **bare),), **more))
    assert made.receipts == ()
    assert [gap.field for gap in made.gaps] == [field]
    assert made.gaps[0].where


def test_the_officers_phone_will_do():
    officer = Party(name="Maija", email="m@acme.example", phone="+358 1")
    controller = Party(name="A", country="FI", email="a@b.example", url="https://a.example")
    (told,) = one(officer=officer, controller=controller)["piiControllers"]
    assert told["phone"] == "+358 1"
    assert told["piiControllerUrl"] == "https://a.example"


def test_the_file_is_an_array():
    assert json.loads(kantara_receipts(facts(GIVEN, (activity(GIVEN),))).encode()) == [one()]
    assert kantara_receipts(facts((event(1, "refused"),))).encode() == b"[]\n"
