"""What the organisation's own rules may say beside a small pack: every refusal in full."""

import datetime as dt

import pytest

from govreg.errors import ConfigurationProblem
from govreg.policy.adopt import NOTHING_ADOPTED
from govreg.policy.cases import everything_adopted, read_cases, tried
from govreg.policy.files import load_books
from govreg.policy.own import of_packs_alone, with_overrides
from govreg.policy.rule import Override, RuleKind, content_hash
from govreg.yaml12 import plain, read

ON = dt.date(2026, 11, 25)
PACK = """\
govreg_pack: 1
pack: small
version: "1"
law: gdpr
title: {en: Small}
tables:
  gdpr.age: {by: person.country, citation: [A], rows: {FI: 13}}
derive:
  gdpr.child: {words: a child, when: {fact: person.age, lt: {table: gdpr.age}}}
gates:
  small.gate: {acts: [process], citation: [A], text: {en: closed}}
rules:
"""
OWN = """\
govreg_pack: 1
pack: acme
version: "1"
law: gdpr
title: {en: Ours}
rules:
"""
RULE = """\
  - id: {id}
    kind: {kind}
    effect: {effect}
    citation: [House rule 1]
    title: {{en: One}}
    text: {{en: the house says so}}
    checked_on: 2026-01-01
    confidence: high
"""
EFFECTS = {
    "prohibition": "deny",
    "minimum": "retain",
    "maximum": "end",
    "duty": "oblige",
    "scope": "not_applicable",
}
WHEN = "when: {fact: person.deceased, is: true}"
FREE = "when: {fact: person.restricted, is: false}"
YEARS = ("period: P6Y", "anchor: event", "record_class: books")
MUST = "obligations: [must_disclose]"
OVERRIDES = "overrides: {rule: RULE, because: counsel says so, by: dpo, on: 2026-10-01}"


def rule(name, kind, *lines):
    head = RULE.format(id=name, kind=kind, effect=EFFECTS.get(kind, "allow"))
    return head + "".join(f"    {line}\n" for line in lines)


SMALL = (
    PACK
    + rule("small.forbids", "prohibition", "act: [process, send]", WHEN)
    + rule("small.permits", "permission", "act: process", "gate: small.gate", FREE)
    + rule("small.gives", "disclosure", "act: disclose", MUST)
    + rule("small.keeps", "minimum", *YEARS)
    + rule("small.longer", "minimum", "period: P10Y", *YEARS[1:])
    + rule("small.ends", "maximum", "period: P5Y", "anchor: event", "record_class: drafts")
)


def overriding(name):
    return OVERRIDES.replace("RULE", name)


@pytest.fixture
def book(tmp_path):
    def made(*own, packs=(SMALL,)):
        files = []
        for at, text in enumerate((*packs, *own)):
            files.append(tmp_path / f"{at}.yaml")
            files[-1].write_text(text)
        return load_books(files[: len(packs)], own=files[len(packs) :])

    return made


def refused(book, *own):
    with pytest.raises(ConfigurationProblem) as caught:
        book(*own)
    return str(caught.value).rpartition("/")[2]


WAY_OUT = (
    "\n  say it as a `prohibition`, with what it excepts under `unless:`; or name the rule that it "
    "stands for: `overrides: {rule: …, because: …, by: …, on: …}`"
)
NARROWS = (
    "1.yaml:8: `rules.acme.one.kind`: the organisation's own rules only narrow what a pack allows; "
    "rule `acme.one` "
)


