"""Choices are recorded, counted or not, withdrawn, and told; nothing about a person gets out."""

import datetime as dt
import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.unit.choices.world import NOTICE, NOW, WHO, Ticking, given, publish, shop, withdrawn

from govreg.choices.model import Choice
from govreg.condition.truth import Truth
from govreg.consent.model import Act, Channel, Chooser, EventKind
from govreg.consent.notice import Change, Withdrawal
from govreg.consent.status import Standing
from govreg.consent.tables import consent_event
from govreg.errors import Conflict, NotFound, Refused, UsageProblem


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def engine(tmp_path, clock):
    with shop(tmp_path, clock) as made:
        yield made


def amiss(outcome):
    return {name for one in outcome.status.amiss for name in one.facts}


def test_given_then_withdrawn(engine, clock):
    first = engine.consent.record(given(), identifiers=WHO, actor="engineer")
    assert first.number == 1
    assert first.status.consent is Standing.GIVEN
    assert first.status.counts is Truth.TRUE, first.status.amiss
    assert first.status.reason == "consent was given and stands"
    clock.later(days=1)
    last = engine.consent.record(withdrawn(), identifiers=WHO, actor="engineer")
    assert last.subject == first.subject
    assert last.status.consent is Standing.WITHDRAWN
    assert last.status.counts is Truth.FALSE
    assert engine.consent.status(first.subject, "newsletter", NOW).consent is Standing.GIVEN
    assert engine.consent.status(first.subject, "orders").consent is Standing.UNKNOWN
    history = engine.consent.history(first.subject)
    assert [(p.event.kind, p.standing, p.counts) for p in history] == [
        (EventKind.GIVEN, Standing.GIVEN, True),
        (EventKind.WITHDRAWN, Standing.WITHDRAWN, False),
    ]


def test_a_withdrawal_says_what_it_changes(engine):
    engine.consent.record(given(), identifiers=WHO, actor="dpo")
    impact = engine.consent.record(withdrawn(), identifiers=WHO, actor="dpo").impact
    assert impact == engine.consent.impact("newsletter")
    assert impact.activities == ("newsletter",)
    assert impact.recipients == ("Hosting Oy",)
    assert impact.suppress == ("newsletter",)
    assert [(f.collection, f.field, f.left, f.due) for f in impact.fields] == [
        ("shop.people", "email", ("orders",), False)
    ]


@pytest.mark.parametrize(
    ("changed", "facts"),
    [
        ({"act": Act.PRE_TICKED}, {"consent.affirmative_act"}),
        ({"act": Act.SILENCE}, {"consent.affirmative_act"}),
        ({"attested": {"dark_pattern": True}}, {"consent.dark_pattern"}),
        ({"attested": {"free": False}}, {"consent.free"}),
        ({"channel": Channel.PHONE}, {"consent.same_channel"}),
    ],
)
def test_what_is_invalid_is_recorded_and_does_not_count(engine, changed, facts):
    made = engine.consent.record(given(**changed), identifiers=WHO, actor="dpo")
    assert made.number == 1
    assert made.status.consent is Standing.GIVEN
    assert made.status.counts is Truth.FALSE
    assert made.status.reason == "consent was given and stands, but does not count"
    assert amiss(made) == facts
    assert all(one.known and one.cite for one in made.status.amiss)


def test_withdrawing_that_is_harder_than_giving_does_not_count(engine):
    harder = Withdrawal(steps=3, channels=(Channel.WEB,))
    changed = Change(words={"en": "harder"}, renew=False)
    publish(engine, replace(NOTICE, version=2, withdrawal=harder, changed=changed))
    made = engine.consent.record(given(), identifiers=WHO, actor="dpo")
    assert made.status.counts is Truth.FALSE
    assert amiss(made) == {"consent.steps_to_withdraw", "consent.steps_to_give"}
    old = engine.consent.record(
        given(notice="newsletter@1"), identifiers={"email": "two@a.example"}, actor="dpo"
    )
    assert old.status.counts is Truth.TRUE


@pytest.mark.parametrize("changed", [{"act": None}, {"notice": None}, {"steps": None}])
def test_what_is_not_known_does_not_count_either(engine, changed):
    made = engine.consent.record(given(**changed), identifiers=WHO, actor="dpo")
    assert made.status.counts is Truth.UNKNOWN
    assert all(not one.known for one in made.status.amiss)
    assert made.status.reason.endswith("whether it counts is not known")


