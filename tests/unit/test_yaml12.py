from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from govreg.errors import ConfigurationProblem
from govreg.validation import suggestion
from govreg.yaml12 import (
    StrictModel,
    files_in,
    line_of,
    new,
    parse,
    plain,
    problem_at,
    read,
    text_of,
    validate,
    version_of,
    write,
)

PATH = Path("a.yaml")


class Inner(StrictModel):
    size: int
    colour: str = "red"


class Outer(StrictModel):
    name: str
    inner: Inner
    many: list[Inner] = []


def test_norway_is_a_country():
    assert plain(parse("a: NO\nb: yes\nc: off\nd: true\n", PATH).data) == {
        "a": "NO",
        "b": "yes",
        "c": "off",
        "d": True,
    }


def test_a_sexagesimal_number_is_a_text():
    assert plain(parse("at: 12:30:00\n", PATH).data) == {"at": "12:30:00"}


def test_comments_and_order_survive():
    text = "# top\nb: 1  # why\n\n# about a\na:\n  - x  # one\n  - y\n"
    assert text_of(parse(text, PATH)) == text


def test_a_key_twice_is_refused_with_its_line():
    with pytest.raises(ConfigurationProblem, match="twice") as caught:
        parse("a: 1\nb: 2\na: 3\n", PATH)
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: a\ninner:\n  size: 3\n  colur: red\n", 4, "did you mean `colour`"),
        ("name: a\ninner:\n  size: three\n", 3, "whole number"),
        ("name: a\ninner: {}\n", 2, "required"),
        ("name: a\ninner: {size: 1}\nmany:\n  - size: 1\n  - {size: 2, color: x}\n", 5, "colour"),
    ],
)
def test_an_error_names_line_and_what_is_near(text, line, words):
    with pytest.raises(ConfigurationProblem) as caught:
        validate(Outer, parse(text, PATH))
    assert words in str(caught.value)
    assert caught.value.line == line


def test_a_wrong_value_is_not_repeated():
    with pytest.raises(ConfigurationProblem) as caught:
        validate(Outer, parse("name: a\ninner: {size: hunter2}\n", PATH))
    assert "hunter2" not in str(caught.value)


def test_every_wrong_place_is_told_at_once():
    with pytest.raises(ConfigurationProblem) as caught:
        validate(Outer, parse("nam: a\ninner: {size: x}\n", PATH))
    assert len(caught.value.details) >= 2


def test_the_nearest_line_stands_for_a_place_that_is_missing():
    document = parse("a: 1\nb:\n  c: 2\n", PATH)
    assert line_of(document, ("b", "c")) == 3
    assert line_of(document, ("b", "x", "y")) == 2
    assert problem_at(document, ("b", "c"), "no").line == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\n", "must begin"),
        ("v: 2\n", "version 1"),
        ("v: true\n", "version 1"),
        ("v: x\n", "version 1"),
    ],
)
def test_a_version_that_is_not_read(text, words):
    with pytest.raises(ConfigurationProblem, match=words):
        version_of(parse(text, PATH), "v", 1)


def test_a_write_replaces_the_file_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "sub" / "a.yaml"
    write(new(path, {"a": "NO"}))
    path.chmod(0o600)
    write(new(path, {"a": "yes"}))
    assert plain(read(path).data) == {"a": "yes"}
    assert [entry.name for entry in path.parent.iterdir()] == ["a.yaml"]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"\xff\xfe", b"- 1\n", b"3\n", b""])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, content):
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationProblem):
        read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigurationProblem, match="no such file"):
        read(tmp_path / "a.yaml")


def test_aliases_that_multiply_are_refused():
    rows = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
    rows += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(ConfigurationProblem, match="multiply"):
        parse("\n".join(rows) + "\n", PATH)


def test_suggestion():
    assert suggestion("cat", ["cats", "dog"]) == "did you mean `cats`?"
    assert suggestion("x", ["cats", "dog"]) == "known: cats, dog"
    assert suggestion("x", []) == ""


@pytest.mark.parametrize("text", ["%YAML 1.1\n---\na: NO\n", "# ours\n%YAML 1.1\n---\na: NO\n"])
def test_a_file_that_asks_for_another_yaml_is_refused(text):
    with pytest.raises(ConfigurationProblem, match=r"YAML 1\.2") as caught:
        parse(text, PATH)
    assert caught.value.line == text.count("\n", 0, text.index("%")) + 1


def test_a_file_may_say_that_it_is_yaml_1_2():
    assert plain(parse("%YAML 1.2\n---\na: NO\n", PATH).data) == {"a": "NO"}


