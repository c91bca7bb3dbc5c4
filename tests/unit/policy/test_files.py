import datetime as dt
from dataclasses import replace

import pytest

from govreg.condition.expression import Compare, Lookup, Op
from govreg.errors import ConfigurationProblem
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.clock_file import ChoiceFile
from govreg.policy.clock_rule import ClockRule
from govreg.policy.files import load_books, load_pack, pack_file
from govreg.policy.holiday import FixedDay, HolidayChange
from govreg.policy.rule import Effect, Exempt, Gate, Rule, RuleKind, content_hash
from govreg.policy.term import Term
from govreg.yaml12 import plain, read

GOOD = """\
govreg_pack: 1
pack: own
version: "1"
law: gdpr
title: {en: Own}
rules:
  - id: own.one
    kind: ground
    act: erase
    effect: allow
    citation: [House rule 1]
    title: {en: One}
    text: {en: because}
    when: {fact: activity.ended, is: true}
    checked_on: 2026-01-01
    confidence: low
"""


def loaded(tmp_path, text):
    (tmp_path / "own.yaml").write_text(text)
    return load_pack(tmp_path / "own.yaml")


def test_a_pack(tmp_path):
    book = loaded(tmp_path, GOOD)
    assert list(book.rules) == ["own.one"]
    assert book.packs == {"own": "1"}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("govreg_pack: 1", "govreg_pack: 2", 1, "version 1"),
        ("govreg_pack: 1", "govreg_pack: 2", 1, "version 2"),
        ("govreg_pack: 1\n", "", 1, "must begin with"),
        ("effect: allow", "effect: deny", 10, "`allow`"),
        ("effect: allow", "effect: needs_human", 10, "`allow`"),
        ("kind: ground", "kind: prohibition", 10, "`deny` or `restrict` or `needs_human`"),
        ("kind: ground", "kind: disclosure", 9, "`disclose`"),
        ("act: erase", "act: disclose", 9, "`erase`"),
        (
            "title: {en: Own}",
            "title: {en: Own}\nholidays: {FI: [{name: May Day Eve, public: true, cite: ours}]}",
            6,
            "a name alone adds no day",
        ),
        (
            "title: {en: Own}",
            "title: {en: Own}\ntables: {gdpr.age: {by: person.country, citation: [ours], rows: {FI: 13, SE: none}}}",
            6,
            "the values of table `gdpr.age` are of several kinds",
        ),
        (
            "title: {en: Own}",
            "title: {en: Own}\ntables: {gdpr.age: {by: person.country, citation: [ours], rows: {FI: 13}, default: true}}",
            6,
            "the values of table `gdpr.age` are of several kinds",
        ),
        ("activity.ended", "activity.endet", 14, "did you mean `activity.ended`"),
        ("is: true", "is: 3", 14, "true or false"),
        ("is: true", "equals: true", 14, "operators are"),
        ("effect: allow", "effekt: allow", 10, "did you mean `effect`"),
        ("kind: ground", "kind: grund", 8, "kind"),
        ("    when: {fact: activity.ended, is: true}\n", "", None, "needs this key"),
        (
            "checked_on: 2026-01-01",
            "in_force_from: 2026-03-02\n    in_force_to: 2026-03-01\n    checked_on: 2026-01-01",
            16,
            "ends on 2026-03-01, before it begins on 2026-03-02",
        ),
        ("confidence: low", "confidence: sure", 16, "confidence"),
        ("citation: [House rule 1]", "citation: []", 11, "citation"),
        ("law: gdpr", "law: gdpr\nlaw: ccpa", 5, "stands here twice"),
    ],
)
def test_what_is_wrong_says_where_and_what(tmp_path, old, new, line, words):
    assert old in GOOD
    with pytest.raises(ConfigurationProblem) as caught:
        loaded(tmp_path, GOOD.replace(old, new))
    text = str(caught.value)
    assert words in text
    if line is not None:
        assert f"own.yaml:{line}:" in text


def test_a_rule_is_defined_once(tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD.replace("pack: own", "pack: other"))
    with pytest.raises(ConfigurationProblem, match="is defined in pack `own` too"):
        load_books([tmp_path / "a.yaml", tmp_path / "b.yaml"])


def test_what_a_rule_says_is_in_its_hash(tmp_path):
    one = loaded(tmp_path, GOOD).rules["own.one"].content_hash
    assert loaded(tmp_path, "# a comment\n" + GOOD).rules["own.one"].content_hash == one
    assert (
        loaded(tmp_path, GOOD.replace("because", "why not")).rules["own.one"].content_hash != one
    )