@pytest.mark.parametrize(
    ("kind", "lines", "why"),
    [
        ("permission", ("act: process", "gate: small.gate", WHEN), "opens a gate"),
        ("ground", ("act: erase", WHEN), "opens what a person asks for"),
        ("disclosure", ("act: disclose",), "opens a disclosure"),
        ("scope", (WHEN,), "says where the law does not apply"),
        (
            "minimum",
            ("period: P5Y", *YEARS[1:]),
            "is not surely as long as `small.keeps` or `small.longer`, which keeps the same class "
            "of records",
        ),
        (
            "minimum",
            ("period: P9999D", *YEARS[1:]),
            "is not surely as long as `small.keeps` or `small.longer`, which keeps the same class "
            "of records",
        ),
        (
            "minimum",
            ("period: P6Y", "anchor: end_of_month", YEARS[2]),
            "is not surely as long as `small.keeps` or `small.longer`, which keeps the same class "
            "of records",
        ),
        (
            "minimum",
            (
                "keep_until: {anchor: event, period: P6Y, date: birth}",
                YEARS[2],
            ),
            "is not surely as long as `small.keeps` or `small.longer`, which keeps the same class "
            "of records",
        ),
        (
            "minimum",
            (
                "keep_until: {last_of: [{anchor: event, period: P60Y}, {anchor: event, "
                "period: P70Y}]}",
                YEARS[2],
            ),
            "is not surely as long as `small.keeps` or `small.longer`, which keeps the same class "
            "of records",
        ),
    ],
)
def test_what_could_only_widen(book, kind, lines, why):
    assert refused(book, OWN + rule("acme.one", kind, *lines)) == NARROWS + why + WAY_OUT


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("minimum", YEARS),
        ("minimum", ("period: P72M", *YEARS[1:])),
        ("minimum", ("period: P7Y", *YEARS[1:])),
        ("minimum", ("period: P1Y", "anchor: event", "record_class: letters")),
        ("maximum", ("period: P1Y", "anchor: event", "record_class: letters")),
        ("prohibition", ("act: process", WHEN)),
        ("duty", ("act: process", "obligations: [tell]")),
    ],
)
def test_what_narrows(book, kind, lines):
    own = OWN.replace("rules:", "record_classes: {letters: {en: Letters}}\nrules:")
    held = book(own + rule("acme.one", kind, *lines)).rules
    assert [name for name, one in held.items() if one.own] == ["acme.one"]


def test_under_a_law_that_no_pack_speaks_for_the_organisation_may_open(book):
    own = OWN.replace("law: gdpr", "law: house").replace(
        "rules:",
        "holidays:\n  FI: [{name: Ours, public: true, cite: H, on: {day: 09-09}}]\n"
        "gates:\n  acme.gate: {acts: [process], citation: [H], text: {en: no}, open: true}\nrules:",
    )
    held = book(own + rule("acme.one", "ground", "act: erase", WHEN))
    assert held.rules["acme.one"].own
    assert held.gates["acme.gate"].own
    assert not held.gates["small.gate"].own


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            "gates:\n  acme.a: {acts: [process], citation: [H], text: {en: no}}\n"
            "  acme.gate: {acts: [process], citation: [H], text: {en: no}, open: true}\n",
            "1.yaml:8: `gates.acme.gate.open`: gate `acme.gate` would stand open, and the "
            "organisation's own only narrow what a pack allows\n"
            "  take `open:` out: what nothing opens is closed",
        ),
        (
            "holidays:\n  FI:\n    - {name: Epiphany, public: false, cite: H}\n"
            "    - {name: Ours, public: true, cite: H, on: {day: 09-09}}\n",
            "1.yaml:9: `holidays.FI.1.public`: `Ours` could only move a deadline on, and the "
            "organisation's own only narrow what a pack allows\n"
            "  take it out; or override the rule whose clock it is about",
        ),
    ],
)
def test_what_widens_without_a_rule(book, more, words):
    own = OWN.replace("rules:\n", f"{more}rules:\n")
    assert (
        refused(book, own + rule("acme.one", "duty", "act: process", "obligations: [x]")) == words
    )


AT = "1.yaml:17: `rules.acme.one.overrides.rule`: rule `acme.one` "


