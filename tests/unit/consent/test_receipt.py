"""The record: only terms that exist, everything that was chosen, the same bytes each time."""

import datetime as dt
import json
import random
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.consent.receipts import (
    FORM,
    LETTER,
    NOTICE,
    NOW,
    SUBJECT,
    VECTORS,
    activity,
    any_facts,
    event,
    facts,
)
from tests.unit.consent.test_dpv import TERMS

from govreg.consent.dpv import CONTEXT, MARK
from govreg.consent.model import EVERYTHING, Chooser, Circumstance, EventKind
from govreg.consent.receipt import consent_receipt, encode_receipt
from govreg.consent.status import Standing

HELD_TO_THE_LIST = ("dpv", "eu-gdpr", "dpv-27560")
OTHER_TERMS = {
    *("dct:conformsTo", "dct:created", "dct:description", "dct:hasPart", "dct:identifier"),
    *("dct:language", "dct:title", "rdf:value", "xsd:dateTime"),
    *("schema:addressCountry", "schema:email", "schema:sha256", "schema:telephone"),
    *("schema:url", "schema:version"),
}
"""Of Dublin Core, RDF, XML Schema and schema.org."""
OWN_TERMS = {
    *("govreg:about", "govreg:event", "govreg:law", "govreg:leavesOut", "govreg:noticeHash"),
    *("govreg:role", "govreg:safeguard", "govreg:standing", "govreg:textHash"),
    *("govreg:textLanguage", MARK),
}
BLANK = {"_:person", "_:controller", "_:officer", "_:authority"}
KEYWORDS = {"@id", "@type", "@value", "@language"}


def names(node):
    """Every name in a document: keys, kinds, and what is referred to."""
    if isinstance(node, list):
        for one in node:
            yield from names(one)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key == "@context":
            continue
        if key not in KEYWORDS:
            yield key
        if key in {"@id", "@type"}:
            yield from [value] if isinstance(value, str) else value
        elif key not in {"@value", "@language"}:
            yield from names(value)


def expanded(name):
    """What a name stands for by the context that every receipt holds."""
    if name in CONTEXT:
        return CONTEXT[name]
    prefix, sign, local = name.partition(":")
    assert sign, name
    assert local, name
    return CONTEXT[prefix] + local if prefix in CONTEXT else name


def records(receipt, kind="dpv:ConsentRecord"):
    return [one for one in receipt["dpv:hasRecordOfActivity"] if one["@type"] == kind]


def states(record):
    (process,) = record["dpv:hasProcess"]
    return process["dpv:hasConsentStatus"]


@given(any_facts())
def test_every_name_that_is_written_exists(held):
    for name in names(consent_receipt(held)):
        prefix = name.partition(":")[0]
        if prefix in HELD_TO_THE_LIST:
            assert name in TERMS
        elif prefix not in {"urn", "_"}:
            assert name in OTHER_TERMS | OWN_TERMS


@given(any_facts())
def test_every_name_resolves_by_the_context_inside(held):
    receipt = consent_receipt(held)
    assert receipt["@context"] == CONTEXT
    for name in names(receipt):
        if name.startswith("_:"):
            assert name in BLANK
        else:
            assert re.match(r"(?:https?://|urn:(?:uuid|govreg):)\S+$", expanded(name)), name


def test_a_term_is_never_written_as_a_text():
    """A reader would take it for words: what is a term stands behind `@id` or `@type`."""
    events = tuple(event(number, kind) for number, kind in enumerate(EventKind, start=1))
    text = encode_receipt(facts(events, (activity(events),))).decode()
    found = re.findall(r'"([^"]+)": "((?:dpv|eu-gdpr|dpv-27560):[^"]*)"', text)
    assert len(found) > 50
    assert {key for key, _ in found} == {"@id", "@type"}


@given(any_facts(), st.randoms(use_true_random=False))
def test_the_same_facts_in_another_order_give_the_same_bytes(held, chance):
    def mixed(items):
        return tuple(chance.sample(items, len(items)))

    def turned(one):
        return replace(
            one,
            kinds=mixed(one.kinds),
            receivers=mixed(one.receivers),
            stored_in=mixed(one.stored_in),
            processed_in=mixed(one.processed_in),
        )

    other = replace(
        held,
        events=mixed(held.events),
        activities=tuple(map(turned, mixed(held.activities))),
        notices=mixed(held.notices),
        rights=mixed(held.rights),
    )
    assert encode_receipt(other) == encode_receipt(held)


