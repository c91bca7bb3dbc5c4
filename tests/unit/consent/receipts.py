"""Facts of receipts: one person's as an example, and any that can be thought of."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from govreg.condition.truth import Truth
from govreg.consent.model import (
    EVERYTHING,
    Act,
    Channel,
    Chooser,
    Circumstance,
    EventKind,
    Recorded,
)
from govreg.consent.receipt_model import (
    GrantedRight,
    KindOfData,
    Notice,
    Party,
    ReceiptActivity,
    ReceiptFacts,
    Receiver,
)
from govreg.consent.status import fold
from govreg.consent.validity import Counts

VECTORS = Path(__file__).parents[2] / "vectors" / "consent"
NOW = dt.datetime(2026, 3, 26, 9, 15, tzinfo=dt.UTC)
SUBJECT = "sub_7t0m3k9x2c4v8q1z"
FORM = Circumstance(
    law="gdpr",
    controller="Acme Oy",
    notice="newsletter",
    notice_version=3,
    notice_hash="ab" * 32,
    text_hash="cd" * 32,
    language="fi",
    method="checkout-form@4",
    act=Act.TICKED,
    channel=Channel.WEB,
    explicit=True,
)
LETTER = Circumstance(law="gdpr", controller="Acme Oy", channel=Channel.POST, act=Act.WROTE)
NOTICE = Notice(
    name="newsletter",
    version=3,
    content_hash="ab" * 32,
    url="https://acme.example/notices/newsletter",
    withdrawal_words={"en": "By the link in each message.", "fi": "Viestin linkistä."},
    withdrawal_channels=(Channel.WEB, Channel.PHONE),
)


ACME = Party(
    name="Acme Oy",
    address="Esimerkkikatu 1, 00100 Helsinki",
    country="FI",
    email="privacy@acme.example",
    phone="+358 9 0000 000",
)


def vectors(name):
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def event(number, kind, *, circumstance=LETTER, activity="newsletter", days=0, until=None):
    return Recorded(
        number=number,
        subject=SUBJECT,
        activity=activity,
        kind=EventKind(kind),
        at=NOW - dt.timedelta(days=30 - days) + dt.timedelta(milliseconds=number),
        until=until,
        received_at=NOW,
        circumstance=circumstance,
        circumstance_id=int(circumstance.content_hash()[:8], 16),
        batch=None,
        sealed=None,
    )


def counted(truth=Truth.TRUE):
    return lambda _event, _guardian: Counts(truth=truth)


def activity(events, name="newsletter", *, truth=Truth.TRUE, at=NOW, **more):
    said = {
        "title": {"en": "Newsletter", "fi": "Uutiskirje"},
        "purpose": {"en": "Telling what is new", "fi": "Uutuuksista kertominen"},
        "basis": "gdpr.6.1.a",
        "kinds": (KindOfData(category="user.contact.email"),),
        "receivers": (
            Receiver(name="Mailer Inc", role="processor", country="US", safeguard={"en": "SCC"}),
        ),
        "retention": {"en": "Until you withdraw"},
        "stored_in": ("FI",),
        "processed_in": ("US", "FI"),
        "direct_marketing": True,
    }
    status = fold(events, SUBJECT, name, at, counted(truth))
    return ReceiptActivity(name=name, status=status, **{**said, **more})


def facts(events=None, activities=None, **more):
    """Anna's: given, withdrawn by letter, given again; an objection to profiling."""
    if events is None:
        events = (
            event(1, "given", circumstance=FORM),
            event(2, "withdrawn", days=5),
            event(3, "given", circumstance=FORM, days=9),
            event(4, "objected", activity="profiling", days=11),
        )
    if activities is None:
        activities = (
            activity(events),
            activity(
                events,
                "profiling",
                title={"en": "Profiling"},
                purpose={"en": "Guessing what you like"},
                basis="gdpr.6.1.f",
                kinds=(
                    KindOfData(category="user.behavior"),
                    KindOfData(category="user.health", special=True),
                ),
                receivers=(),
                no_receivers=True,
                direct_marketing=False,
            ),
        )
    said = {
        "workspace": "acme.example/register",
        "subject": SUBJECT,
        "controller": ACME,
        "officer": Party(name="Maija Esimerkki", email="dpo@acme.example"),
        "authority": Party(name="Authority", url="https://authority.example"),
        "jurisdiction": "FI",
        "language": "en",
        "made_at": NOW,
        "notices": (NOTICE,),
        "rights": (
            GrantedRight(kind="access", citation="GDPR Art 15"),
            GrantedRight(kind="withdraw_consent", citation="GDPR Art 7(3)"),
            GrantedRight(
                kind="ccpa.opt_out",
                citation="1798.120 Civ. Code",
                title={"en": "Opting out"},
                text={"en": "a person may opt out of sale"},
            ),
        ),
        "privacy_notice": "https://acme.example/privacy",
    }
    return ReceiptFacts(events=tuple(events), activities=tuple(activities), **{**said, **more})


