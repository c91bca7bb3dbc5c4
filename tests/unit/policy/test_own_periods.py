"""How long the organisation's own rules may keep records, and when they may end them."""

import pytest
from tests.unit.policy import test_own_small as small
from tests.unit.policy.test_own_small import (
    NARROWS,
    OWN,
    WAY_OUT,
    YEARS,
    overriding,
    refused,
    rule,
)

book = small.book


def test_minimums_and_maximums_are_statutory(book):
    lines = ("period: P1Y", *YEARS[1:], overriding("small.keeps"))
    (own,) = [r for r in book(OWN + rule("acme.one", "minimum", *lines)).rules.values() if r.own]
    assert "overrides the statutory minimum `small.keeps`" in own.overrides.words
    lines = ("period: P9Y", "anchor: event", "record_class: drafts", overriding("small.ends"))
    (own,) = [r for r in book(OWN + rule("acme.one", "maximum", *lines)).rules.values() if r.own]
    assert "overrides the statutory maximum `small.ends`" in own.overrides.words


def test_an_override_of_a_duty_is_of_no_statute(book):
    pack = small.SMALL + rule("small.duty", "duty", "act: process", "obligations: [tell]")
    lines = ("act: process", "obligations: [x]", overriding("small.duty"))
    text = OWN + rule("acme.one", "duty", *lines)
    (own,) = [r for r in book(text, packs=(pack,)).rules.values() if r.own]
    assert "overrides the duty `small.duty`" in own.overrides.words


SHORT = "is not surely as short as `small.ends`, which ends the same class of records"


@pytest.mark.parametrize(
    ("kind", "lines", "why"),
    [
        ("maximum", ("period: P6Y", "anchor: event"), SHORT),
        ("maximum", ("period: P4Y", "anchor: end_of_month"), SHORT),
        ("maximum", ("period: P9D", "anchor: event"), SHORT),
        ("maximum", ("keep_until: {anchor: event, period: P1Y, date: birth}",), SHORT),
    ],
)
def test_a_maximum_is_no_longer_than_that_of_a_pack(book, kind, lines, why):
    text = OWN + rule("acme.one", kind, *lines, "record_class: drafts")
    assert refused(book, text) == NARROWS + why + WAY_OUT


@pytest.mark.parametrize("law", ["gdpr", "house"])
def test_how_long_records_are_kept_is_of_no_one_law(book, law):
    own = OWN.replace("law: gdpr", f"law: {law}")
    short = rule("acme.one", "minimum", "period: P5Y", *YEARS[1:])
    assert "is not surely as long as `small.keeps`" in refused(book, own + short)


@pytest.mark.parametrize("kind", ["minimum", "maximum"])
def test_a_class_of_records_is_known(book, kind):
    slip = rule("acme.one", kind, "period: P1Y", "anchor: event", "record_class: book")
    assert refused(book, OWN + slip) == (
        "1.yaml:17: `rules.acme.one.record_class`: rule `acme.one` is about `book`, a class of "
        "records that no pack and no file of the organisation's own names\n"
        "  did you mean `books`?\n"
        "  or declare it in a file of your own: `record_classes: {book: {en: …}}`"
    )


def test_a_minimum_of_the_organisation_says_which_records_it_is_about(book):
    text = OWN + rule("acme.one", "minimum", "period: P1Y", "anchor: event")
    assert refused(book, text) == (
        "1.yaml:8: `rules.acme.one.kind`: rule `acme.one` does not say which class of records it "
        "is about\n"
        "  known: books, drafts\n"
        "  or declare it in a file of your own: `record_classes: {NAME: {en: …}}`"
    )


def test_a_class_may_be_declared_in_another_file_of_the_organisation(book):
    one = OWN + rule("acme.one", "minimum", "period: P1Y", "anchor: event", "record_class: acts")
    two = OWN.replace("pack: acme", "pack: other").replace(
        "rules:", "record_classes: {acts: {en: Acts}}\nrules: []"
    )
    assert book(one, two).rules["acme.one"].record_class == "acts"
    assert "no file of the organisation's own" in refused(book, one)


@pytest.mark.parametrize("period", ["P4Y", "P5Y", "P60M"])
def test_a_maximum_that_is_as_short_as_that_of_a_pack_is_taken(book, period):
    lines = (f"period: {period}", "anchor: event", "record_class: drafts")
    assert book(OWN + rule("acme.one", "maximum", *lines)).rules["acme.one"].own
