import pytest

from govreg.errors import UsageProblem
from govreg.requests.facts import known_facts

CANARY = "canary-5d1f"


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"person.consent_withdrawn": True, "person.objects": False},
        {"person.state": "US-CA", "person.country": "FI"},
        {"assessment.excessive": "yes"},
        {"request.by": "agent", "request.authority_verified": True},
    ],
)
def test_what_can_be_stated(facts):
    known_facts(facts)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"person.mood": True}, "no fact that can be stated"),
        ({"request.law": "gdpr"}, "no fact that can be stated"),
        ({"item.secret": False}, "no fact that can be stated"),
        ({"person.objects": CANARY}, "write `yes` or `no`"),
        ({"person.objects": "yes"}, "write `yes` or `no`"),
        ({"person.state": True}, "a place such as"),
        ({"person.state": CANARY}, "a place such as"),
        ({"assessment.excessive": CANARY}, "`yes` or `no`"),
        ({"request.by": CANARY}, "`person` or `agent`"),
    ],
)
def test_what_cannot_says_what_can_and_repeats_no_value(facts, words):
    with pytest.raises(UsageProblem) as caught:
        known_facts(facts)
    assert words in str(caught.value)
    assert CANARY not in str(caught.value)
