"""The entry: every command is found and helps itself, every error is a sentence and an exit code."""

from __future__ import annotations

import click
import pytest

from govreg import errors
from govreg.cli.main import _COMMANDS, cli


def leaves():
    context = click.Context(cli)
    for name in _COMMANDS:
        command = cli.get_command(context, name)
        if isinstance(command, click.Group):
            for leaf, held in command.commands.items():
                if isinstance(held, click.Group):
                    yield from ((name, leaf, one) for one in held.commands)
                else:
                    yield (name, leaf)
        else:
            yield (name,)


def groups():
    context = click.Context(cli)
    return [n for n in _COMMANDS if isinstance(cli.get_command(context, n), click.Group)]


def squeezed(text):
    return " ".join(text.split())


@pytest.mark.parametrize("words", list(leaves()), ids=" ".join)
def test_every_command_says_what_it_does_with_an_example_that_can_be_copied(
    govreg, monkeypatch, words
):
    monkeypatch.setenv("COLUMNS", "80")
    said = govreg(*words, "--help")
    assert said.code == 0
    lines = said.out.splitlines()
    (at,) = [number for number, line in enumerate(lines) if "Example: govreg" in line]
    assert " ".join(words) in lines[at]
    assert lines[at].endswith("\\") or not lines[at + 1].strip()
    assert "  --json" in said.out


def test_json_is_said_before_a_command_or_behind_it(govreg):
    words = ("consent", "decode", "1YNN")
    before = govreg("--json", *words)
    assert before.out.startswith("{")
    assert govreg(*words, "--json") == before
    assert govreg("--json", *words, "--json") == before
    assert not govreg(*words).out.startswith("{")


@pytest.mark.parametrize("group", groups())
def test_the_help_of_a_group_cuts_no_sentence(govreg, monkeypatch, group):
    monkeypatch.setenv("COLUMNS", "80")
    said = govreg(group, "--help")
    assert said.code == 0
    assert "..." not in said.out.replace("[ARGS]...", "")
    command = cli.get_command(click.Context(cli), group)
    for leaf in command.commands.values():
        assert squeezed(leaf.help.partition("\n")[0]) in squeezed(said.out)


def test_the_help_lists_every_command(govreg):
    said = govreg("--help")
    assert [name for name in _COMMANDS if f"\n  {name} " not in said.out] == []


def failing(problem):
    def fail(*_args, **_options):
        raise problem

    return fail


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (errors.Refused("not now", "wait"), 1),
        (errors.Blocked("it cannot be carried out", ["because", "and because"]), 1),
        (errors.Conflict("somebody else was here"), 1),
        (errors.UsageProblem("write it so"), 2),
        (
            errors.ConfigurationProblem(
                "it is wrong", "write it so", file="a.yaml", line=3, key="b"
            ),
            3,
        ),
        (errors.SourceProblem("gone", "it is gone", source="shop", collection="people"), 3),
        (errors.UnsupportedOperation("delete rows", source="shop", collection="people"), 3),
        (errors.NotFound("there is none"), 4),
        (errors.IntegrityProblem("altered", "it was changed"), 5),
        (OSError(28, "No space left on device", "/somewhere/register.db"), 3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_error_has_its_exit_code_and_is_a_sentence(govreg, monkeypatch, problem, code):
    monkeypatch.setattr(cli, "invoke", failing(problem))
    said = govreg("status")
    assert said.code == code
    assert said.out == ""
    assert said.err.startswith("govreg: ")
    assert "Traceback" not in said.err
    for detail in getattr(problem, "details", ()):
        assert f"\n  {detail}\n" in said.err


def test_what_is_no_error_of_a_person_is_shown_whole(govreg, monkeypatch):
    monkeypatch.setattr(cli, "invoke", failing(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        govreg("status")


def test_an_interruption(govreg, monkeypatch):
    monkeypatch.setattr(cli, "invoke", failing(KeyboardInterrupt()))
    assert govreg("status").code == 130


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["nothing"], "No such command"),
        (["request", "opne"], "Did you mean 'open'"),
        (["request", "open", "--kind", "access"], "No such option"),
        (["request", "open"], "--type"),
        (["audit", "show", "--last", "-5"], "x>=1"),
        (["audit", "show", "--last", "many"], "is not a valid integer"),
    ],
)
def test_a_wrong_call_is_2(govreg, words, part):
    said = govreg(*words)
    assert (said.code, said.out) == (2, "")
    assert part in said.err


def test_outside_of_a_workspace_is_4(govreg):
    for words in (["status"], ["source", "list"], ["register", "check"], ["policy", "list"]):
        said = govreg(*words)
        assert said.code == 4
        assert "govreg init DIR" in said.err
