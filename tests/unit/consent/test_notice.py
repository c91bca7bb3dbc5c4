"""A version of a notice never changes; a later one asks again where it says so."""

import datetime as dt
from dataclasses import replace

import pytest
from tests.unit.choices.world import NOTICE

from govreg.consent.model import Chooser, Circumstance
from govreg.consent.notice import Change, notice_of, renewal_after, renewal_of

TODAY = dt.date(2026, 6, 1)
ASKS = Change(words={"en": "a new recipient"}, renew=True)
FULL = replace(NOTICE, version=2, changed=ASKS, valid_for="P24M", url="https://acme.example/news")


@pytest.mark.parametrize("notice", [NOTICE, FULL], ids=["least", "full"])
def test_a_notice_comes_back_as_it_went(notice):
    assert notice_of(notice.document()) == notice
    assert next(iter(notice.document())) == "v"


def test_every_part_is_in_the_hash():
    other = [
        replace(FULL, version=3),
        replace(FULL, controller="Other Oy"),
        replace(FULL, activities=("orders",)),
        replace(FULL, texts={"en": "other"}),
        replace(FULL, in_force_from=dt.date(2026, 1, 2)),
        replace(FULL, attested={"free": False}),
        replace(FULL, withdrawal=None),
        replace(FULL, changed=replace(ASKS, renew=False)),
        replace(FULL, valid_for=None),
        replace(FULL, url=None),
    ]
    assert len({one.content_hash() for one in [FULL, *other]}) == len(other) + 1
    assert FULL.text_hash("en") != FULL.text_hash("fi")
    assert FULL.text_hash("sv") is None


@pytest.mark.parametrize(
    "document", [{}, {"v": 2}, {"v": 1}, {**NOTICE.document(), "withdrawal": {"steps": 1}}]
)
def test_what_is_no_notice_is_refused(document):
    with pytest.raises(ValueError, match="notice"):
        notice_of(document)


def version(number, *, renew=True, activities=(), start=dt.date(2026, 1, 1)):
    change = Change(words={"en": f"v{number}"}, renew=renew, activities=activities)
    return replace(NOTICE, version=number, changed=change, in_force_from=start)


def asked(*later, activity="newsletter", since=1):
    found = renewal_after("newsletter", since, activity, [NOTICE, *later], on=TODAY)
    return found.version if found else None


def test_the_first_later_version_that_says_so_asks_again():
    assert asked() is None
    assert asked(version(2, renew=False)) is None
    assert asked(version(3), version(2, renew=False)) == 3
    assert asked(version(3), version(2)) == 2
    assert asked(version(2), since=2) is None
    assert asked(version(2, activities=("orders",))) is None
    assert asked(version(2, activities=("orders",)), activity="orders") == 2
    assert asked(version(2, start=dt.date(2026, 6, 2))) is None
    assert asked(version(2, start=TODAY)) == 2
    assert asked(replace(version(2), name="other")) is None


def test_consent_without_a_notice_is_asked_for_by_none():
    bare = Circumstance(law="gdpr", controller="Acme Oy", by=Chooser.PERSON)
    told = replace(bare, notice="newsletter", notice_version=1)
    assert renewal_of(bare, "newsletter", [version(2)], on=TODAY) is None
    assert renewal_of(told, "newsletter", [version(2)], on=TODAY).words == {"en": "v2"}
