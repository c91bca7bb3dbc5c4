"""Notice files say what is wrong with them, where, and what to write instead."""

import datetime as dt

import pytest

from govreg.consent.model import Channel
from govreg.consent.notice_file import load_notices, notice_schema
from govreg.errors import ConfigurationProblem

FILE = """\
govreg_notice: 1
notice: newsletter
version: 2
activities: [newsletter, profiling]
in_force_from: 2026-03-01
texts:
  en: We send you news.
  fi: Lähetämme uutisia.
attested: {informed: true, dark_pattern: false}
withdrawal: {steps: 1, channels: [web, email], words: {en: By the link in each message.}}
changed: {words: {en: a new recipient}, renew: true, activities: [profiling]}
valid_for: P24M
url: https://acme.example/news
"""


def loaded(tmp_path, text, name="newsletter.yaml"):
    (tmp_path / "notices").mkdir(exist_ok=True)
    (tmp_path / "notices" / name).write_text(text)
    return load_notices(tmp_path, controller="Acme Oy")


def test_a_notice(tmp_path):
    notice, _ = loaded(tmp_path, FILE)["newsletter"]
    assert (notice.version, notice.controller) == (2, "Acme Oy")
    assert notice.in_force_from == dt.date(2026, 3, 1)
    assert notice.texts["fi"] == "Lähetämme uutisia."
    assert notice.withdrawal.channels == (Channel.WEB, Channel.EMAIL)
    assert notice.changed.activities == ("profiling",)
    assert notice.valid_for == "P24M"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("govreg_notice: 1", "govreg_notice: 2", 1, "version 1"),
        ("govreg_notice: 1\n", "", 1, "must begin with `govreg_notice: 1`"),
        ("version: 2", "version: 0", 3, "greater than or equal to 1"),
        ("version: 2", "version: 1", 11, "the first version changes nothing"),
        (
            "changed: {words: {en: a new recipient}, renew: true, activities: [profiling]}\n",
            "",
            3,
            "must say what it changed",
        ),
        ("activities: [profiling]}", "activities: [profilng]}", 11, "did you mean `profiling`"),
        ("attested: {informed", "attested: {informd", 9, "did you mean `informed`"),
        ("channels: [web, email]", "channels: [web, fax]", 10, "web"),
        ("valid_for: P24M", "valid_for: two years", 12, "P24M"),
        ("url: https", "url: ftp", 13, "form"),
        (
            "texts:\n  en: We send you news.\n  fi: Lähetämme uutisia.\n",
            "texts: {}\n",
            6,
            "at least",
        ),
        ("activities: [newsletter, profiling]", "activites: [newsletter]", 1, "`activities`"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, old, new, line, words):
    assert old in FILE
    with pytest.raises(ConfigurationProblem) as caught:
        loaded(tmp_path, FILE.replace(old, new))
    assert words in "\n".join([str(caught.value), *caught.value.details])
    assert caught.value.line == line


def test_two_files_of_one_name(tmp_path):
    loaded(tmp_path, FILE)
    with pytest.raises(ConfigurationProblem, match="another file has a notice of this name"):
        loaded(tmp_path, FILE, "other.yaml")


def test_the_schema_knows_every_key():
    keys = {line.partition(":")[0] for line in FILE.splitlines() if line[0] != " "}
    assert keys | {"controller"} == notice_schema()["properties"].keys()
