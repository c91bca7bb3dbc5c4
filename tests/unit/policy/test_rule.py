import datetime as dt
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.policy.benches import bench
from govreg.policy.rule import Effect, Rule, RuleKind, book_hash, content_hash, judged_by

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2050, 1, 1))
WRITTEN = st.dictionaries(
    st.text(max_size=5), st.text(max_size=5) | st.booleans() | st.lists(st.integers()), max_size=5
)


@pytest.mark.parametrize(
    ("begin", "end", "on", "holds"),
    [
        (None, None, "2026-01-01", True),
        ("2026-01-01", None, "2025-12-31", False),
        ("2026-01-01", None, "2026-01-01", True),
        (None, "2026-01-01", "2026-01-01", True),
        (None, "2026-01-01", "2026-01-02", False),
    ],
)
def test_both_days_belong_to_the_time_in_force(rules, begin, end, on, holds):
    day = dt.date.fromisoformat
    rule = replace(
        rules.rules["gdpr.access.copy"],
        in_force_from=day(begin) if begin else None,
        in_force_to=day(end) if end else None,
    )
    assert rule.in_force(day(on)) is holds


@given(written=WRITTEN)
def test_the_order_of_keys_is_not_in_the_hash(written):
    turned = dict(reversed(written.items()))
    assert content_hash(turned) == content_hash(written)


@given(one=WRITTEN, two=WRITTEN)
def test_what_is_written_is_in_the_hash(one, two):
    same = repr(sorted(one.items())) == repr(sorted(two.items()))
    assert (content_hash(one) == content_hash(two)) is same


def test_the_hash_of_a_book_is_that_of_its_rules(rules):
    held = list(rules.rules.values())
    assert book_hash(held) == book_hash(reversed(held))
    assert book_hash(held) != book_hash(held[1:])
    assert book_hash([replace(held[0], content_hash="0" * 64), *held[1:]]) != book_hash(held)


@given(on=DAYS, act=st.sampled_from(["erase", "disclose"]))
def test_a_right_or_a_minimum_opens_nothing(rules, on, act):
    held = bench(rules, "gdpr", act, on)
    for asked in (*held.closing, *(one for gate in held.gates for one in gate.opening)):
        assert asked.rule.kind not in {RuleKind.RIGHT, RuleKind.MINIMUM}
        assert act in asked.rule.acts
        assert asked.rule.in_force(on)


def test_rights_and_rules_are_found_by_name(rules):
    assert {"gdpr.access", "gdpr.erase"} <= {rule.id for rule in rules.rights()}
    assert all(rule.kind is RuleKind.RIGHT for rule in rules.rights())
    assert rules.get("gdpr.access") is rules.rules["gdpr.access"]
    assert rules.get("gdpr.acces") is None


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_hashes_are_over_canonical_text():
    """Another text would void every adoption."""
    written = {"b": ["ä", 1], "a": dt.date(2026, 1, 1)}
    assert content_hash(written) == sha256('{"a":"2026-01-01","b":["\\u00e4",1]}')


def small(name, law, kind=RuleKind.GROUND):
    return Rule(
        id=name,
        pack="own",
        kind=kind,
        law=law,
        effect=Effect.ALLOW,
        citation=(),
        title={},
        text={},
        content_hash=f"hash of {name}",
    )


ONE, TWO = small("one", "gdpr"), small("two", "ccpa")
KEPT = small("kept", "ccpa", RuleKind.MINIMUM)


def test_a_book_is_hashed_by_what_its_rules_say():
    assert book_hash([TWO, ONE]) == sha256("one hash of one\ntwo hash of two")


def test_a_question_is_judged_by_the_rules_of_its_law_every_minimum_and_what_is_adopted():
    def judged(law, adopted):
        return judged_by([TWO, KEPT, ONE], law, lambda rule: rule.id in adopted)

    assert judged("gdpr", {"one"}) == sha256("kept hash of kept False\none hash of one True")
    assert judged("ccpa", {"one"}) == sha256("kept hash of kept False\ntwo hash of two False")
