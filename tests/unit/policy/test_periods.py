import pytest

from govreg.errors import ConfigurationProblem
from govreg.policy.files import load_books, load_pack
from govreg.policy.pack_file import PackFile
from govreg.policy.periods import Periods
from govreg.policy.term import Branch, Case, FirstOf, LastOf, Term
from govreg.yaml12 import read, validate

PACK = """\
govreg_pack: 1
pack: own
version: "1"
law: gdpr
title: {en: Own}
parameters:
  own.range: {low: P1Y, high: P2Y, chosen: P18M, why: our counsel, citation: [Act 1]}
rules:
  - id: own.kept
    kind: minimum
    effect: retain
    citation: [Act 1]
    title: {en: One}
    text: {en: because}
    period: {parameter: own.range}
    anchor: event
    checked_on: 2026-01-01
    confidence: low
"""
PLAIN = "    period: {parameter: own.range}\n    anchor: event\n"
OURS = """\
govreg_pack: 1
pack: ours
version: "1"
law: gdpr
title: {en: Ours}
choose:
  own.range: {chosen: P2Y, why: the works council asked for it}
rules: []
"""
UNSET = PACK.replace("chosen: P18M, why: our counsel, ", "")


def loaded(tmp_path, *texts):
    paths = [tmp_path / f"{at}.yaml" for at, _ in enumerate(texts)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return load_books(paths) if len(paths) > 1 else load_pack(paths[0])


def kept(tmp_path, text):
    return loaded(tmp_path, PACK.replace(PLAIN, text)).rules["own.kept"].keep


def test_a_range_is_what_was_chosen(tmp_path):
    held = loaded(tmp_path, PACK).rules["own.kept"]
    assert held.keep == Term(anchor="event", period="P18M")
    assert (
        held.content_hash
        != loaded(tmp_path, PACK.replace("P18M", "P1Y")).rules["own.kept"].content_hash
    )


def test_a_range_of_which_nothing_is_chosen_is_an_error(tmp_path):
    with pytest.raises(ConfigurationProblem) as caught:
        loaded(tmp_path, UNSET)
    text = str(caught.value)
    assert "0.yaml:7:" in text
    assert "a range from P1Y to P2Y, and nothing is chosen of it" in text
    assert "`choose: {own.range: {chosen: P2Y, why: …}}`" in text


@pytest.mark.parametrize("texts", [(UNSET, OURS), (OURS, UNSET), (PACK, OURS)])
def test_an_organisation_chooses_in_a_file_of_its_own(tmp_path, texts):
    assert loaded(tmp_path, *texts).rules["own.kept"].keep == Term(anchor="event", period="P2Y")


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ((PACK.replace("P18M", "P3Y"),), "P3Y does not lie between P1Y and P2Y"),
        ((PACK.replace("P18M", "P400D"),), "cannot be compared with days"),
        ((PACK.replace("P18M", "P1W"),), "`P24M` or `P30D`"),
        (
            (PACK.replace("{parameter: own.range}", "{parameter: own.rang}"),),
            "did you mean `own.range`",
        ),
        ((PACK, OURS.replace("own.range", "own.rang")), "there is no parameter `own.rang`"),
        ((PACK, OURS, OURS.replace("pack: ours", "pack: more")), "is chosen twice"),
        ((PACK, OURS.replace("P2Y", "P5Y")), "does not lie between"),
    ],
)
def test_what_is_wrong_with_a_range(tmp_path, texts, words):
    with pytest.raises(ConfigurationProblem) as caught:
        loaded(tmp_path, *texts)
    assert words in str(caught.value)


def test_an_expression_over_several_periods(tmp_path):
    text = """\
    keep_until:
      last_of:
        - {anchor: end_of_calendar_year, period: P5Y, date: completed}
        - case:
            - {known: death, then: {anchor: event, period: P12Y, date: death}}
            - {then: {anchor: event, period: {parameter: own.range}, date: birth}}
"""
    assert kept(tmp_path, text) == LastOf(
        parts=(
            Term(anchor="end_of_calendar_year", period="P5Y", date="completed"),
            Case(
                branches=(
                    Branch(known="death", then=Term(anchor="event", period="P12Y", date="death")),
                    Branch(known=None, then=Term(anchor="event", period="P18M", date="birth")),
                )
            ),
        )
    )


def test_the_first_of_two_periods_and_an_anchor(tmp_path):
    text = """\
    keep_until:
      first_of:
        - {anchor: end_of_month, period: P5Y}
        - {anchor: event, period: P30D, date: birth}
"""
    assert kept(tmp_path, text) == FirstOf(
        parts=(
            Term(anchor="end_of_month", period="P5Y"),
            Term(anchor="event", period="P30D", date="birth"),
        )
    )


