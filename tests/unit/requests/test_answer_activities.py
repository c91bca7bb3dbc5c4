"""What the register leaves blank is owed to the person and said to be missing."""

import pytest

from govreg.register.model import Activity, Recipient
from govreg.requests.answer_activities import missing_items, transfers

WORDS = {"en": "said"}


def activity(**changes):
    held = {
        "name": "orders",
        "title": WORDS,
        "purpose": WORDS,
        "basis": "gdpr.6.1.b",
        "retention": WORDS,
        "source_of_data": WORDS,
        "recipients": (Recipient(name="Hosting Oy", role="processor", country="FI"),),
    }
    return Activity(**{**held, **changes})


@pytest.mark.parametrize(
    ("changes", "items"),
    [
        ({}, []),
        ({"purpose": {}}, ["15.1.a"]),
        ({"recipients": ()}, ["15.1.c"]),
        ({"recipients": (), "no_recipients": True}, []),
        ({"retention": {}}, ["15.1.d"]),
        ({"source_of_data": {}}, ["15.1.g"]),
        (
            {"recipients": (Recipient(name="Cloud Inc", role="processor", country="US"),)},
            ["15.2"],
        ),
    ],
)
def test_what_is_blank_is_missing(changes, items):
    assert [missing.item for missing in missing_items([activity(**changes)])] == items


def test_a_transfer_is_told_once_for_each_recipient_outside():
    outside = Recipient(name="Cloud Inc", role="processor", country="US", safeguard=WORDS)
    inside = Recipient(name="Hosting Oy", role="processor", country="FI")
    held = [activity(recipients=(outside, inside)), activity(name="more", recipients=(outside,))]
    assert [(one.recipient, one.country) for one in transfers(held)] == [("Cloud Inc", "US")]
