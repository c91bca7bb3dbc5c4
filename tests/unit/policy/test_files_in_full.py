from dataclasses import replace

import pytest
from tests.unit.policy.packs import GOOD, loaded
from tests.unit.policy.packs_in_full import CHILD, FULL, IN_2020, RULES

from govreg.errors import ConfigurationProblem
from govreg.policy.holiday import FixedDay, HolidayChange
from govreg.policy.rule import Gate, content_hash
from govreg.yaml12 import plain, read


def test_a_pack_in_full(tmp_path):
    book = loaded(tmp_path, FULL)
    assert book.packs == {"own": "7"}
    assert [replace(rule, content_hash="") for rule in book.rules.values()] == RULES
    assert book.gates == {
        "own.basis": Gate(
            id="own.basis",
            law="gdpr",
            acts=("process", "send"),
            citation=("Art 6",),
            text={"en": "no basis"},
            when=CHILD,
        ),
        "own.wide": Gate(
            id="own.wide",
            law="gdpr",
            acts=("process",),
            citation=("Art 7",),
            text={"en": "closed"},
            open=True,
        ),
    }
    day = FixedDay(month=9, day=9)
    ours = HolidayChange(name="Ours", public=True, cite="ours", on=day)
    assert book.holidays == {"FI": (ours,)}


def test_what_stands_in_a_hash(tmp_path):
    """Whatever else it held, every adoption would be void."""
    book = loaded(tmp_path, FULL)
    written = plain(read(tmp_path / "own.yaml").data)
    own = {one["id"]: one for one in written["rules"]}
    about = {"law": "gdpr", "in_force_from": IN_2020}
    table = {"default": None, "dotted": False, "covers": [], **written["tables"]["gdpr.age"]}
    child = {"table": None, **written["derive"]["gdpr.child"]}
    rests_on = {
        "own.permits": {"opens": {"open": False, **written["gates"]["own.basis"]}},
        "own.forbids": {"uses": {"gdpr.age": table, "gdpr.child": child}},
        "own.kept": {
            "ranges": {
                "own.range": {"low": "P1Y", "high": "P2Y", "chosen": "P18M", "citation": ["Act 1"]}
            }
        },
    }
    for name, rule in book.rules.items():
        held = {**about, **own[name], **rests_on.get(name, {})}
        assert rule.content_hash == content_hash(held), name


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "holidays:\n  FI:",
            "holidays:\n  UK-ENG:",
            "own.yaml:8: `holidays.UK-ENG`: there is no country `UK`\n  write the code of a country (ISO 3166)",
        ),
        (
            "    verification: account\n",
            "    verification: account\n    act: fly\n",
            "`rules.own.asks.act`: `fly` is none of the acts here: `erase` or ",
        ),
        (
            "effect: restrict",
            "effect: allow",
            "own.yaml:40: `rules.own.forbids.effect`: a rule of kind `prohibition` says `deny` or `restrict` or "
            "`needs_human` here",
        ),
        (
            "gate: own.basis",
            "gate: own.basic",
            "`rules.own.permits.gate`: there is no gate `own.basic`\n  did you mean `own.basis`?",
        ),
        (
            "act: [process, send]\n    gate: own.basis",
            "act: [process, send]\n    gate: own.wide",
            "`rules.own.permits.act`: gate `own.wide` stands before process only",
        ),
        (
            "act: [process, send]\n    gate: own.basis",
            "act: [process, sell]\n    gate: own.basis",
            "`rules.own.permits.act`: gate `own.basis` stands before process, send only",
        ),
        (
            "    gate: own.basis\n",
            "",
            "`rules.own.permits.gate`: a rule of kind `permission` needs this key",
        ),
        (
            "    act: [process, send]\n    gate",
            "    act: erase\n    gate",
            "`rules.own.permits.act`: `erase` is none of the acts here: `process` or `collect` or `send` or "
            "`sell` or `share` or `contact` or `decide_automatically`",
        ),
        (
            "acts: [process, send]",
            "acts: [process, fly]",
            "`gates.own.basis.acts`: `fly` is none of the acts here: `erase` or ",
        ),
        (
            "    when: {fact: gdpr.child, is: true}\n  own.wide",
            "    when: {fact: gdpr.chilt, is: true}\n  own.wide",
            "`gates.own.basis.when`: there is no fact `gdpr.chilt`",
        ),
        (
            "when: {fact: person.deceased, is: false}",
            "when: {fact: person.deceaset, is: false}",
            "`rules.own.permits.when`: there is no fact `person.deceaset`",
        ),
        (
            "when: {fact: person.agreed, is: true}}",
            "when: {fact: person.agreet, is: true}}",
            "`rules.own.forbids.unless.asked.when`: there is no fact `person.agreet`",
        ),
        (
            "in_force_to: 2031-02-03",
            "in_force_to: 2021-02-02",
            "`rules.own.permits.in_force_to`: the rule ends on 2021-02-02, before it begins on 2021-02-03",
        ),
        (
            "    outcomes: [allow, deny]\n",
            "    outcomes: [allow, deny]\n    in_force_to: 2019-12-31\n",
            "`rules.own.tells.in_force_to`: the rule ends on 2019-12-31, before it begins on 2020-01-01",
        ),
        (
            "id: own.tells",
            "id: own.forbids",
            "`rules.own.forbids.id`: rule `own.forbids` stands here twice",
        ),
        (
            "    verification: account\n",
            "",
            "`rules.own.asks.verification`: a rule of kind `right` needs this key",
        ),
        (
            "    outcomes: [allow, deny]\n",
            "    record_class: voucher\n",
            "`rules.own.tells.record_class`: a rule of kind `duty` has no such key",
        ),
        (
            "    anchor: event\n",
            "",
            "`rules.own.kept.anchor`: a rule of kind `minimum` needs this key",
        ),
        (
            "    period: {parameter: own.range}\n",
            "",
            "`rules.own.kept.period`: a rule of kind `minimum` needs this key",
        ),
        (
            "    period: {parameter: own.range}\n    anchor: event\n",
            "    anchor: event\n    keep_until: {anchor: event, period: P1Y}\n",
            "`rules.own.kept.anchor`: `keep_until:` says it already: take one of them out",
        ),
        (
            "    period: {parameter: own.range}\n    anchor: event\n",
            "    period: P1Y\n    keep_until: {anchor: event, period: P1Y}\n",
            "`rules.own.kept.period`: `keep_until:` says it already: take one of them out",
        ),
        (
            "period: {parameter: own.range}",
            "period: P0Y",
            "`rules.own.kept.period`: this is no period",
        ),
    ],
)
def test_what_is_wrong_with_a_rule_says_its_key(tmp_path, old, new, words):
    assert FULL.count(old) == 1
    with pytest.raises(ConfigurationProblem) as caught:
        loaded(tmp_path, FULL.replace(old, new))
    assert words in str(caught.value)
    assert "own.yaml:" in str(caught.value)


def test_a_pack_of_a_newer_form_is_refused_at_its_first_line(tmp_path):
    with pytest.raises(ConfigurationProblem, match=r"own.yaml:1: `govreg_pack`: "):
        loaded(tmp_path, GOOD.replace("govreg_pack: 1", "govreg_pack: 2"))