def test_a_rule_of_another_law_must_be_adopted_anew(tmp_path):
    """Whoever adopted it for the GDPR has not said a word about California."""
    rule = loaded(tmp_path, GOOD).rules["own.one"]
    moved = loaded(tmp_path, GOOD.replace("law: gdpr", "law: ccpa")).rules["own.one"]
    held = Adopted(
        adoptions={
            rule.id: Adoption(
                rule=rule.id, content_hash=rule.content_hash, by="dpo", on=dt.date(2026, 1, 1)
            )
        }
    )
    assert held.holds(rule)
    assert not held.holds(moved)


def test_a_rule_may_hold_for_one_day(tmp_path):
    dates = "in_force_from: 2026-03-02\n    in_force_to: 2026-03-02\n    checked_on: 2026-01-01"
    book = loaded(tmp_path, GOOD.replace("checked_on: 2026-01-01", dates))
    assert book.rules["own.one"].in_force(dt.date(2026, 3, 2))


def test_a_minimum_only_retains(tmp_path):
    text = GOOD.replace("kind: ground", "kind: minimum").replace(
        "    act: erase\n", "    period: P6Y\n    anchor: event\n"
    )
    assert loaded(tmp_path, text.replace("effect: allow", "effect: retain")).rules
    with pytest.raises(ConfigurationProblem, match="`retain`"):
        loaded(tmp_path, text)


FULL = """\
govreg_pack: 1
pack: own
version: "7"
law: gdpr
title: {en: Own}
in_force_from: 2020-01-01
holidays:
  FI: [{name: Ours, public: true, cite: ours, on: {day: 09-09}}]
tables:
  gdpr.age: {by: person.country, citation: [Art 8], rows: {FI: 13}}
derive:
  gdpr.child: {words: a child, when: {fact: person.age, lt: {table: gdpr.age}}}
parameters:
  own.range: {low: P1Y, high: P2Y, chosen: P18M, citation: [Act 1]}
gates:
  own.basis:
    acts: [process, send]
    citation: [Art 6]
    text: {en: no basis}
    when: {fact: gdpr.child, is: true}
  own.wide: {acts: [process], citation: [Art 7], text: {en: closed}, open: true}
rules:
  - id: own.permits
    kind: permission
    effect: allow
    act: [process, send]
    gate: own.basis
    citation: [Act 2, Act 3]
    title: {en: Permits}
    text: {en: permitted}
    when: {fact: person.deceased, is: false}
    obligations: [tell]
    in_force_from: 2021-02-03
    in_force_to: 2031-02-03
    checked_on: 2026-01-01
    confidence: high
    note: a note
  - id: own.forbids
    kind: prohibition
    effect: restrict
    act: process
    citation: [Act 2]
    title: {en: Forbids}
    text: {en: forbidden}
    when: {fact: gdpr.child, is: true}
    unless:
      - {id: asked, citation: [Act 4], text: {en: asked}, when: {fact: person.agreed, is: true}}
    checked_on: 2026-01-02
    confidence: medium
  - id: own.tells
    kind: duty
    effect: oblige
    act: process
    citation: [Act 2]
    title: {en: Tells}
    text: {en: told}
    obligations: [tell, log]
    outcomes: [allow, deny]
    checked_on: 2026-01-01
    confidence: low
  - id: own.asks
    kind: right
    effect: allow
    citation: [Act 2]
    title: {en: Asks}
    text: {en: asked}
    clock: {n: 1, unit: month}
    confirm: {n: 2, unit: business_day}
    verification: account
    checked_on: 2026-01-01
    confidence: low
  - id: own.kept
    kind: minimum
    effect: retain
    citation: [Act 2]
    title: {en: Kept}
    text: {en: kept}
    period: {parameter: own.range}
    anchor: event
    record_class: voucher
    checked_on: 2026-01-01
    confidence: low
"""
IN_2020, NEW_YEAR = dt.date(2020, 1, 1), dt.date(2026, 1, 1)
CHILD = Compare(
    fact="person.age",
    op=Op.LT,
    value=Lookup(table="gdpr.age", by="person.country", rows=(("FI", 13),)),
)
ABOUT = {"pack": "own", "law": "gdpr"}
RULES = [
    Rule(
        id="own.permits",
        kind=RuleKind.PERMISSION,
        effect=Effect.ALLOW,
        citation=("Act 2", "Act 3"),
        title={"en": "Permits"},
        text={"en": "permitted"},
        acts=("process", "send"),
        gate="own.basis",
        when=Compare(fact="person.deceased", op=Op.IS, value=False),
        obligations=("tell",),
        in_force_from=dt.date(2021, 2, 3),
        in_force_to=dt.date(2031, 2, 3),
        checked_on=NEW_YEAR,
        confidence="high",
        note="a note",
        uses=("own.basis",),
        **ABOUT,
    ),
    Rule(
        id="own.forbids",
        kind=RuleKind.PROHIBITION,
        effect=Effect.RESTRICT,
        citation=("Act 2",),
        title={"en": "Forbids"},
        text={"en": "forbidden"},
        acts=("process",),
        when=CHILD,
        unless=(
            Exempt(
                id="own.forbids.asked",
                citation=("Act 4",),
                text={"en": "asked"},
                when=Compare(fact="person.agreed", op=Op.IS, value=True),
            ),
        ),
        in_force_from=IN_2020,
        checked_on=dt.date(2026, 1, 2),
        confidence="medium",
        uses=("gdpr.age", "gdpr.child"),
        **ABOUT,
    ),
    Rule(
        id="own.tells",
        kind=RuleKind.DUTY,
        effect=Effect.OBLIGE,
        citation=("Act 2",),
        title={"en": "Tells"},
        text={"en": "told"},
        acts=("process",),
        obligations=("tell", "log"),
        outcomes=("allow", "deny"),
        in_force_from=IN_2020,
        checked_on=NEW_YEAR,
        **ABOUT,
    ),
    Rule(
        id="own.asks",
        kind=RuleKind.RIGHT,
        effect=Effect.ALLOW,
        citation=("Act 2",),
        title={"en": "Asks"},
        text={"en": "asked"},
        in_force_from=IN_2020,
        checked_on=NEW_YEAR,
        clock=ClockRule(n=1, unit="month"),
        confirm=ClockRule(n=2, unit="business_day"),
        verification="account",
        **ABOUT,
    ),
    Rule(
        id="own.kept",
        kind=RuleKind.MINIMUM,
        effect=Effect.RETAIN,
        citation=("Act 2",),
        title={"en": "Kept"},
        text={"en": "kept"},
        in_force_from=IN_2020,
        checked_on=NEW_YEAR,
        keep=Term(anchor="event", period="P18M"),
        record_class="voucher",
        uses=("own.range",),
        **ABOUT,
    ),
]


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


