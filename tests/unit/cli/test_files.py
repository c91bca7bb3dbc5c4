"""A key or a checkpoint: as text or as a file, and what to do when there is none."""

from __future__ import annotations

import pytest

from govreg.cli.files import checkpoint_text, key_text, published_key
from govreg.errors import NotFound, UsageProblem

KEY = "acme.example/register+0a1b2c3d+AbCd/+efg=="


def test_a_key_as_text_or_in_a_file(tmp_path):
    file = tmp_path / "public-key.txt"
    file.write_text(f"{KEY}\n")
    assert key_text(KEY) == KEY
    assert key_text(f"{KEY}\n{KEY}") == f"{KEY}\n{KEY}"
    assert key_text(str(file)) == f"{KEY}\n"


@pytest.mark.parametrize("read", [lambda path: key_text(str(path)), checkpoint_text])
def test_a_file_that_is_missing_says_how_to_make_it(tmp_path, read):
    with pytest.raises(NotFound, match="there is no file") as caught:
        read(tmp_path / "none.txt")
    assert any("govreg audit checkpoint" in detail for detail in caught.value.details)


def test_a_log_that_was_never_published(tmp_path):
    with pytest.raises(NotFound, match=r"public-key\.txt") as caught:
        published_key(tmp_path)
    assert "govreg audit checkpoint" in caught.value.details[0]


def test_a_file_that_holds_no_text(tmp_path):
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG\xff")
    with pytest.raises(UsageProblem, match="holds no text"):
        checkpoint_text(file)
    with pytest.raises(UsageProblem, match="is a folder"):
        checkpoint_text(tmp_path)


def test_the_commands_say_so(govreg, shared):
    for words in (
        ["audit", "verify", "--key", "none.txt"],
        ["audit", "verify", "--folder", "none"],
        ["erasure", "verify", "none.json", "--key", "none.txt"],
    ):
        said = govreg("--workspace", shared, *words)
        assert said.code == 4
        assert "there is no file `none" in said.err
        assert "govreg audit checkpoint" in said.err
