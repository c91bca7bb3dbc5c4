"""The facts that rules may ask about: a declared vocabulary, each with its kind and words.

A rule that names anything else is refused when it is loaded. A fact whose value is not known is
unknown when a rule asks for it, and can never lead to "allow". A few facts are presumed while a
question does not mention them; one that a question gives as unknown stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

from govreg.policy.fact import Fact
from govreg.policy.facts_item import HEALTH_FACTS, ITEM_FACTS, OTHERS_FACTS
from govreg.policy.facts_person import (
    ACTIVITY_FACTS,
    CONSENT_FACTS,
    PERSON_FACTS,
    REQUEST_FACTS,
)

FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for group in (
        REQUEST_FACTS,
        PERSON_FACTS,
        CONSENT_FACTS,
        ACTIVITY_FACTS,
        ITEM_FACTS,
        OTHERS_FACTS,
        HEALTH_FACTS,
    )
    for fact in group
}
"""Every fact, by name."""

PRESUMED: Mapping[str, bool | str] = {
    fact.name: fact.presumed for fact in FACTS.values() if fact.presumed is not None
}
"""What holds while a question does not mention it."""
