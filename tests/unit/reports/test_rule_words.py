import pytest

from govreg.policy.pack_file import SAYS
from govreg.policy.rule import Effect, Rule
from govreg.reports.rule_words import CONFIDENCES, EFFECTS, GROUPS, confidence_words, grouped


def rule(name, kind, effect):
    return Rule(
        id=name, pack="p", kind=kind, law="l", effect=effect, citation=("A",), title={}, text={}
    )


def test_everything_that_a_rule_can_be_and_say_has_a_name():
    assert set(GROUPS) == {(kind, effect) for kind, each in SAYS.items() for effect in each}
    assert set(EFFECTS) == set(Effect)
    assert len(set(EFFECTS.values())) == len(Effect)


@pytest.mark.parametrize("mark", CONFIDENCES)
def test_a_confidence_is_said_in_words(mark):
    assert "citation" in confidence_words(mark)


def test_rules_are_grouped_in_reading_order_and_keep_their_own():
    rules = [rule(f"r.{at}", *group) for at, group in enumerate(reversed(GROUPS))]
    twice = [*rules, rule("r.last", *next(iter(GROUPS)))]
    found = list(grouped(twice))
    assert [title for title, _ in found] == list(GROUPS.values())
    assert [one.id for one in found[0][1]] == ["r.11", "r.last"]
    assert sum(len(each) for _, each in found) == len(twice)
    assert list(grouped([])) == []
