"""The documents hold what they say: links, commands, codes, facts and formats."""

import ast
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from govreg import errors
from govreg.cli.main import cli
from govreg.consent.dpv import EXERCISES, STATES
from govreg.policy.facts import FACTS

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        ROOT / "README.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "plugins").glob("*/README.md"),
        ROOT / "policies" / "README.md",
    ]
)
SPECS = sorted((ROOT / "docs" / "spec").glob("*.md"))
SOURCES = ("src", "plugins/sql/src", "plugins/files/src", "policies/src")
MADE = {"__pycache__", "govreg-demo", "dist", "build", "node_modules", "uv.lock"}
KEPT_DOTS = {".ci", ".gitignore"}
# Spelled apart, so that this file does not hold them either
ELSEWHERE = ("/wo" + "rk/", "sha" + "red/", ".lib" + "rary", "sub" + "agent")


def named(path):
    return str(path.relative_to(ROOT))


def anchors(page):
    heads = re.findall(r"^#+ +(.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def prose(page):
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def links(page):
    return re.findall(r"\]\(([^)\s]+)\)", prose(page))


def typed(page):
    """Every line behind a `$` in the page's console blocks, continued lines joined."""
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    for block in blocks:
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("$ "):
                yield from (
                    words for part in line[2:].split("&&") if (words := shlex.split(part, True))
                )


def inline(page):
    """Every `govreg …` that stands in running text; specifications name labels of that form."""
    for text in re.findall(r"`(govreg [^`]+)`", "" if page in SPECS else prose(page)):
        yield shlex.split(text, True)


def unknown(words):
    """What a command line names that does not exist; None when all of it does."""
    context, command, options = click.Context(cli), cli, set()
    rest = iter(words[1:])
    for word in rest:
        options |= {n for option in command.params for n in (*option.opts, *option.secondary_opts)}
        if word.startswith("-") and word != "-":
            name = word.partition("=")[0]
            if name not in options | {"--help"}:
                return f"{command.name} {name}"
            option = next((o for o in command.params if name in o.opts), None)
            if option is not None and not option.is_flag:
                next(rest, None)
        elif isinstance(command, click.Group):
            found = command.get_command(context, word)
            if found is None:
                return word
            command = found
    return None


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page):
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_document_is_linked_from_another():
    linked = {
        (page.parent / link.partition("#")[0]).resolve() for page in PAGES for link in links(page)
    }
    for page in (ROOT / "docs").rglob("*.md"):
        assert linked & {page, page.parent}, named(page)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_exists(page):
    for words in [*typed(page), *inline(page)]:
        if words[0] == "govreg":
            assert unknown(words) is None, " ".join(words)
        elif words[0] == "make":
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            assert re.search(rf"^{words[1]}:", makefile, re.MULTILINE), " ".join(words)


def test_the_documents_do_name_commands():
    assert sum(words[0] == "govreg" for page in PAGES for words in typed(page)) > 25


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("govreg --actor dpo request open --type access", None),
        ("govreg request opne --type access", "opne"),
        ("govreg request open --kind access", "open --kind"),
        ("govreg --quiet request open", "cli --quiet"),
    ],
)
def test_a_command_that_does_not_exist_is_seen(line, missing):
    assert unknown(shlex.split(line)) == missing


def test_every_exit_code_is_documented():
    said = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Exit codes")[2]
    said = set(map(int, re.findall(r"(?:^|· |\n)(\d+) ", said.partition("\n## ")[0])))
    raised = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.GovregError)
    }
    assert raised | {0, 130} == said


def codes(error):
    """The first argument of every call of `error`, where it is written out."""
    for folder in SOURCES:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", None) == error:
                    match node.args:
                        case [ast.Constant(value=str(code)), *_]:
                            yield code


def test_every_integrity_code_is_in_the_specifications():
    text = "".join(page.read_text(encoding="utf-8") for page in SPECS)
    assert {code for code in codes("IntegrityProblem") if f"`{code}`" not in text} == set()