@given(any_facts())
def test_every_moment_has_a_zone_and_nothing_that_was_chosen_is_missing(held):
    receipt = consent_receipt(held)
    told = []
    for record in receipt["dpv:hasRecordOfActivity"]:
        if record["@type"] == "dpv:ConsentRecord":
            told += states(record)
        else:
            told += record["dct:hasPart"]
    for one in told:
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["dpv:isIndicatedAtTime"]["@value"]
        )
    named = {one.name for one in held.activities}
    about = [e for e in held.events if e.activity in named | {EVERYTHING}]
    assert len({one["@id"] for one in told}) == len(about)


def test_giving_and_withdrawing_stand_beside_each_other_in_order_of_time():
    (record,) = records(consent_receipt(facts()))
    assert [one["@type"] for one in states(record)] == [
        "dpv:ConsentGiven",
        "dpv:ConsentWithdrawn",
        "dpv:ConsentGiven",
    ]
    moments = [one["dpv:isIndicatedAtTime"]["@value"] for one in states(record)]
    assert moments == sorted(moments)
    assert record["govreg:standing"] == {"@id": "dpv:ConsentGiven"}
    assert "govreg:leavesOut" not in record


def test_the_person_is_named_by_the_registers_own_id_alone():
    receipt = consent_receipt(facts())
    assert receipt["dpv:hasDataSubject"] == {
        "@id": "_:person",
        "@type": "dpv:DataSubject",
        "dpv:hasIdentifier": SUBJECT,
    }


def test_evidence_and_what_a_law_asks_about_the_person_stay_out():
    held = replace(FORM, age=12, country="SE", attested={"free": True}, steps=2)
    sealed = replace(event(1, "given", circumstance=held), sealed=b"\x01sealed")
    text = encode_receipt(facts((sealed,), (activity((sealed,)),))).decode()
    assert "sealed" not in text
    assert "SE" not in text
    assert "12" not in re.sub(r"urn:uuid:\S+|[0-9a-f-]{36}|\d{4}-\d\d-\S+", "", text)


def test_the_notice_and_the_text_are_named_by_their_hashes():
    (record,) = records(consent_receipt(facts()))
    general, notice = record["dpv:hasNotice"]
    assert general == {
        "@type": "dpv:PrivacyNotice",
        "schema:url": "https://acme.example/privacy",
    }
    assert (notice["dct:identifier"], notice["schema:version"]) == ("newsletter", "3")
    assert notice["schema:sha256"] == NOTICE.content_hash
    first, second, _ = states(record)
    assert first["dpv:hasNotice"] == {"@id": notice["@id"]}
    assert first["govreg:noticeHash"] == FORM.notice_hash
    assert first["govreg:textHash"] == FORM.text_hash
    assert "dpv:hasNotice" not in second


def test_a_notice_that_is_not_published_is_named_by_the_hash_of_the_choice():
    (record,) = records(consent_receipt(facts(notices=())))
    _, notice = record["dpv:hasNotice"]
    assert notice["schema:sha256"] == FORM.notice_hash
    assert "schema:url" not in notice


def test_how_long_a_state_lasts():
    until = NOW + dt.timedelta(days=100)
    events = (event(1, "given", until=until), event(2, "renewed"), event(3, "refused"))
    (record,) = records(consent_receipt(facts(events, (activity(events),))))
    assert [one["dpv:hasDuration"] for one in states(record)] == [
        {
            "@type": "dpv:UntilTimeDuration",
            "rdf:value": {"@type": "xsd:dateTime", "@value": "2026-07-04T09:15:00.000Z"},
        },
        {"@type": "dpv:UntilEventDuration", "rdf:value": "withdrawal"},
        {"@type": "dpv:UntilEventDuration", "rdf:value": "a later choice"},
    ]


def test_consent_that_has_run_out_is_said_to_have():
    events = (event(1, "given", until=NOW - dt.timedelta(days=1)),)
    (record,) = records(consent_receipt(facts(events, (activity(events),))))
    assert states(record)[0]["@type"] == "dpv:ConsentGiven"
    assert record["govreg:standing"] == {"@id": "dpv:ConsentExpired"}


