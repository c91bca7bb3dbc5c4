"""The signals file: what is read out of it, and how what is wrong is told."""

from pathlib import Path

import jsonschema
import pytest

from govreg.consent.signals.meaning import Needs, OptOut, TcfNeeds
from govreg.consent.signals_file import load_mapping, signals_schema
from govreg.errors import ConfigurationProblem

DOCS = Path(__file__).parents[3] / "docs"
ACTIVITIES = {"ads": None, "orders": None}


def loaded(folder, text):
    (folder / "signals.yaml").write_text(text)
    return load_mapping(folder, ACTIVITIES)


def one(folder, text):
    return loaded(folder, f"govreg_signals: 1\nactivities:\n  ads: {text}\n").activities["ads"]


def test_a_workspace_without_the_file(tmp_path):
    assert load_mapping(tmp_path, ACTIVITIES) is None


def test_everything_that_can_be_said(tmp_path):
    held = loaded(
        tmp_path,
        """\
govreg_signals: 1
collected: {notice: banner, act: pressed, channel: web, steps: 2, explicit: true}
sections: [tcfeuv2, uspv1, usca]
activities:
  ads:
    tcf: {purposes: [1], special_features: [2], legitimate_interests: [7], vendor: 755}
    us: [sale, sensitive]
    gpc: false
""",
    )
    assert held.sections == {2, 6, 8}
    assert (held.notice, held.act, held.channel, held.steps) == ("banner", "pressed", "web", 2)
    assert held.explicit is True
    assert held.activities == {
        "ads": Needs(
            tcf=TcfNeeds(
                purposes=(1,), special_features=(2,), legitimate_interests=(7,), vendor=755
            ),
            us=frozenset({OptOut.SALE, OptOut.SENSITIVE}),
            gpc=False,
        )
    }


@pytest.mark.parametrize(
    ("text", "gpc"),
    [
        ("{us: [sale]}", True),
        ("{us: [sharing]}", True),
        ("{us: [targeted_advertising]}", True),
        ("{us: [sale], gpc: false}", False),
        ("{us: [sensitive]}", False),
        ("{tcf: {purposes: [1]}}", False),
        ("{tcf: {purposes: [1]}, gpc: true}", True),
    ],
)
def test_privacy_control_opts_out_of_what_can_be_opted_out_of(tmp_path, text, gpc):
    assert one(tmp_path, text).gpc is gpc


def test_every_section_counts_where_none_is_named(tmp_path):
    text = "govreg_signals: 1\nactivities: {ads: {gpc: true}}\n"
    assert loaded(tmp_path, text).sections is None


@pytest.mark.parametrize(
    ("line", "text", "words"),
    [
        (1, "activities: {ads: {gpc: true}}\n", "begin with `govreg_signals: 1`"),
        (1, "govreg_signals: 2\nactivities: {ads: {gpc: true}}\n", "version 2"),
        (2, "govreg_signals: 1\nactivities: {}\n", "activities"),
        (3, "govreg_signals: 1\nactivities:\n  add: {gpc: true}\n", "did you mean `ads`?"),
        (3, "govreg_signals: 1\nactivities:\n  ads: {}\n", "no signal speaks of it"),
        (3, "govreg_signals: 1\nactivities:\n  ads: {gpc: false}\n", "no signal speaks of it"),
        (4, "govreg_signals: 1\nactivities:\n  ads:\n    us: [sail]\n", "activities.ads.us"),
        (4, "govreg_signals: 1\nactivities:\n  ads:\n    gcp: true\n", "did you mean `gpc`?"),
        (
            4,
            "govreg_signals: 1\nactivities:\n  ads:\n    tcf: {vendor: 7}\n",
            "name `purposes`, `special_features` or `legitimate_interests`",
        ),
        (
            4,
            "govreg_signals: 1\nactivities:\n  ads:\n    tcf: {purposes: [12]}\n",
            "activities.ads.tcf.purposes",
        ),
        (
            4,
            "govreg_signals: 1\nactivities:\n  ads:\n    tcf: {legitimate_interests: [7, 3]}\n",
            "no basis for purposes 3",
        ),
        (
            2,
            "govreg_signals: 1\nsections: [usnatt]\nactivities: {ads: {gpc: true}}\n",
            "did you mean `usnat`?",
        ),
        (
            2,
            "govreg_signals: 1\ncollected: {attested: {fre: true}}\nactivities: {ads: {gpc: true}}\n",
            "did you mean `free`?",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, line, text, words):
    with pytest.raises(ConfigurationProblem) as problem:
        loaded(tmp_path, text)
    assert words in str(problem.value)
    assert problem.value.line == line
    assert f"signals.yaml:{line}: " in str(problem.value)


@pytest.mark.parametrize("page", ["spec/signals-file.md", "guides/consent.md"])
def test_the_examples_in_the_documentation_are_read(tmp_path, page):
    text = (DOCS / page).read_text(encoding="utf-8")
    example = text.partition("```yaml\ngovreg_signals")[2].partition("```")[0]
    (tmp_path / "signals.yaml").write_text(f"govreg_signals{example}")
    named = dict.fromkeys(["ad-personalisation", "ad-measurement", "precise-location"])
    assert load_mapping(tmp_path, named).activities["ad-personalisation"].gpc is True


def test_the_schema_for_editors():
    schema = signals_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"].keys() == {
        "govreg_signals",
        "collected",
        "sections",
        "activities",
    }
