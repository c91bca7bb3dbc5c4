from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.policy.test_evaluate import value_of

from govreg.errors import ConfigurationProblem
from govreg.plugins import announced
from govreg.policy.adopt import NOTHING_ADOPTED
from govreg.policy.calendars import no_holidays
from govreg.policy.cases import everything_adopted
from govreg.policy.clocks import due
from govreg.policy.evaluate import decide
from govreg.policy.facts import FACTS
from govreg.policy.files import load_books
from govreg.policy.outcome import Outcome
from govreg.policy.own import answered, of_packs_alone, with_overrides

pytestmark = pytest.mark.slow  # each test loads every pack

ON = dt.date(2026, 11, 25)
PACKS = [folder / "pack.yaml" for _, folder in sorted(announced().packs.items())]
HEAD = """\
govreg_pack: 1
pack: acme
version: "1"
law: gdpr
title: {en: Ours}
"""
RULE = """\
  - id: acme.one
    kind: KIND
    effect: EFFECT
    citation: [House rule 1]
    title: {en: One}
    text: {en: the house says so}
    checked_on: 2026-01-01
    confidence: high
"""
OVERRIDES = "overrides: {rule: RULE, because: counsel says so, by: dpo, on: 2026-10-01}"


def written(kind, effect, *lines, head=HEAD):
    rule = RULE.replace("KIND", kind).replace("EFFECT", effect)
    return f"{head}rules:\n{rule}" + "".join(f"    {line}\n" for line in lines)


@pytest.fixture
def load(tmp_path, cache):
    def read(*texts):
        own = []
        for number, text in enumerate(texts):
            own.append(tmp_path / f"own{number}.yaml")
            own[-1].write_text(text)
        return load_books(PACKS, cache=cache, own=own)

    return read


def in_force(book):
    return with_overrides(book, everything_adopted(book, ON))


SECRET = {"request.law": "gdpr", "request.act": "disclose", "item.secret": True}
SECRET |= dict.fromkeys(("item.about_other", "item.privileged", "item.free_text"), False)
OURS = written(
    "prohibition",
    "deny",
    "act: disclose",
    "when: {all: [{fact: item.secret, is: true}, {fact: item.loyalty, is: false}]}",
    OVERRIDES.replace("RULE", "gdpr.access.credentials"),
)


@pytest.mark.parametrize(
    ("kind", "effect", "lines", "why"),
    [
        (
            "permission",
            "allow",
            ["act: process", "gate: gdpr.basis", "when: {fact: person.age, ge: 3}"],
            "opens a gate",
        ),
        ("ground", "allow", ["act: erase", "when: {fact: person.age, ge: 3}"], "a person asks"),
        ("disclosure", "allow", ["act: disclose"], "opens a disclosure"),
        ("scope", "not_applicable", ["when: {fact: person.age, ge: 3}"], "does not apply"),
        (
            "minimum",
            "retain",
            ["period: P3Y", "anchor: end_of_financial_year", "record_class: accounting"],
            "`fi.accounting.books`, which keeps the same class",
        ),
        (
            "maximum",
            "end",
            ["period: P6Y", "anchor: event", "record_class: whistleblowing_report"],
            "not surely as short as `fi.whistleblowing`, which ends the same class",
        ),
    ],
)
def test_what_could_only_widen_is_refused_with_file_line_rule_and_way_out(
    load, kind, effect, lines, why
):
    with pytest.raises(ConfigurationProblem) as caught:
        load(written(kind, effect, *lines))
    said = str(caught.value)
    assert "own0.yaml:8: `rules.acme.one.kind`" in said
    assert "`acme.one`" in said
    assert why in said
    assert "`overrides: {rule:" in said


@pytest.mark.parametrize(
    ("kind", "effect", "lines"),
    [
        ("prohibition", "deny", ["act: process", "when: {fact: person.age, lt: 3}"]),
        ("duty", "oblige", ["act: process", "obligations: [tell_the_works_council]"]),
        ("minimum", "retain", ["period: P9Y", "anchor: event", "record_class: warranty"]),
        ("maximum", "end", ["period: P9Y", "anchor: event", "record_class: warranty"]),
        (
            "maximum",
            "end",
            ["period: P4Y", "anchor: event", "record_class: whistleblowing_report"],
        ),
        (
            "minimum",
            "retain",
            ["period: P11Y", "anchor: end_of_financial_year", "record_class: accounting"],
        ),
        ("right", "allow", ["clock: {n: 5, unit: calendar_day}", "verification: none"]),
    ],
)
def test_what_narrows_needs_no_word(load, kind, effect, lines):
    head = f"{HEAD}record_classes: {{warranty: {{en: Claims under a warranty}}}}\n"
    assert load(written(kind, effect, *lines, head=head)).rules["acme.one"].own


def test_an_own_rule_names_a_class_of_records_that_is_known(load):
    lines = ["period: P9Y", "anchor: event", "record_class: acounting"]
    with pytest.raises(ConfigurationProblem) as caught:
        load(written("minimum", "retain", *lines))
    said = str(caught.value)
    assert "own0.yaml:17: `rules.acme.one.record_class`" in said
    assert "`acounting`, a class of records that no pack and no file" in said
    assert "did you mean `accounting`?" in said
    assert "`record_classes: {acounting: {en: …}}`" in said


