"""Files appear whole or not at all."""

import os
import signal
import subprocess
import sys

import pytest

from govreg.files import sweep, whole


def test_a_file_takes_its_name_when_it_is_complete(tmp_path):
    with whole(tmp_path / "made") as file:
        file.write(b"content")
        assert not (tmp_path / "made").exists()
    assert (tmp_path / "made").read_bytes() == b"content"
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["made"]


def test_one_that_breaks_off_leaves_what_was_there(tmp_path):
    (tmp_path / "made").write_bytes(b"before")

    def broken():
        with whole(tmp_path / "made") as file:
            file.write(b"content")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        broken()
    assert (tmp_path / "made").read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["made"]


def test_a_program_that_is_killed_leaves_a_part_that_is_swept(tmp_path):
    (tmp_path / "made").write_bytes(b"before")
    program = """
import os, signal, sys, pathlib
from govreg.files import whole
with whole(pathlib.Path(sys.argv[1]) / "made") as file:
    file.write(b"content")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "made").read_bytes() == b"before"
    (part,) = tmp_path.glob(".part-*")
    made = part.stat().st_mtime
    assert sweep(tmp_path, older_than=made - 60) == 0
    assert sweep(tmp_path, older_than=made + 60) == 1
    assert os.listdir(tmp_path) == ["made"]