NAMES = ("newsletter", "profiling", "orders")
_tag = st.sampled_from(("en", "fi", "und", "sv"))
_text = st.dictionaries(_tag, st.text(min_size=1, max_size=30), max_size=3)
_word = st.text(min_size=1, max_size=20)
_maybe = st.none() | _word
_country = st.sampled_from(("FI", "SE", "US", "DE"))
_moment = st.datetimes(
    min_value=dt.datetime(2018, 5, 25),
    max_value=dt.datetime(2026, 3, 25),
    timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=3))]),
)
_circumstance = st.builds(
    Circumstance,
    law=st.sampled_from(("gdpr", "ccpa", "hipaa")),
    controller=st.just("Acme Oy"),
    by=st.sampled_from(Chooser),
    notice=st.none() | st.sampled_from(("a", "b")),
    notice_version=st.none() | st.integers(1, 3),
    notice_hash=st.none() | st.just("ef" * 32),
    text_hash=st.none() | st.just("01" * 32),
    language=st.none() | st.sampled_from(("en", "fi")),
    method=_maybe,
    act=st.none() | st.sampled_from(Act),
    channel=st.none() | st.sampled_from(Channel),
    explicit=st.none() | st.booleans(),
)
_kinds = st.builds(
    KindOfData,
    category=st.sampled_from(("user.contact.email", "user.health", "user.name", "x")),
    special=st.booleans(),
    sensitive=st.booleans(),
)
_receiver = st.builds(
    Receiver,
    name=_word,
    role=st.sampled_from(("processor", "controller", "joint_controller", "authority")),
    country=st.none() | _country,
    safeguard=_text,
)
_party = st.builds(
    Party,
    name=_word,
    address=_maybe,
    country=st.none() | _country,
    email=_maybe,
    phone=_maybe,
    url=_maybe,
)
_notice = st.builds(
    Notice,
    name=st.sampled_from(("a", "b")),
    version=st.integers(1, 3),
    content_hash=st.sampled_from(("ef" * 32, "99" * 32)),
    url=st.none() | st.just("https://acme.example/notice"),
    withdrawal_words=_text,
    withdrawal_channels=st.lists(st.sampled_from(Channel), unique=True).map(tuple),
)
_right = st.builds(
    GrantedRight,
    kind=st.sampled_from(("access", "erasure", "withdraw_consent", "ccpa.opt_out", "x")),
    citation=_word,
    title=_text,
    text=_text,
)


