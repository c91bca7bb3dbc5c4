"""Nothing from outside steers the terminal, floods it, or brings the program down."""

from __future__ import annotations

import itertools

import pytest

from govreg.cli.terminal import LONGEST, refuse_broken, shown
from govreg.errors import UsageProblem

HOSTILE = {
    "steering": "a\x1b[31m\x07\x9b\u202eb",
    "surrogate": "a\udcffb",
    "long": "x" * 10_000,
    "empty": "",
    "upwards": "../../../x",
    "two-lines": "a\nb",
    "nul": "a\0b",
}
COMMANDS = [
    ["source", "add", "{}", "--connector", "sql"],
    ["source", "add", "one", "--connector", "{}"],
    ["source", "check", "{}"],
    ["source", "discover", "{}"],
    ["source", "import-fides", "{}"],
    ["activity", "add", "{}", "--title", "T", "--purpose", "P", "--basis", "gdpr.6.1.b"],
    ["activity", "add", "one", "--title", "T", "--purpose", "P", "--basis", "{}"],
    ["subject", "show", "{}"],
    ["subject", "merge", "{}", "{}"],
    ["subject", "split", "{}"],
    ["policy", "explain", "{}"],
    ["policy", "adopt", "{}"],
    ["policy", "adopt", "--rule", "{}"],
    ["policy", "deadline", "gdpr.access", "--received", "{}"],
    ["policy", "deadline", "gdpr.access", "--received", "2026-03-05", "--calendar", "{}"],
    ["request", "open", "--type", "{}", "--law", "gdpr", "--identifier", "email=x@y.example"],
    ["request", "open", "--type", "access", "--law", "{}", "--identifier", "email=x@y.example"],
    ["request", "open", "--type", "access", "--law", "gdpr", "--identifier", "{}"],
    ["request", "open", "--type", "access", "--law", "gdpr", "--identifier", "{}=x"],
    ["request", "open", "--type", "access", "--law", "gdpr", "--identifier", "email={}"],
    ["request", "show", "{}"],
    ["request", "plan", "{}"],
    ["request", "verify-identity", "{}", "--how", "login"],
    ["request", "export", "{}", "-o", "out"],
    ["erasure", "certificate", "{}"],
    ["erasure", "verify", "{}"],
    ["audit", "verify", "--key", "{}"],
    ["audit", "verify", "--folder", "{}"],
]


@pytest.mark.parametrize(
    ("words", "kind"),
    list(itertools.product(COMMANDS, HOSTILE)),
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_a_hostile_argument_is_a_sentence(govreg, shared, words, kind):
    given = [word.replace("{}", HOSTILE[kind]) for word in words]
    said = govreg("--workspace", shared, "--actor", "dpo", *given)
    text = said.out + said.err
    assert said.code in {1, 2, 3, 4}, text[:300]
    assert "Traceback" not in text
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\udcff", "\0"} & set(text)
    assert max(map(len, text.splitlines())) <= LONGEST + 1


def test_what_steers_is_written_out():
    assert shown("a\x1b[31mb") == r"a\x1b[31mb"
    assert shown("a\u202eb\rc") == r"a\u202eb\rc"
    assert shown("a\tb\nc ä 名") == "a\tb\nc ä 名"
    assert shown("a\udcffb") == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize("broken", ["hunter\udcff", "hunter\0"])
def test_an_argument_that_is_no_text_is_not_repeated(broken):
    with pytest.raises(UsageProblem, match="argument 2") as caught:
        refuse_broken(["request", broken])
    assert "hunter" not in str(caught.value)


def test_a_source_cannot_steer_the_terminal_by_its_title(govreg, shop):
    file = shop / "sources" / "shop.yaml"
    file.write_text(file.read_text().replace("title: Shop", 'title: "a\\e[31mb"'))
    assert r"a\x1b[31mb" in govreg("--workspace", shop, "source", "list").out
    (row,) = govreg("--workspace", shop, "--json", "source", "list").json
    assert row["title"] == "a\x1b[31mb"