def test_every_code_of_a_signal_is_in_its_specification():
    text = (ROOT / "docs" / "spec" / "consent-signals.md").read_text(encoding="utf-8")
    failures, _, findings = text.partition("\n## Failures")[2].partition("\n## Findings")
    rows = re.compile(r"^\| `([a-z_0-9]+)` \|", re.MULTILINE)
    assert set(rows.findall(failures)) == {*codes("MalformedSignal"), "trailing_bits"}
    stated = set(re.findall(r"^ +code=\"([a-z_]+)\"", signal_rules(), re.MULTILINE))
    assert set(rows.findall(findings)) == stated


def signal_rules():
    folder = ROOT / "src" / "govreg" / "consent" / "signals"
    return "".join(file.read_text(encoding="utf-8") for file in folder.glob("*_rules.py"))


def test_every_source_code_is_in_the_connectors_guide():
    guide = ROOT / "docs" / "plugins" / "writing-a-connector.md"
    text = guide.read_text(encoding="utf-8")
    raised = {*codes("SourceProblem"), *codes("BadFile"), "constraint", "unsupported"}
    assert {code for code in raised if f"`{code}`" not in text} == set()


def test_every_fact_is_in_the_specification_as_it_is():
    lines = (ROOT / "docs" / "spec" / "policy-pack.md").read_text(encoding="utf-8").splitlines()
    for fact in FACTS.values():
        values = ", ".join(f"`{value}`" for value in fact.values or ())
        presumed = "" if fact.presumed is None else str(fact.presumed).lower()
        row = f"| `{fact.name}` | {fact.kind} | {fact.words} | {values} | {presumed} |"
        assert row in lines, fact.name


def test_the_specification_names_no_fact_that_is_none():
    text = (ROOT / "docs" / "spec" / "policy-pack.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", text, re.MULTILINE)) == set(FACTS)


@pytest.mark.parametrize("page", SPECS, ids=named)
def test_every_stored_format_has_a_version_in_its_title(page):
    assert re.match(r"# .+, version \d+\n", page.read_text(encoding="utf-8"))


def files(folder):
    for path in folder.iterdir():
        hidden = path.name.startswith(".") and path.name not in KEPT_DOTS
        if hidden or path.name in MADE or path.is_symlink():
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def test_the_repository_speaks_only_of_itself():
    found = [
        (named(file), word)
        for file in files(ROOT)
        for word in ELSEWHERE
        if word in file.read_text(encoding="utf-8", errors="replace").lower()
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["plugins/sql", "plugins/files", "policies"])
def test_a_distribution_brings_the_licence(folder):
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["license-files"] == ["LICENSE"]
    assert (ROOT / folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def receipt_page_text():
    return (ROOT / "docs" / "spec" / "consent-receipt.md").read_text(encoding="utf-8")


def test_the_page_on_receipts_has_every_event_as_it_is_written():
    states, _, exercises = receipt_page_text().partition("`dpv:RightExerciseActivity` and")
    rows = dict(re.findall(r"^\| (`[a-z_`, ]+`) \| `(dpv:\w+)` \|$", states, re.MULTILINE))
    told = {name: term for names, term in rows.items() for name in re.findall(r"`(\w+)`", names)}
    assert told == {str(kind): term for kind, term in STATES.items()}
    for kind, held in EXERCISES.items():
        (row,) = re.findall(rf"^\| [^|]*`{kind}`[^|]* \|.*$", exercises, re.MULTILINE)
        written = set(re.findall(r"`((?:dpv|eu-gdpr):[\w-]+)`", row))
        assert written == {one for one in (held.control, held.right, held.status) if one}, kind


def test_the_page_on_receipts_has_every_term_of_govregs_own():
    source = ROOT / "src" / "govreg" / "consent"
    written = {
        name
        for file in source.glob("receipt*.py")
        for name in re.findall(r'"(govreg:\w+)"', file.read_text(encoding="utf-8"))
    }
    listed = set(re.findall(r"`(govreg:\w+)`", receipt_page_text()))
    assert len(written) > 8
    assert listed == {*written, "govreg:receiptVersion"}