@pytest.mark.parametrize(
    ("kind", "lines", "words"),
    [
        (
            "prohibition",
            ("act: [process, send]", WHEN, overriding("small.forbid")),
            f"{AT}overrides `small.forbid`, and no pack has such a rule\n"
            "  did you mean `small.forbids`?",
        ),
        (
            "disclosure",
            ("act: disclose", WHEN, overriding("small.gives")),
            f"{AT}overrides `small.gives`, and what that opens must be given by law\n"
            "  take the rule out: the organisation cannot narrow what must be given",
        ),
        (
            "duty",
            ("act: [process, send]", "obligations: [x]", overriding("small.forbids")),
            f"{AT}is of kind `duty`, and `small.forbids`, which it overrides, is of kind "
            "`prohibition`\n"
            "  a rule speaks in place of one of the same law and kind, and the same gate",
        ),
        (
            "prohibition",
            ("act: process", WHEN, overriding("small.forbids")),
            "1.yaml:15: `rules.acme.one.act`: `small.forbids`, which rule `acme.one` overrides, is "
            "about send too\n"
            "  name every act of the overridden rule: on the others nothing would speak",
        ),
    ],
)
def test_what_no_override_is(book, kind, lines, words):
    assert refused(book, OWN + rule("acme.one", kind, *lines)) == words


def test_an_override_is_of_the_same_law_and_gate(book):
    lines = ("act: [process, send]", WHEN, overriding("small.forbids"))
    own = OWN.replace("gdpr", "ccpa") + rule("acme.one", "prohibition", *lines)
    assert (
        "`acme.one` is of law `ccpa`, and `small.forbids`, which it overrides, is of law `gdpr`"
        in (refused(book, own))
    )
    gates = "gates:\n  acme.gate: {acts: [process], citation: [H], text: {en: no}}\nrules:"
    own = OWN.replace("rules:", gates) + rule(
        "acme.one",
        "permission",
        "act: process",
        "gate: acme.gate",
        WHEN,
        overriding("small.permits"),
    )
    assert (
        "is of gate `acme.gate`, and `small.permits`, which it overrides, is of gate `small"
        in (refused(book, own))
    )


ONE = OWN + rule(
    "acme.one", "prohibition", "act: [process, send]", WHEN, overriding("small.forbids")
)


def test_without_a_near_name_the_command_that_shows_rules_is_named(book):
    own = OWN.replace("gdpr", "house") + rule(
        "acme.one", "duty", "act: process", "obligations: [x]", overriding("zzz")
    )
    with pytest.raises(ConfigurationProblem) as caught:
        book(own, packs=())
    assert str(caught.value).endswith("`govreg policy list` shows them")


@pytest.mark.parametrize("together", [True, False])
def test_two_rules_do_not_override_the_same(book, together):
    more = ONE[len(OWN) :].replace("acme.one", "acme.two")
    texts = (ONE + more,) if together else (ONE, OWN.replace("acme", "more") + more)
    assert (
        "rules `acme.one` and `acme.two` both override `small.forbids`\n  keep one of them: "
        in (refused(book, *texts))
    )
    assert "`rules.acme.two.overrides.rule`" in refused(book, *texts)


def test_an_override_in_full(book):
    held = book(ONE)
    (own,) = [one for one in held.rules.values() if one.own]
    assert own.overrides == Override(
        own="acme.one",
        rule="small.forbids",
        kind=RuleKind.PROHIBITION,
        because="counsel says so",
        by="dpo",
        on=dt.date(2026, 10, 1),
    )
    plain = book(ONE.replace(overriding("small.forbids"), "note: x"))
    assert plain.rules["acme.one"].overrides is None
    assert own.overrides.words == (
        "`acme.one` overrides the statutory prohibition `small.forbids`: counsel says so (dpo, "
        "2026-10-01)"
    )


def test_what_stands_in_the_hash_of_an_override(book, tmp_path):
    held = book(ONE).rules
    (written,) = plain(read(tmp_path / "1.yaml").data)["rules"]
    own = content_hash({**written, "law": "gdpr", "in_force_from": None})
    both = {"own": own, "overrides": held["small.forbids"].content_hash}
    assert held["acme.one"].content_hash == content_hash(both)


