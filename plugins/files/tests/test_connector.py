"""Which files are collections, and that no path leads out of the source's folder."""

import os
import subprocess
import sys
import textwrap

import pytest

from govreg.connectors.interface import Context
from govreg.errors import ConfigurationProblem, GovregError, SourceProblem
from govreg.testing.connector_changes import Notes, change, planned
from govreg_files.connector import FilesConnector


@pytest.fixture
def outside(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    path = tmp_path / "elsewhere" / "secret.csv"
    path.write_text("id,x\n1,a\n")
    return path


@pytest.mark.parametrize("declared", [True, False])
def test_a_link_out_of_the_folder_is_named_and_never_read(tmp_path, opened, outside, declared):
    (tmp_path / "f" / "a.csv").symlink_to(outside)
    config = {"files": {"a": {"path": "a.csv", "key": ["id"]}}} if declared else {}
    with opened(**config) as session:
        catalogue = session.discover()
        assert not catalogue.collections
        assert dict(catalogue.unreadable) == {"a": "outside_folder"}
        with pytest.raises(SourceProblem) as caught:
            list(session.scan("a", ["id"]))
        assert caught.value.code == "outside_folder"
        assert str(outside) not in str(caught.value)


def test_a_pattern_through_a_linked_folder_is_refused(tmp_path, opened, outside):
    (tmp_path / "f" / "sub").symlink_to(outside.parent)
    with opened(files={"a": {"path": "sub/*.csv"}}) as session:
        assert dict(session.discover().unreadable) == {"a": "outside_folder"}


def test_a_link_inside_the_folder_is_followed_and_stays_a_link(tmp_path, opened):
    real, link = tmp_path / "f" / "real.txt", tmp_path / "f" / "a.csv"
    real.write_text("id,x\n1,a\n2,b\n")
    link.symlink_to("real.txt")
    with opened(files={"a": {"path": "a.csv", "key": ["id"]}}) as session:
        plan = planned(session, change(session, "a", [("1",)]))
        assert [o.kind for o in session.apply(plan, Notes())] == ["done"]
    assert link.is_symlink()
    assert real.read_text() == "id,x\n2,b\n"


@pytest.mark.parametrize("declared", [True, False])
def test_a_link_to_nothing_is_named(tmp_path, opened, declared):
    (tmp_path / "f" / "a.csv").symlink_to("gone.csv")
    with opened(**({"files": {"a": {"path": "a.csv"}}} if declared else {})) as session:
        assert list(session.discover().unreadable) == ["a"]


def test_a_declared_file_that_is_not_there_is_named(opened):
    with opened(files={"a": {"path": "a.csv", "key": ["id"]}}) as session:
        catalogue = session.discover()
    assert not catalogue.collections
    assert dict(catalogue.unreadable) == {"a": "no_table"}


def test_names_that_meet_lose_no_file(tmp_path, opened):
    for name in ("a.csv", "a.jsonl", "a_csv.csv"):
        (tmp_path / "f" / name).write_text('{"id": 1}\n' if "jsonl" in name else "id\n1\n")
    with pytest.raises(ConfigurationProblem, match="`a_csv`"):
        opened()


@pytest.mark.parametrize("path", ["", "**.csv"])
def test_a_pattern_that_is_none_is_a_mistake_in_the_settings(opened, path):
    with pytest.raises((ConfigurationProblem, ValueError)) as caught:
        opened(files={"a": {"path": path, "format": "csv"}})
    assert "path" in str(caught.value)


def test_one_file_is_a_source(tmp_path):
    (tmp_path / "only.csv").write_text("id\n1\n")
    (tmp_path / "letter.txt").write_text("Dear")
    held = FilesConnector()
    context = Context(source="tested", workspace=tmp_path, secret=str)
    with held.open(held.Config.model_validate({"path": "only.csv"}), context) as session:
        assert list(session.discover().collections) == ["only"]
    with pytest.raises(ConfigurationProblem, match=r"format of `letter\.txt`"):
        held.open(held.Config.model_validate({"path": "letter.txt"}), context)


def test_suffixes_in_capitals_and_a_format_that_is_given(tmp_path, opened):
    (tmp_path / "f" / "A.CSV").write_text("id\n1\n")
    (tmp_path / "f" / "b.ndjson").write_text('{"id": 1}\n')
    with opened() as session:
        assert set(session.discover().collections) == {"A", "b"}
    (tmp_path / "f" / "c.txt").write_text("id;x\n1;2\n")
    with opened(files={"c": {"path": "c.txt", "format": "csv"}}) as session:
        assert list(session.discover().collections["c"].columns) == ["id", "x"]
    with pytest.raises(ConfigurationProblem, match="format"):
        opened(files={"c": {"path": "c.txt"}})


@pytest.mark.skipif(os.getuid() != 0, reason="only the administrator can become somebody else")
@pytest.mark.parametrize("closed", ["file", "folder"])
def test_what_may_not_be_read_is_said_without_its_path(tmp_path, closed):
    """As a user who may not: a process of its own gives up its rights."""
    place = tmp_path / "f"
    place.mkdir()
    (place / "a.csv").write_text("id\n1\n")
    (place / "b.csv").write_text("id\n1\n")
    (place / "a.csv").chmod(0o600)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o005 != 0o005 and folder != tmp_path.anchor:
            folder.chmod(folder.stat().st_mode | 0o055)
    if closed == "folder":
        place.chmod(0o700)
    program = f"""
        import os
        from pathlib import Path
        from govreg.connectors.interface import Context
        from govreg.errors import SourceProblem
        from govreg_files.connector import FilesConnector
        import govreg_files.session, pyarrow.csv
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
        held = FilesConnector()
        context = Context(source="t", workspace=Path({str(tmp_path)!r}), secret=str)
        try:
            session = held.open(held.Config.model_validate({{"path": "f"}}), context)
            catalogue = session.discover()
            print(sorted(catalogue.collections), dict(catalogue.unreadable))
        except SourceProblem as problem:
            print(problem.code, str(problem))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    if closed == "file":
        assert done.stdout.strip() == "['b'] {'a': 'unreadable'}", done.stderr
    else:
        assert done.stdout.startswith("unreachable "), done.stderr
        assert str(tmp_path) not in done.stdout


def test_errors_of_the_settings_are_ours(opened):
    with pytest.raises(GovregError):
        opened(files={"a": {"path": "a.unknown"}})


def test_a_file_in_two_collections_is_a_mistake_in_the_settings(tmp_path, opened):
    (tmp_path / "f" / "a.csv").write_text("id\n1\n")
    with pytest.raises(ConfigurationProblem, match=r"`a\.csv` belongs to `x` and to `y`"):
        opened(files={"x": {"path": "a.csv"}, "y": {"path": "*.csv"}})


def test_a_second_name_of_a_file_is_no_second_collection(tmp_path, opened):
    (tmp_path / "f" / "a.csv").write_text("id\n1\n")
    (tmp_path / "f" / "b.csv").symlink_to("a.csv")
    with opened() as session:
        assert list(session.discover().collections) == ["a"]


@pytest.mark.parametrize("delimiter", ['"', "\n", "§"])
def test_a_sign_that_cannot_part_fields_is_refused(opened, delimiter):
    with pytest.raises(ValueError, match="one ASCII sign"):
        opened(files={"a": {"path": "a.csv", "delimiter": delimiter}})