@pytest.mark.parametrize(
    "value", ["*hunter2!", "!hunter2!x y", "*hunter2'\"x", "&hunter2 *hunter2x"]
)
def test_a_password_that_yaml_takes_for_a_sign_is_not_repeated(value):
    with pytest.raises(ConfigurationProblem, match="not valid YAML") as caught:
        parse(f"password: {value}\n", PATH)
    assert "hunter2" not in str(caught.value)
    assert caught.value.line == 1


def test_a_sign_that_is_out_of_place_is_named():
    with pytest.raises(ConfigurationProblem, match="'%'"):
        parse("a: %b\n", PATH)


def test_a_flag_with_an_anchor_is_still_a_flag():
    held = plain(parse("a: &yes true\nb: *yes\nc: &no false\n", PATH).data)
    assert [held[name] is wanted for name, wanted in (("a", True), ("b", True), ("c", False))] == [
        True,
        True,
        True,
    ]


class Shelf(StrictModel):
    columns: dict[str, Inner] = {}
    either: Inner | list[Inner] | str = ""


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        (
            "columns:\n  a: {size: 1}\n  list:\n    size: 1\n    sizes: 3\n",
            5,
            "columns.list.sizes",
        ),
        ("columns:\n  a: {size: 1}\n  none:\n    size: x\n", 4, "columns.none.size"),
        ("columns:\n  a: {size: 1}\n  'b[0]':\n    size: x\n", 4, "columns.b[0].size"),
        ("columns:\n  a: {size: 1}\n  int: {}\n", 3, "columns.int.size"),
        ("columns:\n  a:\n    size: 1\n    list: 2\n", 4, "columns.a.list"),
        ("either:\n  size: 1\n  colur: red\n", 3, "either.colur"),
    ],
)
def test_a_key_that_is_called_like_a_type_is_named_in_full(text, line, key):
    with pytest.raises(ConfigurationProblem) as caught:
        validate(Shelf, parse(text, PATH))
    assert (caught.value.line, caught.value.key) == (line, key)


def test_a_newer_version_is_refused_with_both_numbers():
    with pytest.raises(ConfigurationProblem, match=r"reads version 1.*is of version 2"):
        version_of(parse("v: 2\n", PATH), "v", 1)


PIECES = st.sampled_from(
    [
        *list("abc019:-?[]{},&*!|>%@'\"#~ \n\t\\\x00é"),
        "<<: ",
        "!!binary ",
        "!!float ",
        "!!omap ",
        "- ",
        "? ",
        "name: ",
        "inner:\n  ",
        "2020-13-45",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
@example("!!float ")
@example("a: 2020-13-45\n")
@example("a: !!binary xx\n")
@example("{1: 2, [a]: 3}: 4\n")
def test_nothing_but_a_problem_of_configuration_escapes(text):
    with contextlib.suppress(ConfigurationProblem):
        document = parse(text, PATH)
        plain(document.data)
        with contextlib.suppress(ConfigurationProblem):
            validate(Outer, document)


def test_the_version_stands_first_and_nowhere_else():
    assert version_of(parse("# a comment\ngovreg_x: 1\nname: a\n", PATH), "govreg_x", 1) == 1
    with pytest.raises(ConfigurationProblem, match="move the line to the top") as caught:
        version_of(parse("name: a\ngovreg_x: 1\n", PATH), "govreg_x", 1)
    assert caught.value.line == 2


@pytest.mark.parametrize("name", ["shop.yml", "shop.YAML", "shop.Yml"])
def test_a_file_of_the_other_ending_is_named(tmp_path, name):
    (tmp_path / "a.yaml").write_text("a: 1\n")
    (tmp_path / ".hidden.yml").write_text("a: 1\n")
    (tmp_path / "notes.md").write_text("text\n")
    assert files_in(tmp_path) == [tmp_path / "a.yaml"]
    (tmp_path / name).write_text("a: 1\n")
    with pytest.raises(ConfigurationProblem, match=r"rename it to `shop\.yaml`") as caught:
        files_in(tmp_path)
    assert caught.value.file == tmp_path / name


def test_a_folder_that_is_not_there_holds_no_files(tmp_path):
    assert files_in(tmp_path / "none") == []


def test_a_moment_is_a_plain_one():
    held = plain(parse("a: 2026-01-01T00:00:00\nb: 2026-01-01\n", PATH).data)
    assert held == {"a": dt.datetime(2026, 1, 1), "b": dt.date(2026, 1, 1)}
    assert type(held["a"]) is dt.datetime