@pytest.mark.parametrize(
    ("held", "kind"),
    [
        (FORM, "dpv:ExplicitlyExpressedConsent"),
        (replace(FORM, explicit=False), "dpv:ExpressedConsent"),
        (replace(FORM, explicit=None), "dpv:ExpressedConsent"),
        (Circumstance(law="gdpr", controller="A", act="silence"), "dpv:Consent"),
    ],
)
def test_the_kind_of_consent_is_no_stronger_than_what_was_done(held, kind):
    events = (event(1, "given", circumstance=held),)
    (record,) = records(consent_receipt(facts(events, (activity(events),))))
    assert states(record)[0]["dpv:hasLegalBasis"] == {"@id": kind}


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (Chooser.PERSON, {"@id": "_:person"}),
        (Chooser.SIGNAL, {"@id": "_:person"}),
        (Chooser.GUARDIAN, {"@type": "dpv:GuardianOfDataSubject"}),
        (Chooser.AGENT, {"@type": "dpv:Agent"}),
        (Chooser.ORGANISATION, {"@id": "_:controller"}),
    ],
)
def test_who_chose(by, told):
    events = (event(1, "revoked", circumstance=replace(LETTER, by=by)),)
    (record,) = records(consent_receipt(facts(events, (activity(events),))))
    (state,) = states(record)
    assert state["dpv:isIndicatedBy"] == told
    assert state["dpv:hasIndicationMethod"] == (
        "signal; wrote; post" if by is Chooser.SIGNAL else "wrote; post"
    )


def test_an_objection_is_no_state_of_consent():
    receipt = consent_receipt(facts())
    (record,) = records(receipt, "dpv:RightExerciseRecord")
    (part,) = record["dct:hasPart"]
    assert part["@type"] == ["dpv:RightExerciseActivity", "dpv:ObjectingToProcess"]
    assert part["dpv:hasRight"] == {"@id": "eu-gdpr:A21"}
    assert part["dpv:hasStatus"] == {"@id": "dpv:RequestInitiated"}
    assert "dpv:hasConsentControl" not in record["dpv:hasProcess"][0]
    assert [one["dct:identifier"] for one in record["dpv:hasProcess"]] == ["profiling"]


def test_the_right_of_another_law_is_not_called_one_of_the_gdpr():
    held = Circumstance(law="hipaa", controller="Clinic")
    events = (event(1, "restricted", circumstance=held),)
    receipt = consent_receipt(facts(events, (activity(events),)))
    (record,) = records(receipt, "dpv:RightExerciseRecord")
    (part,) = record["dct:hasPart"]
    assert "dpv:hasRight" not in part
    assert part["govreg:law"] == "hipaa"
    assert part["govreg:event"] == "restricted"


def test_what_is_about_everything_stands_in_each_record_under_one_name():
    events = (
        event(1, "given", circumstance=FORM),
        event(2, "given", circumstance=FORM, activity="profiling"),
        event(3, "withdrawn", activity=EVERYTHING),
    )
    receipt = consent_receipt(facts(events, (activity(events), activity(events, "profiling"))))
    first, second = records(receipt)
    assert states(first)[-1] == states(second)[-1]
    assert states(first)[-1]["govreg:about"] == EVERYTHING
    assert first["govreg:standing"] == second["govreg:standing"] == {"@id": "dpv:ConsentWithdrawn"}
    assert first["@id"] != second["@id"]


def test_an_activity_with_both_is_described_once():
    events = (event(1, "given", circumstance=FORM), event(2, "objected"))
    receipt = consent_receipt(facts(events, (activity(events),)))
    (consent,), (right,) = records(receipt), records(receipt, "dpv:RightExerciseRecord")
    assert right["dpv:hasProcess"] == [{"@id": consent["dpv:hasProcess"][0]["@id"]}]


def test_what_is_left_out_is_said():
    events = (event(1, "given"),)
    bare = activity(events, kinds=(), stored_in=(), retention={}, receivers=(), purpose={})
    (record,) = records(consent_receipt(facts(events, (bare,), privacy_notice=None)))
    assert record["govreg:leavesOut"] == [
        "pii_information",
        "privacy_notice",
        "purpose",
        "recipient_third_parties",
        "retention_period",
        "storage_locations",
    ]


def test_a_receipt_of_another_moment_is_another_and_its_records_are_the_same():
    first, second = (consent_receipt(facts(made_at=NOW + dt.timedelta(seconds=s))) for s in (0, 1))
    assert first["@id"] != second["@id"]
    assert first["dpv:hasRecordOfActivity"] == second["dpv:hasRecordOfActivity"]


def test_the_version_leads():
    text = encode_receipt(facts()).decode()
    assert text.startswith('{\n "govreg_consent_receipt": 1,\n "@context"')
    assert text.endswith("}\n")
    assert Standing.GIVEN in {one.status.consent for one in facts().activities}


def test_the_form_holds_still():
    """`receipt.jsonld` was written by govreg itself; a change of the form is a change of version."""
    assert encode_receipt(facts()) == (VECTORS / "receipt.jsonld").read_bytes()


def test_a_shuffled_example_is_the_same_file():
    held = facts()
    events = list(held.events)
    random.Random(7).shuffle(events)
    again = encode_receipt(replace(held, events=tuple(events)))
    assert json.loads(again) == json.loads((VECTORS / "receipt.jsonld").read_bytes())
