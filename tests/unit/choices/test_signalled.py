"""Signals of one person become choices, sealed with the string as it came."""

from __future__ import annotations

import pytest

from govreg.consent.model import Chooser, EventKind
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.problem import MalformedSignal
from govreg.consent.signals.tcf_encode import encode_tc
from govreg.consent.signals.tcf_model import TcString
from govreg.errors import ConfigurationProblem, NotFound

from .world import NOW, WHO, Ticking, shop, withdrawn

FILE = """\
govreg_signals: 1
collected: {act: pressed, channel: web, steps: 1, notice: newsletter}
activities:
  newsletter:
    tcf: {purposes: [1, 4]}
  orders:
    us: [sale]
    gpc: true
"""


def string(day=NOW, purposes=(1, 4), policy=5):
    return encode_tc(
        TcString(
            created=day.replace(hour=0, minute=0),
            last_updated=day.replace(hour=0, minute=0),
            cmp_id=31,
            cmp_version=2,
            consent_screen=1,
            consent_language="EN",
            vendor_list_version=100,
            policy_version=policy,
            publisher_country="FI",
            purpose_consents=IdSet(purposes),
            vendor_consents=IdSet([7]),
            disclosed_vendors=IdSet([7]),
        )
    )


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def engine(tmp_path, clock):
    (tmp_path / "signals.yaml").write_text(FILE)
    with shop(tmp_path, clock=clock) as made:
        yield made


def received(engine, *strings, **more):
    return engine.consent.receive(list(strings), identifiers=WHO, actor="dpo", **more)


def kinds(made):
    return [(one.activity, one.kind) for one in made.meant]


def test_a_strings_consent_is_recorded_once(engine, clock):
    made = received(engine, string())
    assert kinds(made) == [("newsletter", EventKind.GIVEN)]
    event = engine.consent.history(made.outcomes[0].subject)[0].event
    assert event.circumstance.by is Chooser.SIGNAL
    assert event.circumstance.method == "tcf-cmp-31@2"
    assert event.circumstance.notice == "newsletter"
    assert string().encode() not in event.sealed
    clock.later(hours=1)
    assert kinds(received(engine, string())) == []


def test_a_withdrawal_by_telephone_is_not_undone_by_a_stored_string(engine, clock):
    made = received(engine, string())
    clock.later(days=2)
    engine.consent.record(withdrawn(), subject=made.outcomes[0].subject, actor="dpo")
    clock.later(days=1)
    assert kinds(received(engine, string())) == []
    clock.later(days=1)
    assert kinds(received(engine, string(clock.now))) == [("newsletter", EventKind.GIVEN)]


def test_privacy_control_opts_out(engine):
    made = received(engine, "1YNN", gpc=True)
    assert kinds(made) == [("orders", EventKind.OPTED_OUT)]
    assert engine.consent.status(made.outcomes[0].subject, "orders").opted_out is True
    assert kinds(received(engine, gpc=True)) == []


def test_a_dry_run_records_nothing_and_makes_nobody_known(engine):
    made = received(engine, string(), dry_run=True)
    assert kinds(made) == [("newsletter", EventKind.GIVEN)]
    assert made.outcomes == ()
    with pytest.raises(NotFound):
        engine.consent.find(WHO)


def test_what_may_not_be_relied_upon_says_nothing(engine):
    made = received(engine, string(policy=3))
    invalid = [one.code for one in made.findings if one.invalid]
    assert bool(invalid) is (kinds(made) == [])


def test_a_broken_string_stops_everything(engine):
    with pytest.raises(MalformedSignal):
        received(engine, "1YNN", "CQ~broken")
    with pytest.raises(NotFound):
        engine.consent.find(WHO)


def test_a_workspace_that_does_not_say_what_signals_mean(tmp_path):
    with (
        shop(tmp_path, clock=Ticking()) as engine,
        pytest.raises(NotFound, match=r"signals\.yaml"),
    ):
        received(engine, "1YNN")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("activities: {newsletter: {gpc: true}}\n", "govreg_signals"),
        ("govreg_signals: 2\nactivities: {newsletter: {gpc: true}}\n", "2"),
        ("govreg_signals: 1\nactivities: {news: {gpc: true}}\n", "there is no activity `news`"),
        ("govreg_signals: 1\nactivities: {newsletter: {}}\n", "no signal speaks of it"),
        ("govreg_signals: 1\nactivities: {newsletter: {us: [sail]}}\n", "us"),
        ("govreg_signals: 1\nactivities: {newsletter: {tcf: {purposes: [25]}}}\n", "purposes"),
        ("govreg_signals: 1\nactivities: {newsletter: {mood: 1}}\n", "mood"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path, text, words):
    (tmp_path / "signals.yaml").write_text(text)
    with (
        shop(tmp_path, clock=Ticking()) as engine,
        pytest.raises(ConfigurationProblem) as problem,
    ):
        received(engine, "1YNN")
    assert words in str(problem.value)
    assert "signals.yaml" in str(problem.value)
