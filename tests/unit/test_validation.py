"""Whatever is wrong in whichever file: the message names file, line, key and a way out, no value."""

from __future__ import annotations

import re

import pytest
from tests.journeys.workspace import SETTINGS

from govreg.errors import ConfigurationProblem
from govreg.policy.adopt import AdoptedFile
from govreg.policy.files import PackFile
from govreg.register.documents import ActivityFile, SourceFile
from govreg.settings import load
from govreg.validation import suggestion
from govreg.yaml12 import parse, validate

SOURCE = """\
govreg_source: 1
source: shop
title: Shop
connector: sql
owner: Web team
config: {url: env:URL}
residue:
  - {what: backup, days: 30}
collections:
  people:
    title: {en: People}
    key: [id]
    level: individual
    links: [{fields: [id], to: people, role: owns}]
    retention: {rule: a.b, anchor: date_of(id), fields: [id]}
    fields:
      id: {category: user.unique_id, free_text: false, on_erase: {constant: gone}, label: Number}
"""
ACTIVITY = """\
govreg_activity: 1
activity: orders
title: {en: Orders}
purpose: Delivering
basis: gdpr.6.1.b
recipients:
  - {name: Hosting Oy, role: processor, country: FI}
automated_decision: {logic: none, significance: none}
ended: false
"""
PACK = """\
govreg_pack: 1
pack: own
version: "1"
law: own
title: {en: Own}
rules: []
"""
ADOPTED = f"""\
govreg_adoptions: 1
adopted:
  a.b: {{content_hash: {"a" * 64}, by: dpo, on: 2026-01-01}}
"""
CASES = [
    (SourceFile, SOURCE, "title: Shop", "title: 48151623", 3, "title", "a text or a mapping"),
    (SourceFile, SOURCE, "title: Shop", "title: [48151623]", 3, "title", "a text or a mapping"),
    (SourceFile, SOURCE, "{url: env:URL}", "48151623", 6, "config", "a mapping"),
    (SourceFile, SOURCE, "days: 30", "days: hunter", 8, "residue.0.days", "a whole number"),
    (SourceFile, SOURCE, "days: 30", "days: -1", 8, "residue.0.days", "equal to 0"),
    (
        SourceFile,
        SOURCE,
        "{en: People}",
        "[hunter]",
        11,
        "collections.people.title",
        "a text or a mapping",
    ),
    (
        SourceFile,
        SOURCE,
        "{en: People}",
        "{en: 48151623}",
        11,
        "collections.people.title.en",
        "a text is expected",
    ),
    (
        SourceFile,
        SOURCE,
        "key: [id]",
        "key: hunter",
        12,
        "collections.people.key",
        "a list such as",
    ),
    (
        SourceFile,
        SOURCE,
        "level: individual",
        "level: hunter",
        13,
        "collections.people.level",
        "`household`",
    ),
    (
        SourceFile,
        SOURCE,
        "fields: [id], to",
        "fields: [], to",
        14,
        "links.0.fields",
        "at least 1 item",
    ),
    (SourceFile, SOURCE, "role: owns", "role: hunter", 14, "links.0.role", "`mentions`"),
    (
        SourceFile,
        SOURCE,
        "{rule: a.b, anchor: date_of(id), fields: [id]}",
        "hunter",
        15,
        "collections.people.retention",
        "a list such as `[a, b]` or a mapping",
    ),
    (
        SourceFile,
        SOURCE,
        "rule: a.b",
        "rule: 48151623",
        15,
        "retention.rule",
        "a text is expected",
    ),
    (
        SourceFile,
        SOURCE,
        "free_text: false",
        "free_text: hunter",
        17,
        "fields.id.free_text",
        "`true` or `false`",
    ),
    (SourceFile, SOURCE, "{constant: gone}", "hunter", 17, "fields.id.on_erase", "`set_null`"),
    (
        SourceFile,
        SOURCE,
        "{constant: gone}",
        "{generalise_date: hunter}",
        17,
        "on_erase.generalise_date",
        "`year` or `month`",
    ),
    (
        SourceFile,
        SOURCE,
        "{constant: gone}",
        "{generalize_date: month}",
        17,
        "on_erase.generalize_date",
        "did you mean `generalise_date`?",
    ),
    (SourceFile, SOURCE, "source: shop", "source: Hunter", 2, "source", "small letters"),
    (
        ActivityFile,
        ACTIVITY,
        "purpose: Delivering",
        "purpose: 48151623",
        4,
        "purpose",
        "a text or a mapping",
    ),
    (
        ActivityFile,
        ACTIVITY,
        "country: FI",
        "country: hunter",
        7,
        "recipients.0.country",
        "two capital letters",
    ),
    (
        ActivityFile,
        ACTIVITY,
        "{logic: none, significance: none}",
        "hunter",
        8,
        "automated_decision",
        "a mapping",
    ),
    (ActivityFile, ACTIVITY, "logic: none, ", "", 8, "automated_decision.logic", "required"),
    (ActivityFile, ACTIVITY, "ended: false", "ended: hunter", 9, "ended", "`true` or `false`"),
    (PackFile, PACK, "rules: []", "rules: hunter", 6, "rules", "a list such as"),
    (PackFile, PACK, "title: {en: Own}", "title: hunter", 5, "title", "a mapping"),
    (AdoptedFile, ADOPTED, "2026-01-01", "hunter", 3, "adopted.a.b.on", "a date such as"),
    (AdoptedFile, ADOPTED, "by: dpo", "by: [hunter]", 3, "adopted.a.b.by", "a text is expected"),
]
RAW = re.compile(r"Input should|valid (string|integer|dictionary|list)|\[type=|Error\b|pydantic")


