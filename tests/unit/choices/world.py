"""A shop whose newsletter rests on consent, a published notice, and choices to record."""

import datetime as dt

from tests.journeys.test_traps import build
from tests.journeys.workspace import opened

from govreg.choices.model import Choice
from govreg.clock import fixed_clock
from govreg.consent.model import Act, Channel, EventKind
from govreg.consent.notice import Notice, Withdrawal
from govreg.consent.notice_store import publish as store

NOW = dt.datetime(2026, 3, 5, 9, 30, tzinfo=dt.UTC)
NOTICE = Notice(
    name="newsletter",
    version=1,
    controller="Acme Oy",
    activities=("newsletter",),
    texts={"en": "We send you news by e-mail.", "fi": "Lähetämme uutisia sähköpostilla."},
    in_force_from=dt.date(2026, 1, 1),
    attested={
        **dict.fromkeys(("informed", "specific", "free", "distinguishable"), True),
        "dark_pattern": False,
    },
    withdrawal=Withdrawal(steps=1, channels=(Channel.WEB, Channel.EMAIL)),
)


class Ticking:
    """A clock that a test sets."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now

    def later(self, **delta):
        self.now += dt.timedelta(**delta)
        return self.now


def shop(folder, clock=None, *, child_service=False, **options):
    build(folder, **options)
    path = folder / "activities" / "newsletter.yaml"
    stated = f"facts: {{offered_to_child: {str(child_service).lower()}}}\n"
    path.write_text(path.read_text() + stated)
    put_in_force(folder)
    engine = opened(folder, clock=clock or fixed_clock(NOW))
    publish(engine, NOTICE)
    return engine


def put_in_force(folder):
    from govreg.engine import open_store
    from govreg.register.canonical import register_document
    from govreg.register.files import load_register
    from govreg.register.store import apply
    from govreg.settings import load

    store = open_store(folder, load(folder))
    with store.write() as connection:
        apply(connection, register_document(load_register(folder)), by="dpo", at=NOW)
    store.close()


def publish(engine, notice):
    with engine.store.write() as connection:
        assert store(connection, notice, by="dpo", at=NOW)


def given(**more):
    """Consent as the shop's form gives it."""
    said = {
        "activity": "newsletter",
        "kind": EventKind.GIVEN,
        "notice": "newsletter",
        "language": "en",
        "method": "checkout-form@4",
        "act": Act.TICKED,
        "channel": Channel.WEB,
        "steps": 1,
        "explicit": True,
    }
    return Choice(**{**said, **more})


def withdrawn(**more):
    said = {"activity": "newsletter", "kind": EventKind.WITHDRAWN, "channel": Channel.WEB}
    return Choice(**{**said, **more})


WHO = {"email": "one@a.example"}