CHOOSES = """\
govreg_pack: 1
pack: ours
version: "1"
law: gdpr
title: {en: Ours}
holidays:
  FI: [{name: Theirs, public: true, cite: theirs, on: {day: 10-10}}]
  SE: [{name: Theirs, public: true, cite: theirs, on: {day: 10-10}}]
choose:
  own.range: {chosen: P2Y, why: we asked}
rules: []
"""


def books(tmp_path, *texts):
    paths = [tmp_path / f"{at}.yaml" for at, _ in enumerate(texts)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return load_books(paths)


def test_packs_stand_beside_each_other(tmp_path):
    book = books(tmp_path, FULL, CHOOSES, GOOD.replace("own", "more"))
    assert list(book.rules) == [*(rule.id for rule in RULES), "more.one"]
    assert book.packs == {"own": "7", "ours": "1", "more": "1"}
    assert set(book.gates) == {"own.basis", "own.wide"}
    assert {place: [day.name for day in days] for place, days in book.holidays.items()} == {
        "FI": ["Ours", "Theirs"],
        "SE": ["Theirs"],
    }
    assert book.rules["own.kept"].keep == Term(anchor="event", period="P2Y")


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (
            (FULL, FULL.replace("pack: own", "pack: two").replace("id: own.", "id: two.")),
            "1.yaml:16: `gates.own.basis`: gate `own.basis` is defined twice",
        ),
        (
            (GOOD, GOOD.replace("pack: own", "pack: two")),
            "1.yaml:6: `rules`: rule `own.one` is defined in pack `own` too",
        ),
        (
            (FULL, CHOOSES, CHOOSES.replace("ours", "two")),
            "2.yaml:10: `choose.own.range`: `own.range` is chosen twice",
        ),
        (
            (FULL, CHOOSES.replace("own.range", "own.rang")),
            "1.yaml:10: `choose.own.rang`: there is no parameter `own.rang`\n"
            "  did you mean `own.range`?",
        ),
    ],
)
def test_what_packs_may_not_say_together(tmp_path, texts, words):
    with pytest.raises(ConfigurationProblem) as caught:
        books(tmp_path, *texts)
    assert str(caught.value).endswith(words)


def test_a_pack_as_it_is_written(tmp_path):
    (tmp_path / "own.yaml").write_text(FULL)
    held = pack_file(tmp_path / "own.yaml")
    assert (held.pack, held.version, len(held.rules)) == ("own", "7", 5)


def test_what_was_chosen_elsewhere_goes_before_the_packs_own_choice(tmp_path):
    (tmp_path / "own.yaml").write_text(
        FULL.replace("gates:", "choose:\n  own.range: {chosen: P1Y, why: x}\ngates:", 1)
    )
    path = tmp_path / "own.yaml"
    assert load_pack(path).rules["own.kept"].keep == Term(anchor="event", period="P1Y")
    choice = ChoiceFile(chosen="P2Y", why="we asked")
    held = load_pack(path, {"own.range": choice}).rules["own.kept"].keep
    assert held == Term(anchor="event", period="P2Y")