TERM = "{anchor: event, period: P1Y}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "`period`: a rule of kind `minimum` needs this key"),
        ("    period: P1Y\n", "`anchor`: a rule of kind `minimum` needs this key"),
        (f"{PLAIN}    keep_until: {TERM}\n", "`keep_until:` says it already"),
        ("    keep_until: {anchor: event}\n", "write `anchor:` and `period:`"),
        ("    keep_until: {anchor: , period: P1Y}\n", "write `anchor:` and `period:`"),
        (f"    keep_until: {{first_of: [{TERM}]}}\n", "first_of"),
        (f"    keep_until: {{first_of: [{TERM}, {TERM}], date: birth}}\n", "write `anchor:`"),
        (
            f"    keep_until: {{case: [{{then: {TERM}}}, {{then: {TERM}}}]}}\n",
            "every branch but the last",
        ),
        (
            f"    keep_until: {{case: [{{known: a, then: {TERM}}}, {{known: b, then: {TERM}}}]}}\n",
            "every branch but the last",
        ),
        ("    period: P0Y\n    anchor: event\n", "`P24M` or `P30D`"),
        ("    period: P1Y\n    anchor: end_of_time\n", "anchor"),
    ],
)
def test_what_is_no_minimum(tmp_path, text, words):
    with pytest.raises(ConfigurationProblem) as caught:
        kept(tmp_path, text)
    assert words in str(caught.value).replace("rules.own.kept.", "")


RANGE = {"low": "P1Y", "high": "P2Y", "citation": ["Act 1"], "chosen": "P18M"}


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "    keep_until: {anchor: event, period: {parameter: own.range}}\n",
        f"    keep_until: {{first_of: [{TERM}, {{anchor: event, period: {{parameter: own.range}}}}]}}\n",
        f"    keep_until: {{last_of: [{{anchor: event, period: {{parameter: own.range}}}}, {TERM}]}}\n",
        "    keep_until: {case: [{known: a, then: {anchor: event, period: {parameter: own.range}}}, "
        f"{{then: {TERM}}}]}}\n",
    ],
)
def test_a_rule_says_which_ranges_it_rests_on(tmp_path, text):
    assert used(tmp_path, PACK.replace(PLAIN, text)) == {"own.range": RANGE}


def test_why_a_range_was_chosen_is_no_part_of_what_a_rule_says(tmp_path):
    assert used(tmp_path, PACK.replace(PLAIN, f"    keep_until: {TERM}\n")) == {}
    other = used(tmp_path, PACK.replace("our counsel", "nobody knows"))
    assert other == {"own.range": RANGE}


def used(tmp_path, text):
    path = tmp_path / "own.yaml"
    path.write_text(text)
    document = read(path)
    pack = validate(PackFile, document)
    return Periods(document, pack, {}).uses(pack.rules[0])


def test_what_is_chosen_may_be_an_end_of_the_range(tmp_path):
    for chosen, months in (("P1Y", "P1Y"), ("P12M", "P12M"), ("P24M", "P24M")):
        held = loaded(tmp_path, PACK.replace("P18M", chosen)).rules["own.kept"].keep
        assert held == Term(anchor="event", period=months)


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        (PACK.replace("P18M", "P11M"), "7: `parameters.own.range`: ", "P11M does not lie between"),
        (PACK.replace("P18M", "P25M"), "7: `parameters.own.range`: ", "P25M does not lie between"),
        (PACK.replace("P18M", "P400D"), "7: `parameters.own.range`: ", "years and months cannot"),
        (
            PACK.replace("low: P1Y", "low: P300D"),
            "7: `parameters.own.range`: ",
            "years and months cannot",
        ),
        (
            PACK.replace("high: P2Y", "high: P900D"),
            "7: `parameters.own.range`: ",
            "years and months cannot",
        ),
        (UNSET, "7: `parameters.own.range`: ", "`own.range` is a range from P1Y to P2Y"),
        (
            PACK.replace("{parameter: own.range}", "P0Y"),
            "15: `rules.own.kept.period`: ",
            "this is no period\n  write years, months or days, such as `P6Y`, `P24M` or `P30D`",
        ),
        (
            PACK.replace("parameter: own.range}", "parameter: own.rang}"),
            "15: `rules.own.kept.period.parameter`: ",
            "there is no parameter `own.rang`\n  did you mean `own.range`?",
        ),
        (
            PACK.replace(
                PLAIN, f"    keep_until:\n      first_of: [{TERM}, {TERM.replace('1', '0')}]\n"
            ),
            "16: `rules.own.kept.keep_until.first_of.1.period`: ",
            "this is no period",
        ),
        (
            PACK.replace(
                PLAIN, f"    keep_until:\n      last_of: [{TERM.replace('1', '0')}, {TERM}]\n"
            ),
            "16: `rules.own.kept.keep_until.last_of.0.period`: ",
            "this is no period",
        ),
        (
            PACK.replace(
                PLAIN,
                "    keep_until:\n      case:\n"
                f"        - {{known: a, then: {TERM}}}\n        - {{then: {TERM.replace('1', '0')}}}\n",
            ),
            "18: `rules.own.kept.keep_until.case.1.then.period`: ",
            "this is no period",
        ),
    ],
)
def test_an_error_names_its_place(tmp_path, text, where, words):
    with pytest.raises(ConfigurationProblem) as caught:
        loaded(tmp_path, text)
    assert f"0.yaml:{where}{words}" in str(caught.value)


def test_every_range_that_there_is_is_named_where_none_is_near(tmp_path):
    second = "  own.more: {low: P1Y, high: P2Y, chosen: P1Y, citation: [Act 1]}\nrules:\n"
    text = PACK.replace("rules:\n", second).replace("parameter: own.range}", "parameter: zzz}")
    with pytest.raises(ConfigurationProblem, match=r"known: own\.more, own\.range"):
        loaded(tmp_path, text)