@st.composite
def any_events(draw):
    """Events of a ledger: numbers and circumstances as it gives them."""
    held = draw(st.lists(_circumstance, min_size=1, max_size=4))
    numbers = draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=8, unique=True))
    made = []
    for number in numbers:
        at = draw(_moment)
        which = draw(st.integers(0, len(held) - 1))
        ends = draw(st.none() | st.integers(1, 3000))
        made.append(
            Recorded(
                number=number,
                subject=SUBJECT,
                activity=draw(st.sampled_from((*NAMES, EVERYTHING))),
                kind=draw(st.sampled_from(EventKind)),
                at=at,
                until=at + dt.timedelta(days=ends) if ends else None,
                received_at=at,
                circumstance=held[which],
                circumstance_id=which,
                batch=None,
                sealed=draw(st.none() | st.just(b"sealed")),
            )
        )
    return tuple(made)


@st.composite
def any_facts(draw):
    """Facts of any receipt, complete or not."""
    events = draw(any_events())
    named = draw(
        st.lists(st.sampled_from((*NAMES, EVERYTHING)), min_size=1, max_size=4, unique=True)
    )
    activities = tuple(
        activity(
            events,
            name,
            truth=draw(st.sampled_from(Truth)),
            title=draw(_text),
            purpose=draw(_text),
            basis=draw(st.sampled_from(("gdpr.6.1.a", "gdpr.6.1.f", "gdpr.9.2.a", None, "x"))),
            kinds=tuple(draw(st.lists(_kinds, max_size=3))),
            receivers=tuple(draw(st.lists(_receiver, max_size=3))),
            no_receivers=draw(st.booleans()),
            retention=draw(_text),
            stored_in=tuple(draw(st.lists(_country, max_size=3))),
            processed_in=tuple(draw(st.lists(_country, max_size=3))),
            direct_marketing=draw(st.booleans()),
        )
        for name in named
    )
    return facts(
        events,
        activities,
        controller=draw(_party | st.just(ACME)),
        officer=draw(_party),
        authority=draw(_party),
        language=draw(st.sampled_from(("en", "fi"))),
        made_at=NOW,
        notices=tuple(
            draw(st.lists(_notice, max_size=4, unique_by=lambda one: (one.name, one.version)))
        ),
        rights=tuple(draw(st.lists(_right, max_size=4))),
        privacy_notice=draw(st.none() | st.just("https://acme.example/privacy")),
    )


@st.composite
def any_in_force(draw):
    """Facts of any receipt in which consent is in force and nothing that is mandatory is missing."""
    held = draw(any_facts())
    said = st.dictionaries(_tag, st.text(min_size=1, max_size=30), min_size=1, max_size=3)
    first = max(one.number for one in held.events) + 1
    together = draw(st.booleans())
    new = []
    for place, one in enumerate(held.activities):
        circumstance = replace(draw(_circumstance), method=draw(_word))
        at = NOW - dt.timedelta(hours=1, seconds=0 if together else place)
        ends = draw(st.none() | st.integers(1, 900))
        new.append(
            Recorded(
                number=first + place,
                subject=SUBJECT,
                activity=one.name,
                kind=draw(st.sampled_from((EventKind.GIVEN, EventKind.RENEWED))),
                at=at,
                until=NOW + dt.timedelta(days=ends) if ends else None,
                received_at=at,
                circumstance=circumstance,
                circumstance_id=100 + (0 if together else place),
                batch=None,
                sealed=None,
            )
        )
    events = (*held.events, *new)
    activities = tuple(
        activity(
            events,
            one.name,
            truth=draw(st.sampled_from((Truth.TRUE, Truth.UNKNOWN))),
            title=one.title,
            purpose=draw(said),
            kinds=tuple(draw(st.lists(_kinds, min_size=1, max_size=4))),
            receivers=tuple(draw(st.lists(_receiver, min_size=1, max_size=4))),
            retention=one.retention,
            direct_marketing=one.direct_marketing,
        )
        for one in held.activities
    )
    return replace(
        held,
        events=events,
        activities=activities,
        controller=replace(ACME, name=draw(_word), address=draw(_maybe), url=draw(_maybe)),
        privacy_notice="https://acme.example/privacy",
    )