def test_what_no_pack_speaks_for_is_the_organisations_alone(load):
    head = HEAD.replace("law: gdpr", "law: house")
    ground = ["act: erase", "when: {fact: person.age, ge: 3}"]
    assert load(written("ground", "allow", *ground, head=head)).rules["acme.one"].law == "house"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            "gates:\n  acme.gate: {acts: [process], citation: [H 1], text: {en: no}, open: true}\n",
            "gates.acme.gate.open",
        ),
        (
            "holidays:\n  FI: [{name: Ours, public: true, cite: H 1, on: {day: 09-09}}]\n",
            "could only move a deadline on",
        ),
    ],
)
def test_what_widens_without_a_rule_is_refused(load, more, words):
    duty = ["act: process", "obligations: [tell]"]
    with pytest.raises(ConfigurationProblem, match=words):
        load(written("duty", "oblige", *duty, head=HEAD + more))


def test_an_own_rule_uses_what_packs_of_its_law_define(load):
    when = "when: {fact: gdpr.special_category, is: true}"
    book = load(written("prohibition", "deny", "act: process", when))
    assert "acme.one" in book.rules
    assert len(book.gates) == len(load_books(PACKS).gates)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("gdpr.access.credentials", "gdpr.access.credential", "did you mean `gdpr.access.cred"),
        ("gdpr.access.credentials", "ccpa.access.never_disclosed", "law `gdpr`"),
        ("gdpr.access.credentials", "gdpr.access.copy", "kind `prohibition`"),
        ("gdpr.access.credentials", "hipaa.access.copy", "must be given by law"),
        ("gdpr.access.credentials", "gdpr.protected_address.copy", "is about port too"),
        ("because: counsel says so", "because: ''", "because"),
        ("because: counsel says so, ", "", "because"),
        ("by: dpo, ", "", "by"),
    ],
)
def test_a_wrong_override_says_where_and_what(load, old, new, words):
    assert old in OURS
    with pytest.raises(ConfigurationProblem) as caught:
        load(OURS.replace(old, new))
    assert words in str(caught.value)
    assert "own0.yaml:" in str(caught.value)
    assert "`rules.acme.one." in str(caught.value)


def test_two_rules_do_not_override_the_same(load):
    other = OURS.replace("pack: acme", "pack: more").replace("acme.one", "acme.two")
    with pytest.raises(ConfigurationProblem, match=r"`acme.one` and `acme.two` both override"):
        load(OURS, other)


def test_a_pack_overrides_nothing(tmp_path):
    (tmp_path / "pack.yaml").write_text(OURS)
    with pytest.raises(ConfigurationProblem, match="only the organisation's own override"):
        load_books([*PACKS, tmp_path / "pack.yaml"])


def test_an_overridden_rule_no_longer_speaks_and_the_answer_says_so(load):
    book = in_force(load(OURS))
    adopted = everything_adopted(book, ON)
    question = {**SECRET, "item.loyalty": True}
    found = decide(question, book, on=ON, adopted=adopted)
    assert found.outcome is Outcome.ALLOW
    (held,) = found.overrides
    assert held.words == (
        "`acme.one` overrides the statutory prohibition `gdpr.access.credentials`: "
        "counsel says so (dpo, 2026-10-01)"
    )
    denied = decide(SECRET, book, on=ON, adopted=adopted)
    assert [reason.rule for reason in denied.reasons] == ["acme.one"]
    assert denied.overrides == found.overrides
    untouched = {**SECRET, "item.secret": False}
    assert decide(untouched, book, on=ON, adopted=adopted).overrides == ()
    alone = of_packs_alone(book)
    assert decide(question, alone, on=ON, adopted=adopted).outcome is Outcome.DENY


def test_an_override_that_nobody_adopted_does_not_count(load):
    loaded = load(OURS)
    question = {**SECRET, "item.loyalty": True}
    packs = everything_adopted(of_packs_alone(loaded), ON)
    for adopted in (NOTHING_ADOPTED, packs):
        found = decide(question, with_overrides(loaded, adopted), on=ON, adopted=adopted)
        assert found.outcome is Outcome.DENY
        assert [reason.rule for reason in found.reasons] == ["gdpr.access.credentials"]
        assert found.overrides == ()


def test_before_the_override_is_in_force_the_overridden_rule_speaks(load):
    later = OURS.replace("checked_on", "in_force_from: 2026-12-01\n    checked_on")
    book = in_force(load(later))
    adopted = everything_adopted(book, ON)
    question = {**SECRET, "item.loyalty": True}
    assert decide(question, book, on=ON, adopted=adopted).outcome is Outcome.DENY
    assert book.speaking("gdpr.access.credentials", ON).id == "gdpr.access.credentials"
    after = dt.date(2026, 12, 1)
    assert decide(question, book, on=after, adopted=adopted).outcome is Outcome.ALLOW
    assert book.speaking("gdpr.access.credentials", after).id == "acme.one"


