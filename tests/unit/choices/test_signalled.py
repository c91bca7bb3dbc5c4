"""Signals of one person become choices, sealed with the string as it came."""

from __future__ import annotations

import pytest

from govreg.choices.model import Choice
from govreg.consent.model import Chooser, EventKind
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.tcf_encode import encode_tc
from govreg.consent.signals.tcf_model import TcString
from govreg.consent.status import Standing
from govreg.errors import NotFound, Refused, UsageProblem

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


def sealed(engine, subject, number):
    return engine.consent.evidence(subject, number, actor="dpo")["signal"]


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


def test_a_broken_string_says_nothing_and_silences_nothing(engine):
    """Privacy control is binding (11 CCR 7025) whatever else a page sends beside it."""
    alone = received(engine, "CQ~broken")
    assert kinds(alone) == []
    assert alone.subject is None
    made = received(engine, "1YNN", "CQ~broken", "\udc80", gpc=True)
    assert kinds(made) == [("orders", EventKind.OPTED_OUT)]
    assert [one.code for one in made.findings] == ["unknown_signal", "not_base64url"]
    number = made.outcomes[0].number
    assert sealed(engine, made.subject, number) == "1YNN\nSec-GPC: 1"


def test_an_opt_out_beside_a_broken_section_counts(engine):
    made = received(engine, "DBACNY~CQ~1YYN")
    assert kinds(made) == [("orders", EventKind.OPTED_OUT)]
    assert any(one.invalid for one in made.findings)


def test_a_site_that_supports_privacy_control_chose_nothing(engine):
    made = received(engine, '{"gpc": true}')
    assert kinds(made) == []
    assert [one.code for one in made.findings] == ["no_choice"]


def test_sections_that_do_not_apply_say_nothing(engine):
    text = "DBACNY~" + string() + "~1YYN"
    assert kinds(received(engine, text, applicable=[2], dry_run=True)) == [
        ("newsletter", EventKind.GIVEN)
    ]
    assert kinds(received(engine, text, applicable=[6], dry_run=True)) == [
        ("orders", EventKind.OPTED_OUT)
    ]
    assert kinds(received(engine, text, applicable=[-1], dry_run=True)) == []


def test_a_workspace_names_the_sections_that_apply(engine, tmp_path):
    (tmp_path / "signals.yaml").write_text(FILE + "sections: [usca]\n")
    assert kinds(received(engine, string(), "1YYN", dry_run=True)) == []
    (tmp_path / "signals.yaml").write_text(FILE + "sections: [uspv1]\n")
    made = received(engine, string(), "1YYN", dry_run=True)
    assert kinds(made) == [("orders", EventKind.OPTED_OUT)]


def test_what_is_sent_again_with_its_moment_is_recorded_once(engine, clock):
    """The person opts in between a request and its retry: the retry is no second opt-out."""
    came = clock.now
    first = received(engine, "1YYN", at=came)
    clock.later(minutes=1)
    opted_in = Choice(activity="orders", kind=EventKind.OPTED_IN)
    engine.consent.record(opted_in, subject=first.subject, actor="dpo")
    clock.later(hours=1)
    again = received(engine, "1YYN", at=came)
    assert [one.number for one in again.outcomes] == [None]
    assert engine.consent.status(first.subject, "orders").opted_out is False
    assert len(engine.consent.history(first.subject)) == 2
    later = received(engine, "1YYN", at=clock.now)
    assert [one.number for one in later.outcomes] == [3]


def test_who_was_asked_has_not_chosen(engine):
    asked = Choice(activity="newsletter", kind=EventKind.REQUESTED)
    engine.consent.record(asked, identifiers=WHO, actor="dpo")
    assert kinds(received(engine, string())) == [("newsletter", EventKind.GIVEN)]


def test_a_string_that_refuses_is_recorded_once(engine, clock):
    assert kinds(received(engine, string(purposes=(1,)))) == [("newsletter", EventKind.REFUSED)]
    clock.later(days=1)
    assert kinds(received(engine, string(clock.now, purposes=()))) == []


def test_a_string_withdraws_what_stood(engine, clock):
    made = received(engine, string())
    clock.later(days=1)
    gone = received(engine, string(clock.now, purposes=(1,)))
    assert kinds(gone) == [("newsletter", EventKind.WITHDRAWN)]
    assert gone.outcomes[0].impact is not None
    assert engine.consent.status(made.subject, "newsletter").consent is Standing.WITHDRAWN


def test_a_string_inside_gpp_says_which_platform_wrote_it(engine):
    made = received(engine, "DBABM~" + string())
    event = engine.consent.history(made.subject)[0].event
    assert event.circumstance.method == "tcf-cmp-31@2"
    assert sealed(engine, made.subject, made.outcomes[0].number) == "DBABM~" + string()


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_notice_that_is_silent_stops_everything_before_anything(engine, tmp_path, dry_run):
    text = FILE.replace("orders:\n", "orders:\n    tcf: {purposes: [1]}\n")
    (tmp_path / "signals.yaml").write_text(text)
    with pytest.raises(UsageProblem, match="says nothing of `orders`"):
        received(engine, string(), dry_run=dry_run)
    with pytest.raises(NotFound):
        engine.consent.find(WHO)


@pytest.mark.parametrize(
    "named",
    [
        {"strings": [], "identifiers": WHO},
        {"strings": ["1YYN"]},
        {"strings": ["1YYN"], "identifiers": WHO, "subject": "sub_0000000000000000"},
    ],
)
def test_nothing_sent_or_nobody_named(engine, named):
    with pytest.raises(UsageProblem):
        engine.consent.receive(named.pop("strings"), **named, actor="dpo")


def test_who_may_not_record_may_not_pass_signals_on(engine):
    with pytest.raises(Refused):
        engine.consent.receive(["1YYN"], identifiers=WHO, actor="auditor")


def test_a_workspace_that_does_not_say_what_signals_mean(tmp_path):
    with (
        shop(tmp_path, clock=Ticking()) as engine,
        pytest.raises(NotFound, match=r"signals\.yaml"),
    ):
        received(engine, "1YNN")
