import datetime as dt
from pathlib import Path

import pytest

from govreg.errors import ConfigurationProblem
from govreg.policy.clock_file import ClockFile, HolidayFile, KeepFile, ParameterFile
from govreg.policy.clock_rule import ClockRule, OptionRule, TargetRule
from govreg.policy.events import REASONS
from govreg.policy.files import load_pack
from govreg.policy.holiday import FixedDay, FromEaster, HolidayChange, NthWeekday
from govreg.policy.term import ANCHORS

PACK = """\
govreg_pack: 1
pack: own
version: "1"
law: ccpa
title: {en: Own}
holidays:
  US-CA:
    - HOLIDAY
rules:
  - id: own.know
    kind: right
    effect: allow
    citation: [11 CCR 7021]
    title: {en: One}
    text: {en: because}
    clock: CLOCK
    confirm: {n: 10, unit: business_day}
    verification: reasonable
    checked_on: 2026-01-01
    confidence: low
"""
CLOCK = "{n: 45, unit: calendar_day, extension: 45}"
HOLIDAY = "{name: Diwali, public: false, cite: not before 2026}"


def loaded(tmp_path, clock=CLOCK, holiday=HOLIDAY):
    (tmp_path / "own.yaml").write_text(PACK.replace("CLOCK", clock).replace("HOLIDAY", holiday))
    return load_pack(tmp_path / "own.yaml")


def test_a_clock_in_full(tmp_path):
    clock = """
      n: 45
      unit: calendar_day
      extension: 45
      start: first_known
      as_soon_as_possible: true
      suspend_for: [identity_in_doubt]
      target: {count_start: include, roll: none}
      options:
        ccp_12a: {roll: next_working_day, citation: [CCP 12a], text: {en: if it rolls}}
"""
    rule = loaded(tmp_path, clock.rstrip()).rules["own.know"]
    assert rule.clock == ClockRule(
        n=45,
        unit="calendar_day",
        extension=45,
        start="first_known",
        as_soon_as_possible=True,
        suspend_for=("identity_in_doubt",),
        target=TargetRule(count_start="include", roll="none"),
        options={
            "ccp_12a": OptionRule(
                name="ccp_12a",
                citation=("CCP 12a",),
                text={"en": "if it rolls"},
                roll="next_working_day",
            )
        },
    )
    assert rule.confirm == ClockRule(n=10, unit="business_day")


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("{n: 72, unit: hour, roll: next_working_day}", "take `roll:` out"),
        ("{n: 72, unit: hour, count_start: include}", "take `count_start:` out"),
        (
            "{n: 9, unit: month, count_start: include, target: {count_start: exclude}}",
            "would count a day more",
        ),
        ("{n: 0, unit: month}", "clock.n"),
        ("{n: 1, unit: week}", "`business_day`"),
        ("{n: 1, unit: month, suspend_for: [busy]}", "`broad_request`"),
        ("{n: 1, unit: month, calendar: FI}", "`place` or `none`"),
        (
            "{n: 1, unit: month, options: {a: {citation: [x], text: {en: x}}}}",
            "another reading says `roll:` or `count_start:`",
        ),
        ("{n: 1, unit: month, options: {a: {roll: none, text: {en: x}}}}", "citation"),
    ],
)
def test_what_is_no_clock(tmp_path, clock, words):
    with pytest.raises(ConfigurationProblem) as caught:
        loaded(tmp_path, clock)
    assert words in str(caught.value)
    assert "own.yaml:16:" in str(caught.value)


def test_a_confirmation_is_of_rights_only(tmp_path):
    text = PACK.replace("kind: right", "kind: deadline").replace("CLOCK", CLOCK)
    (tmp_path / "own.yaml").write_text(
        text.replace("HOLIDAY", HOLIDAY).replace("    verification: reasonable\n", "")
    )
    with pytest.raises(ConfigurationProblem, match="kind `deadline` has no such key"):
        load_pack(tmp_path / "own.yaml")