def test_the_hash_of_an_override_covers_both_rules(book):
    held, other = book(ONE), book(ONE, packs=(SMALL.replace("House rule 1", "House rule 2"),))
    assert held.rules["acme.one"].content_hash != other.rules["acme.one"].content_hash


def test_an_override_counts_once_it_is_adopted(book):
    held = book(ONE)
    assert with_overrides(held, NOTHING_ADOPTED) is held
    counts = with_overrides(held, everything_adopted(held, ON))
    assert list(counts.replaced) == ["small.forbids"]
    assert counts.speaking("small.forbids", ON).id == "acme.one"
    assert counts.speaking("acme.one", ON).id == "acme.one"
    assert held.speaking("acme.one", ON).id == "small.forbids"
    assert held.speaking("small.forbids", ON).id == "small.forbids"
    assert counts.speaking("small.permits", ON).id == "small.permits"
    assert counts.speaking("zzz", ON) is None
    later = book(ONE.replace("checked_on", "in_force_from: 2026-11-26\n    checked_on"))
    later = with_overrides(later, everything_adopted(later, ON))
    assert later.speaking("small.forbids", ON).id == "small.forbids"
    assert later.speaking("small.forbids", dt.date(2026, 11, 26)).id == "acme.one"
    again = with_overrides(counts, NOTHING_ADOPTED)
    assert again.replaced == {}
    gate = "gates:\n  acme.gate: {acts: [process], citation: [H], text: {en: no}}\nrules:"
    gated = book(ONE.replace("rules:", gate))
    assert set(gated.gates) == {"small.gate", "acme.gate"}
    assert set(of_packs_alone(gated).gates) == {"small.gate"}
    alone = of_packs_alone(counts)
    assert set(alone.rules) == {name for name, one in held.rules.items() if not one.own}
    assert alone.replaced == {}


def test_an_own_rule_uses_what_packs_of_its_law_define(book):
    when = "when: {fact: gdpr.child, is: true}"
    text = rule("acme.one", "prohibition", "act: process", when)
    assert book(OWN + text).rules["acme.one"].when is not None
    with pytest.raises(ConfigurationProblem, match="there is no fact `gdpr"):
        book(OWN.replace("gdpr", "house") + text)
    mine = OWN.replace(
        "rules:",
        "tables:\n  gdpr.age: {by: person.country, citation: [A], rows: {FI: 18}}\nrules:",
    )
    lookup = rule(
        "acme.one",
        "prohibition",
        "act: process",
        "when: {fact: person.age, lt: {table: gdpr.age}}",
    )
    assert book(mine + lookup).rules["acme.one"].when.value.rows == (("FI", 18),)


def test_a_pack_uses_only_what_it_defines_itself(book):
    other = PACK.replace("pack: small", "pack: other")
    other = other[: other.index("tables:")] + "rules:\n"
    text = rule("other.one", "prohibition", "act: process", "when: {fact: gdpr.child, is: true}")
    with pytest.raises(ConfigurationProblem, match="there is no fact `gdpr"):
        book(packs=(SMALL, other + text))


def test_a_pack_overrides_nothing(book):
    with pytest.raises(ConfigurationProblem) as caught:
        book(packs=(SMALL, ONE))
    assert "1.yaml:17: `rules.acme.one.overrides`: " in str(caught.value)


def test_a_case_is_tried_with_the_overrides(book, tmp_path):
    (tmp_path / "cases.yaml").write_text(
        "govreg_cases: 1\ncases:\n"
        "  - {note: ours, facts: {request.act: process, request.law: gdpr, person.deceased: true}, "
        "outcome: deny, rules: [acme.one]}\n"
    )
    (held,) = tried(read_cases(tmp_path / "cases.yaml"), book(ONE), on=ON)
    assert held.wrong == ()