def test_a_child_needs_a_guardian(tmp_path, clock):
    with shop(tmp_path, clock, child_service=True) as engine:
        child = given(age=11, country="FI")
        made = engine.consent.record(child, identifiers=WHO, actor="dpo")
        assert made.status.counts is Truth.FALSE
        assert {cite for one in made.status.amiss for cite in one.cite} == {
            "GDPR Art 8(1)",
            "GDPR Art 8(2)",
        }
        clock.later(minutes=1)
        parent = Choice(
            activity="newsletter",
            kind=EventKind.PARENT_AUTHORISED,
            by=Chooser.GUARDIAN,
            particulars={"guardian_evidence": "case 12"},
        )
        authorised = engine.consent.record(parent, subject=made.subject, actor="dpo")
        assert authorised.status.guardian
        assert authorised.status.counts is Truth.TRUE
        grown = given(age=14, country="FI")
        other = engine.consent.record(grown, identifiers={"email": "two@a.example"}, actor="dpo")
        assert other.status.counts is Truth.TRUE
        german = engine.consent.record(
            given(age=14, country="DE"), identifiers={"email": "agent@a.example"}, actor="dpo"
        )
        assert german.status.counts is Truth.FALSE


def test_an_end_comes(engine, clock):
    until = NOW + dt.timedelta(days=30)
    made = engine.consent.record(given(until=until), identifiers=WHO, actor="dpo")
    last = until - dt.timedelta(milliseconds=1)
    assert engine.consent.status(made.subject, "newsletter", last).consent is Standing.GIVEN
    ended = engine.consent.status(made.subject, "newsletter", until)
    assert (ended.consent, ended.counts) == (Standing.EXPIRED, Truth.FALSE)


def test_opting_out_is_no_consent_and_nothing_is_presumed(engine):
    out = Choice(activity="*", kind=EventKind.OPTED_OUT, by=Chooser.SIGNAL)
    made = engine.consent.record(out, identifiers=WHO, actor="engineer")
    assert made.status.opted_out is True
    status = engine.consent.status(made.subject, "newsletter")
    assert (status.opted_out, status.limits, status.consent) == (True, None, Standing.UNKNOWN)
    assert status.facts["person.opted_out"] is True
    assert "person.limits_sensitive" not in status.facts
    (event,) = engine.consent.history(made.subject)
    assert event.event.circumstance.law == "ccpa"


def test_an_exact_retry_is_there_already_and_a_changed_one_is_refused(engine, clock):
    at = clock.now
    first = engine.consent.record(given(key="k1", at=at), identifiers=WHO, actor="dpo")
    clock.later(hours=3)
    again = engine.consent.record(given(key="k1", at=at), identifiers=WHO, actor="dpo")
    assert (first.number, again.number) == (1, None)
    with pytest.raises(Conflict, match="another choice was recorded under this key"):
        engine.consent.record(given(key="k1", at=at, steps=2), identifiers=WHO, actor="dpo")
    assert len(engine.consent.history(first.subject)) == 1


@pytest.mark.parametrize(
    ("shift", "words"),
    [({"minutes": 6}, "lies in the future"), ({"minutes": -6}, "lies in the past")],
)
def test_only_what_happens_now_is_recorded(engine, clock, shift, words):
    with pytest.raises(Refused, match=words):
        engine.consent.record(
            given(at=clock.now + dt.timedelta(**shift)), identifiers=WHO, actor="dpo"
        )
    with pytest.raises(NotFound):
        engine.consent.find(WHO)