@pytest.mark.parametrize(("model", "text", "old", "new", "line", "key", "words"), CASES)
def test_a_wrong_type_in_a_file(model, text, old, new, line, key, words, tmp_path):
    assert old in text
    path = tmp_path / "file.yaml"
    with pytest.raises(ConfigurationProblem) as caught:
        validate(model, parse(text.replace(old, new), path))
    said = str(caught.value)
    assert (caught.value.file, caught.value.line) == (path, line), said
    assert str(caught.value.key).endswith(key)
    assert words in said
    assert not RAW.search(said)
    assert "48151623" not in said
    assert "hunter" not in said.lower()


@pytest.mark.parametrize(("model", "text"), {model: text for model, text, *_ in CASES}.items())
def test_the_files_are_right_before_they_are_spoilt(model, text, tmp_path):
    assert validate(model, parse(text, tmp_path / "file.yaml"))


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('languages = ["en"]', "languages = 48151623", "languages", "a list such as"),
        (
            'country = "FI"\nlanguages',
            'country = "hunter"\nlanguages',
            "country",
            "capital letters",
        ),
        (
            "languages",
            "four_eyes = 48151623\nlanguages",
            "four_eyes",
            "`true` or `false` or a mapping",
        ),
        (
            "languages",
            'four_eyes = {enabled = false, reason = "x"}\nlanguages',
            "four_eyes.reason",
            "10 characters",
        ),
        (
            "languages",
            'four_eyes = {enabled = false, raeson = "x"}\nlanguages',
            "four_eyes.raeson",
            "`reason`",
        ),
        ('name = "Officer"\nemail', "name = 48151623\nemail", "dpo.name", "a text is expected"),
        ('origin = "acme.example/register"', 'origin = "hunter"', "audit.origin", "host and path"),
        ('roles = ["dpo"]', 'roles = "hunter"', "people.dpo.roles", "a list such as"),
        ('roles = ["dpo"]', 'roles = ["hunter"]', "people.dpo.roles.0", "`steward`"),
    ],
)
def test_a_wrong_type_in_the_settings(old, new, key, words, tmp_path):
    text = SETTINGS.format(extra="", tables="")
    assert old in text
    (tmp_path / "govreg.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigurationProblem) as caught:
        load(tmp_path)
    said = str(caught.value)
    assert (caught.value.file, caught.value.key) == (tmp_path / "govreg.toml", key)
    assert caught.value.line is not None
    assert words in said
    assert not RAW.search(said)
    assert "48151623" not in said
    assert "hunter" not in said


def test_a_suggestion():
    assert suggestion("colur", ["colour", "size"]) == "did you mean `colour`?"
    assert suggestion("zzz", ["colour", "size"]) == "known: colour, size"
    assert suggestion("zzz", []) == ""