@pytest.mark.parametrize(
    ("on", "rule"),
    [
        ("{day: 09-09}", FixedDay(month=9, day=9)),
        ("{day: 02-29}", FixedDay(month=2, day=29)),
        ("{nth: 4, weekday: friday, month: 9}", NthWeekday(nth=4, weekday=4, month=9)),
        ("{nth: 1, weekday: sunday, month: 12}", NthWeekday(nth=1, weekday=6, month=12)),
        ("{nth: 2, weekday: tuesday, month: 1}", NthWeekday(nth=2, weekday=1, month=1)),
        ("{nth: 3, weekday: wednesday, month: 2}", NthWeekday(nth=3, weekday=2, month=2)),
        ("{nth: -1, weekday: monday, month: 5}", NthWeekday(nth=-1, weekday=0, month=5)),
        ("{easter: -2}", FromEaster(days=-2)),
        ("{easter: 0}", FromEaster(days=0)),
    ],
)
def test_a_day_that_is_added(tmp_path, on, rule):
    book = loaded(
        tmp_path, holiday=f"{{name: Ours, public: true, cite: Gov. Code 6700, on: {on}}}"
    )
    assert book.holidays["US-CA"] == (
        HolidayChange(name="Ours", public=True, cite="Gov. Code 6700", on=rule),
    )


def test_a_day_says_from_when_until_when_it_counts(tmp_path):
    holiday = (
        "{name: Ours, public: true, arguable: true, cite: x, on: {day: 09-09}, "
        "in_force_from: 2026-01-01, in_force_to: 2026-12-31}"
    )
    assert loaded(tmp_path, holiday=holiday).holidays["US-CA"] == (
        HolidayChange(
            name="Ours",
            public=True,
            arguable=True,
            cite="x",
            on=FixedDay(month=9, day=9),
            in_force_from=dt.date(2026, 1, 1),
            in_force_to=dt.date(2026, 12, 31),
        ),
    )


def test_an_arguable_day_may_be_one_of_the_list_or_have_a_date(tmp_path):
    for holiday in (
        "{name: Diwali, public: true, arguable: true, cite: x}",
        "{name: Ours, public: false, arguable: true, cite: x, on: {day: 12-24}}",
    ):
        assert loaded(tmp_path, holiday=holiday).holidays["US-CA"][0].arguable


@pytest.mark.parametrize(
    ("holiday", "words"),
    [
        ("{name: Ours, public: true, cite: x}", "a name alone adds no day"),
        ("{name: Ours, public: false, cite: x, on: {day: 09-09}}", "take `on:` out"),
        ("{name: Ours, public: true, on: {day: 09-09}}", "cite"),
        ('{name: Ours, public: true, cite: "", on: {day: 09-09}}', "cite"),
        ("{name: Ours, public: true, cite: x, on: {day: 02-30}}", "a month and a day of it"),
        ("{name: Ours, public: true, cite: x, on: {day: 9.9.}}", "a month and a day of it"),
        ("{name: Ours, public: true, cite: x, on: {}}", "`{easter: 1}`"),
        ("{name: Ours, public: true, cite: x, on: {day: 09-09, easter: 1}}", "`{easter: 1}`"),
        ("{name: Ours, public: true, cite: x, on: {nth: 4, month: 9}}", "`{easter: 1}`"),
        (
            "{name: Ours, public: true, cite: x, on: {nth: 5, weekday: friday, month: 9}}",
            "some months have no fifth",
        ),
        (
            "{name: Ours, public: true, cite: x, on: {nth: 1, weekday: freitag, month: 9}}",
            "one of monday, tuesday",
        ),
        ("{name: Ours, public: true, cite: x, on: {easter: 400}}", "easter"),
        ("{name: Ours, public: true, cite: x, on: {day: 9, month: 9}}", "US-CA"),
    ],
)
def test_what_is_no_holiday(tmp_path, holiday, words):
    with pytest.raises(ConfigurationProblem) as caught:
        loaded(tmp_path, holiday=holiday)
    assert words in str(caught.value)
    assert "own.yaml:8:" in str(caught.value)


def test_a_place_is_a_country_or_a_state(tmp_path):
    text = PACK.replace("US-CA", "California").replace("CLOCK", CLOCK)
    (tmp_path / "own.yaml").write_text(text.replace("HOLIDAY", HOLIDAY))
    with pytest.raises(ConfigurationProblem, match="or a state of one, `US-CA`"):
        load_pack(tmp_path / "own.yaml")


def test_every_key_is_in_the_specification():
    spec = Path(__file__).parents[3] / "docs" / "spec" / "policy-pack.md"
    page = spec.read_text(encoding="utf-8")
    for model in (ClockFile, HolidayFile, KeepFile, ParameterFile):
        for name in model.model_fields:
            assert f"{name}:" in page or f"`{name}`" in page, name
    for word in (*ANCHORS, *REASONS):
        assert word in page, word
