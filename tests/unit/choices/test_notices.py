"""Notices are published once and logged; a change says whom it asks again, and why."""

from dataclasses import replace

import pytest
from tests.unit.choices.world import NOTICE, WHO, Ticking, given, publish, shop, withdrawn
from tests.unit.consent.test_notice_file import FILE

from govreg.choices.notices import publish_notices, renewals
from govreg.consent.notice import Change
from govreg.consent.notice_store import published
from govreg.errors import ConfigurationProblem, Conflict, NotFound, Refused

FIRST = (
    FILE.replace("version: 2", "version: 1")
    .replace(", profiling]", "]")
    .replace("changed: {words: {en: a new recipient}, renew: true, activities: [profiling]}\n", "")
    .replace("notice: newsletter", "notice: offers")
)


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def engine(tmp_path, clock):
    with shop(tmp_path, clock) as made:
        yield made


def write(engine, text):
    folder = engine.workspace / "notices"
    folder.mkdir(exist_ok=True)
    (folder / "offers.yaml").write_text(text)


def test_a_version_is_published_once(engine):
    write(engine, FIRST)
    assert [(n.name, new) for n, new in publish_notices(engine.parts, actor="dpo")] == [
        ("offers", True)
    ]
    assert [new for _, new in publish_notices(engine.parts, ["offers"], actor="dpo")] == [False]
    with engine.store.read() as connection:
        (held,) = published(connection, "offers")
    assert held.version == 1


@pytest.mark.parametrize(
    ("text", "problem", "words"),
    [
        (FIRST.replace("We send", "We mail"), Conflict, "says something else"),
        (
            FIRST.replace("version: 1", "version: 3\nchanged: {words: {en: x}, renew: false}"),
            Conflict,
            "was published up to version 1",
        ),
        (FIRST.replace("[newsletter]", "[newsleter]"), ConfigurationProblem, "newsletter"),
    ],
)
def test_what_cannot_be_published_is_refused_and_says_what_to_write(engine, text, problem, words):
    write(engine, FIRST)
    publish_notices(engine.parts, actor="dpo")
    write(engine, text)
    with pytest.raises(problem) as caught:
        publish_notices(engine.parts, actor="dpo")
    assert words in "\n".join([str(caught.value), *caught.value.details])


def test_who_may_and_what_there_is(engine):
    write(engine, FIRST)
    with pytest.raises(Refused):
        publish_notices(engine.parts, actor="engineer")
    with pytest.raises(NotFound, match="no file has a notice"):
        publish_notices(engine.parts, ["ofers"], actor="dpo")


def test_a_change_asks_again_who_still_consents(engine, clock):
    engine.consent.record(given(), identifiers=WHO, actor="dpo")
    engine.consent.record(given(), identifiers={"email": "two@a.example"}, actor="dpo")
    gone = {"email": "agent@a.example"}
    engine.consent.record(given(), identifiers=gone, actor="dpo")
    clock.later(minutes=1)
    engine.consent.record(withdrawn(), identifiers=gone, actor="dpo")
    assert renewals(engine.parts) == []
    change = Change(words={"en": "a new recipient"}, renew=True)
    publish(engine, replace(NOTICE, version=2, changed=change, valid_for="P2Y"))
    (due,) = renewals(engine.parts)
    assert (due.activity, due.people, due.version, due.asked_by) == ("newsletter", 2, 1, 2)
    assert due.words == {"en": "a new recipient"}
    clock.later(minutes=1)
    engine.consent.record(given(), identifiers=WHO, actor="dpo")
    (due,) = renewals(engine.parts)
    assert due.people == 1


def test_who_withdrew_from_everything_is_asked_by_nobody(engine, clock):
    engine.consent.record(given(), identifiers=WHO, actor="dpo")
    clock.later(minutes=1)
    engine.consent.record(withdrawn(activity="*"), identifiers=WHO, actor="dpo")
    change = Change(words={"en": "x"}, renew=True)
    publish(engine, replace(NOTICE, version=2, changed=change))
    assert renewals(engine.parts) == []
    clock.later(minutes=1)
    engine.consent.record(given(notice="newsletter@1"), identifiers=WHO, actor="dpo")
    assert [one.people for one in renewals(engine.parts)] == [1]


def test_consent_ends_when_its_notice_says(engine, clock):
    change = Change(words={"en": "two years"}, renew=False)
    publish(engine, replace(NOTICE, version=2, changed=change, valid_for="P2Y"))
    made = engine.consent.record(given(), identifiers=WHO, actor="dpo")
    assert made.status.until.date().isoformat() == "2028-03-05"
    clock.later(days=800)
    assert engine.consent.status(made.subject, "newsletter").consent == "expired"