@pytest.mark.parametrize(
    ("changed", "problem", "words"),
    [
        ({"activity": "newsleter"}, NotFound, "newsletter"),
        ({"notice": "newsleter"}, NotFound, "newsletter"),
        ({"notice": "newsletter@9"}, NotFound, "never published"),
        ({"notice": "newsletter@x"}, UsageProblem, "whole number"),
        ({"activity": "orders"}, UsageProblem, "says nothing of `orders`"),
        ({"language": "sv"}, UsageProblem, "no text in `sv`"),
        ({"activity": "*"}, UsageProblem, "nobody consents to everything"),
        ({"law": "gdp"}, UsageProblem, "gdpr"),
        ({"attested": {"fre": True}}, UsageProblem, "free"),
        ({"elements": {"signd": True}}, UsageProblem, "signed"),
        ({"particulars": {"evidnce": "x"}}, UsageProblem, "evidence"),
        ({"steps": 0}, UsageProblem, "at least one step"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(engine, changed, problem, words):
    with pytest.raises(problem) as caught:
        engine.consent.record(given(**changed), identifiers=WHO, actor="dpo")
    assert words in " ".join([caught.value.message, *caught.value.details])
    with engine.store.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(consent_event)) == 0


def test_who_may_not_record_does_not(engine):
    with pytest.raises(Refused, match="may not record a choice"):
        engine.consent.record(given(), identifiers=WHO, actor="stranger")


def test_a_person_is_named_once(engine):
    with pytest.raises(UsageProblem):
        engine.consent.record(given(), actor="dpo")
    made = engine.consent.record(given(), identifiers=WHO, actor="dpo")
    with pytest.raises(UsageProblem):
        engine.consent.record(given(), subject=made.subject, identifiers=WHO, actor="dpo")
    with pytest.raises(NotFound):
        engine.consent.record(withdrawn(), identifiers={"email": "nobody@a.example"}, actor="dpo")


def test_a_known_person_gains_no_identifier_by_a_choice(engine):
    one = engine.consent.record(given(), identifiers=WHO, actor="engineer").subject
    both = {**WHO, "phone": "+358 40 123 4567"}
    assert engine.consent.record(given(), identifiers=both, actor="engineer").subject == one
    with pytest.raises(NotFound):
        engine.consent.find({"phone": "+358 40 123 4567"})


def test_a_merged_person_has_one_history(engine, clock):
    from govreg.subjects.index import merge

    one = engine.consent.record(given(), identifiers=WHO, actor="dpo").subject
    clock.later(days=1)
    two = engine.consent.record(
        given(), identifiers={"email": "two@a.example"}, actor="dpo"
    ).subject
    clock.later(days=1)
    engine.consent.record(withdrawn(), subject=two, actor="dpo")
    with engine.store.write() as connection:
        merge(connection, one, two, actor="dpo", now=clock.now)
    for name in (one, two):
        assert engine.consent.status(name, "newsletter").consent is Standing.WITHDRAWN
        assert len(engine.consent.history(name)) == 3


def test_no_value_lies_in_the_store_or_the_log(engine):
    secret = "badge 4711, kept in the safe"
    engine.consent.record(given(particulars={"evidence": secret}), identifiers=WHO, actor="dpo")
    with engine.store.read() as connection:
        tables = sa.inspect(connection).get_table_names()
        held = "".join(
            str(connection.execute(sa.text(f"SELECT * FROM {table}")).fetchall())
            for table in tables
        )
        bodies = connection.execute(sa.text("SELECT body FROM audit_entry")).scalars().all()
    assert secret not in held
    assert "one@a.example" not in held
    entry = json.loads(bodies[-1])
    assert entry["action"] == "consent.recorded"
    assert entry["collection"] == "newsletter"
    assert entry["outcome"] == "given"


def test_plugins_are_told_after_the_change(tmp_path, clock, monkeypatch):
    from govreg.choices.desk import Consents
    from govreg.runner.outbox import deliver, waiting

    with shop(tmp_path, clock) as engine:
        told, failing = [], [True]

        def listen(change):
            told.append(change)
            if failing[0]:
                raise RuntimeError("one@a.example")

        plugins = replace(engine.plugins, listening={"govreg_consent_changed": (("crm", listen),)})
        desk = Consents(engine.parts, lambda: deliver(engine.store, plugins.tell))
        made = desk.record(given(), identifiers=WHO, actor="dpo")
        with engine.store.read() as connection:
            assert waiting(connection) == {"crm (RuntimeError)": 1}
        failing[0] = False
        clock.later(seconds=1)
        desk.record(withdrawn(), identifiers=WHO, actor="dpo")
        assert [one["kind"] for one in told] == ["given", "given", "withdrawn"]
        assert told[0] == {
            "subject": made.subject,
            "activity": "newsletter",
            "kind": "given",
            "at": "2026-03-05T09:30:00Z",
            "consent": "given",
            "counts": "true",
        }
        with engine.store.read() as connection:
            assert waiting(connection) == {}
