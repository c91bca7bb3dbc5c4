"""What a receipt says comes from the ledger, the register in force and the published notices."""

import dataclasses
import datetime as dt

import pytest
from tests.unit.choices.world import NOTICE, NOW, WHO, Ticking, given, publish, shop, withdrawn

from govreg.choices.model import Choice
from govreg.choices.receipt_facts import receipt_facts
from govreg.condition.truth import Truth
from govreg.consent.model import Act, Channel, EventKind
from govreg.consent.notice import Withdrawal
from govreg.consent.status import Standing
from govreg.errors import NotFound
from govreg.subjects.index import merge, mint


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def engine(tmp_path, clock):
    with shop(tmp_path, clock) as made:
        yield made


def told(engine, subject):
    with engine.store.read() as connection:
        return receipt_facts(engine.parts, connection, subject, language="en")


def record(engine, choice, who=WHO):
    return engine.consent.record(choice, identifiers=who, actor="dpo").subject


def test_the_register_says_what_is_used_and_who_gets_it(engine):
    (newsletter,) = told(engine, record(engine, given())).activities
    assert newsletter.name == "newsletter"
    assert newsletter.purpose == {"en": "What newsletter is for"}
    assert [kind.category for kind in newsletter.kinds] == ["user.contact.email"]
    assert [(one.name, one.role, one.country) for one in newsletter.receivers] == [
        ("Hosting Oy", "processor", "FI")
    ]
    assert (newsletter.stored_in, newsletter.processed_in) == ((), ("FI",))
    assert newsletter.direct_marketing
    assert (newsletter.status.consent, newsletter.status.counts) == (Standing.GIVEN, Truth.TRUE)


def test_the_notice_is_the_version_that_was_shown(engine, clock):
    who = record(engine, given())
    later = dataclasses.replace(
        NOTICE,
        version=2,
        url="https://acme.example/news",
        withdrawal=Withdrawal(steps=1, channels=(Channel.WEB,), words={"en": "By the link."}),
    )
    publish(engine, later)
    (shown,) = told(engine, who).notices
    assert (shown.version, shown.content_hash) == (1, NOTICE.content_hash())
    assert (shown.url, shown.withdrawal_words) == (None, {})
    assert shown.withdrawal_channels == (Channel.WEB, Channel.EMAIL)
    clock.later(days=1)
    record(engine, given(notice="newsletter@2"))
    assert [one.version for one in told(engine, who).notices] == [1, 2]
    assert told(engine, who).notices[1].withdrawal_words == {"en": "By the link."}


def test_consent_that_does_not_count_is_told_as_such(engine):
    (newsletter,) = told(engine, record(engine, given(act=Act.PRE_TICKED))).activities
    assert (newsletter.status.consent, newsletter.status.counts) == (Standing.GIVEN, Truth.FALSE)


def test_what_is_about_everything_is_told_with_what_it_may_end(engine, clock):
    who = record(engine, Choice(activity="*", kind=EventKind.OBJECTED, act=Act.WROTE))
    assert [one.name for one in told(engine, who).activities] == ["newsletter"]
    clock.later(days=1)
    record(engine, Choice(activity="orders", kind=EventKind.RESTRICTED))
    assert [one.name for one in told(engine, who).activities] == ["newsletter", "orders"]


def test_rights_are_those_of_the_laws_of_the_choices(engine, clock):
    who = record(engine, given())
    kinds = [one.kind for one in told(engine, who).rights]
    assert kinds[0] == "access"
    assert "withdraw_consent" in kinds
    assert not any(kind.startswith("ccpa.") for kind in kinds)
    clock.later(days=1)
    record(engine, Choice(activity="newsletter", kind=EventKind.OPTED_OUT))
    both = told(engine, who).rights
    assert any(one.kind.startswith("ccpa.") and one.text for one in both)


def test_the_choices_of_an_alias_are_the_persons(engine, clock):
    first = record(engine, given())
    other = record(engine, given(), {"email": "two@a.example"})
    clock.later(days=1)
    record(engine, withdrawn(), {"email": "two@a.example"})
    with engine.store.write() as connection:
        merge(connection, first, other, actor="dpo", now=clock())
    for name in (first, other):
        held = told(engine, name)
        assert (held.subject, len(held.events)) == (first, 3)
        assert held.activities[0].status.consent is Standing.WITHDRAWN


def test_who_chose_nothing_has_no_receipt(engine):
    with engine.store.write() as connection:
        who = mint(connection, NOW)
    with pytest.raises(NotFound, match=f"no choice of `{who}` is recorded"):
        told(engine, who)
    with pytest.raises(NotFound, match="there is no subject"):
        told(engine, "sub_nobody")


def test_the_letterhead_is_the_settings(engine, clock):
    held = told(engine, record(engine, given()))
    assert (held.controller.name, held.controller.country) == ("Acme Oy", "FI")
    assert (held.officer.email, held.authority.url) == (
        "dpo@acme.example",
        "https://authority.example",
    )
    assert (held.workspace, held.jurisdiction) == ("acme.example/register", "FI")
    assert held.made_at == clock()
    assert held.made_at.tzinfo is dt.UTC