def test_an_override_is_adopted_anew_where_the_overridden_rule_changed(load, tmp_path):
    before = load(OURS).rules["acme.one"].content_hash
    changed = tmp_path / "pack.yaml"
    text = next(path for path in PACKS if path.parent.name == "gdpr").read_text()
    changed.write_text(text.replace("it would put the account at risk", "it would be unwise"))
    packs = [changed if path.parent.name == "gdpr" else path for path in PACKS]
    after = load_books(packs, own=[tmp_path / "own0.yaml"]).rules["acme.one"].content_hash
    assert before != after


def test_an_overridden_clock_is_asked_for_by_the_name_of_the_right(load):
    text = written(
        "right",
        "allow",
        "clock: {n: 2, unit: month}",
        "verification: reasonable",
        OVERRIDES.replace("RULE", "gdpr.access"),
    )
    rule = in_force(load(text)).speaking("gdpr.access", ON)
    received = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)
    held = due(rule, received, zone=dt.UTC, calendar=no_holidays())
    assert held.legal_due.date() == dt.date(2026, 5, 5)


NARROW = written(
    "prohibition", "deny", "act: [process, erase]", "when: {fact: person.age, lt: 30}"
)
NARROW += "".join(
    RULE.replace("acme.one", f"acme.{name}").replace("KIND", kind).replace("EFFECT", effect)
    + "".join(f"    {line}\n" for line in lines)
    for name, kind, effect, lines in (
        ("ask", "prohibition", "needs_human", ["act: send", "when: {fact: item.phi, is: true}"]),
        ("duty", "duty", "oblige", ["act: contact", "obligations: [tell]"]),
    )
)


@pytest.fixture(scope="session")
def narrowed(tmp_path_factory, cache):
    file = tmp_path_factory.mktemp("own") / "ours.yaml"
    file.write_text(NARROW)
    book = load_books(PACKS, cache=cache, own=[file])
    return book, of_packs_alone(book)


@settings(max_examples=200)
@given(
    question=st.fixed_dictionaries(
        {
            "request.law": st.just("gdpr"),
            "request.act": st.sampled_from(["erase", "disclose", "process", "send", "contact"]),
        },
        optional={
            name: value_of(fact)
            for name, fact in FACTS.items()
            if name.partition(".")[0] in {"person", "activity", "item"} and fact.kind != "date"
        },
    )
)
def test_what_is_accepted_without_a_word_never_widens(narrowed, question):
    book, packs = narrowed
    adopted = everything_adopted(book, ON)
    alone = decide(question, packs, on=ON, adopted=adopted)
    found = decide(question, book, on=ON, adopted=adopted)
    assert found.overrides == ()
    assert set(alone.obligations) <= set(found.obligations) or found.outcome != alone.outcome
    if alone.outcome is not Outcome.ALLOW:
        assert found.outcome is not Outcome.ALLOW


HHS = {
    "request.law": "hipaa",
    "request.act": "send",
    "organisation.hipaa_role": "covered_entity",
    "item.phi": True,
    "item.psychotherapy_notes": False,
    "item.part_two": False,
    "item.limited_data_set": False,
    "recipient.minimum_necessary": True,
    "authorisation.covers": False,
    "activity.purpose": "curiosity",
}


@pytest.mark.parametrize("gate", [True, False])
def test_what_the_law_says_must_be_given_the_organisation_cannot_withhold(load, gate):
    head = HEAD.replace("law: gdpr", "law: hipaa")
    words = "{acts: [send], citation: [H 1], text: {en: no}}"
    head += f"gates:\n  acme.gate: {words}\n" if gate else ""
    when = "when: {fact: item.phi, is: true}"
    book = load(
        written("prohibition", "deny", f"act: {'erase' if gate else 'send'}", when, head=head)
    )
    adopted = everything_adopted(book, ON)
    alone = of_packs_alone(book)
    for role in ("hhs", "individual"):
        question = {**HHS, "recipient.role": role}
        wanted = Outcome.ALLOW if role == "hhs" else Outcome.DENY
        assert decide(question, book, on=ON, adopted=adopted).outcome is wanted
        assert decide(question, alone, on=ON, adopted=adopted).outcome is Outcome.ALLOW


def test_who_answers_for_an_override_is_one_of_the_people_and_has_said_so(load):
    book = load(OURS)
    adopted = everything_adopted(book, ON)
    said = dt.date(2026, 10, 1)
    good = answered(book, {"dpo"}, said)
    assert good.unanswered == {}
    assert with_overrides(good, adopted).replaced.keys() == {"gdpr.access.credentials"}
    for people, on in (({"second"}, said), ((), said), ({"dpo"}, said - dt.timedelta(1))):
        wrong = answered(book, people, on)
        assert wrong.unanswered.keys() == {"acme.one"}
        assert with_overrides(wrong, adopted).replaced == {}
        assert with_overrides(answered(wrong, {"dpo"}, said), adopted).replaced
