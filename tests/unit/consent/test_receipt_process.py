"""What a receipt says of an activity."""

import pytest
from tests.unit.consent.receipts import FORM, LETTER, NOTICE, activity, event, facts

from govreg.consent.receipt_model import KindOfData, Party, Receiver
from govreg.consent.receipt_process import country, latest_notice, process, process_id, ways_out

GIVEN = (event(1, "given", circumstance=FORM), event(2, "withdrawn"))


def told(**more):
    return process(facts(GIVEN), activity(GIVEN, **more))


def test_purpose_basis_and_the_way_out():
    held = told()
    assert held["@id"] == process_id(facts(), activity(GIVEN))
    assert held["dpv:hasPurpose"]["@type"] == ["dpv:Purpose", "dpv:DirectMarketing"]
    assert held["dpv:hasLegalBasis"] == {"@id": "eu-gdpr:A6-1-a"}
    assert held["dpv:hasConsentControl"] == {
        "@type": "dpv:WithdrawConsent",
        "dpv:isExercisedAt": [
            {"@language": "en", "@value": "By the link in each message."},
            {"@language": "fi", "@value": "Viestin linkistä."},
            "mailto:privacy@acme.example",
        ],
    }
    assert held["dpv:hasRight"] == [{"@id": "eu-gdpr:A15"}, {"@id": "eu-gdpr:A7-3"}]
    assert told(direct_marketing=False)["dpv:hasPurpose"]["@type"] == ["dpv:Purpose"]


@pytest.mark.parametrize(
    ("kind", "term"),
    [
        (KindOfData(category="a"), "dpv:PersonalData"),
        (KindOfData(category="a", sensitive=True), "dpv:SensitivePersonalData"),
        (KindOfData(category="a", special=True), "dpv:SpecialCategoryPersonalData"),
        (
            KindOfData(category="a", special=True, sensitive=True),
            "dpv:SpecialCategoryPersonalData",
        ),
    ],
)
def test_kinds_of_data(kind, term):
    assert told(kinds=(kind,))["dpv:hasPersonalData"] == [{"@type": term, "dct:identifier": "a"}]


def test_recipients_with_their_role_country_and_safeguard():
    held = told(
        receivers=(
            Receiver(name="Tax office", role="authority"),
            Receiver(name="Mailer", role="processor", country="US", safeguard={"en": "SCC"}),
        )
    )
    assert held["dpv:hasRecipient"] == [
        {
            "@type": ["dpv:Recipient", "dpv:DataProcessor"],
            "dpv:hasName": "Mailer",
            "govreg:role": "processor",
            "dpv:hasLocation": country("US"),
            "govreg:safeguard": [{"@language": "en", "@value": "SCC"}],
        },
        {"@type": "dpv:Recipient", "dpv:hasName": "Tax office", "govreg:role": "authority"},
    ]


def test_no_recipients_is_an_empty_list():
    assert told(receivers=(), no_receivers=True)["dpv:hasRecipient"] == []


def test_where_and_how_long():
    held = told(stored_in=("SE", "FI", "SE"), processed_in=("FI",))
    place, length = held["dpv:hasStorageCondition"]
    assert place == {
        "@type": "dpv:StorageLocation",
        "dpv:hasLocation": [country("FI"), country("SE")],
    }
    assert length["dpv:hasDuration"]["dct:description"] == [
        {"@language": "en", "@value": "Until you withdraw"}
    ]
    assert held["dpv:hasProcessingCondition"][0]["dpv:hasLocation"] == [country("FI")]


def test_what_nobody_recorded_is_not_written():
    held = told(
        title={},
        purpose={},
        basis="house.rule",
        kinds=(),
        stored_in=(),
        retention={},
        processed_in=(),
    )
    assert set(held) == {
        *("@id", "@type", "dct:identifier", "dpv:hasDataController", "dpv:hasRecipient"),
        *("dpv:hasConsentControl", "dpv:hasRight"),
    }


def test_the_latest_notice_says_where_to_withdraw():
    assert latest_notice(facts(GIVEN), activity(GIVEN)) == NOTICE
    none = (event(1, "given", circumstance=LETTER),)
    assert latest_notice(facts(none), activity(none)) is None
    assert ways_out(facts(none), activity(none)) == ["mailto:privacy@acme.example"]
    bare = facts(none, controller=Party(name="Acme", address="Street 1"))
    assert ways_out(bare, activity(none)) == ["Street 1"]
