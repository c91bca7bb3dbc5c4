"""What is missing is named with the place where it is to be said, and only where consent is told."""

from dataclasses import replace

import pytest
from tests.unit.consent.receipts import FORM, LETTER, NOTICE, activity, event, facts

from govreg.consent.gaps import altered_notices, record_gaps

EVENTS = (event(1, "given", circumstance=FORM),)


def gaps(held=None, **more):
    held = held or facts(EVENTS)
    return {gap.field: gap.where for gap in record_gaps(held, activity(held.events, **more))}


def test_nothing_is_missing_where_everything_is_recorded():
    assert gaps() == {}
    assert gaps(receivers=(), no_receivers=True) == {}


@pytest.mark.parametrize(
    ("bare", "field", "where"),
    [
        ({"purpose": {}}, "purpose", "`purpose` in `activities/newsletter.yaml`"),
        ({"kinds": ()}, "pii_information", "`activities: [newsletter]`"),
        ({"stored_in": ()}, "storage_locations", "`country` in `sources/*.yaml`"),
        ({"retention": {}}, "retention_period", "`retention` in"),
        ({"receivers": ()}, "recipient_third_parties", "`recipients` in"),
    ],
)
def test_each_mandatory_field(bare, field, where):
    (told,) = gaps(**bare).items()
    assert told[0] == field
    assert where in told[1]


def test_a_choice_under_no_notice_needs_the_general_one():
    events = (event(1, "given", circumstance=LETTER),)
    assert gaps(facts(events)) == {}
    assert set(gaps(facts(events, privacy_notice=None))) == {"privacy_notice"}
    assert gaps(facts(EVENTS, privacy_notice=None)) == {}


def test_an_objection_is_no_record_of_consent_and_lacks_nothing():
    assert gaps(facts((event(1, "objected"),)), purpose={}, kinds=()) == {}


def test_a_notice_that_was_changed_is_seen():
    assert altered_notices(facts()) == ()
    other = replace(NOTICE, content_hash="ee" * 32)
    assert altered_notices(facts(notices=(other,))) == ("newsletter@3",)
    assert altered_notices(facts(notices=())) == ()
