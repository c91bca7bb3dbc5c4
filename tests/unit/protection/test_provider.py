import json
import os
import resource
import signal
import subprocess
import sys

import pytest

from govreg.errors import ConfigurationProblem, IntegrityProblem
from govreg.protection.provider import LocalKeys


def test_key_files_are_for_their_owner_alone(tmp_path):
    keys = LocalKeys(tmp_path / "keys")
    root = keys.create_root(1)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / root).stat().st_mode & 0o777 == 0o600


def test_another_process_can_unwrap(tmp_path):
    first = LocalKeys(tmp_path)
    root = first.create_root(1)
    wrapped = first.wrap(root, b"k" * 32, b"aad")
    assert LocalKeys(tmp_path).unwrap(root, wrapped, b"aad") == b"k" * 32
    with pytest.raises(IntegrityProblem):
        LocalKeys(tmp_path).unwrap(root, wrapped, b"other")


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
def test_a_folder_that_others_can_enter_is_refused(tmp_path, mode):
    folder = tmp_path / "keys"
    keys = LocalKeys(folder)
    root = keys.create_root(1)
    folder.chmod(mode)
    for act in (lambda: LocalKeys(folder).wrap(root, b"k", b""), lambda: keys.create_root(2)):
        with pytest.raises(ConfigurationProblem) as caught:
            act()
        assert f"chmod 700 {folder}" in str(caught.value)
        assert caught.value.exit_code == 3
    folder.chmod(0o700)
    assert LocalKeys(folder).wrap(root, b"k", b"")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path, mode):
    root = LocalKeys(tmp_path).create_root(1)
    (tmp_path / root).chmod(mode)
    with pytest.raises(ConfigurationProblem, match=f"chmod 600 {tmp_path / root}"):
        LocalKeys(tmp_path).wrap(root, b"k", b"")


def test_a_passphrase_guards_the_file(tmp_path):
    keys = LocalKeys(tmp_path, passphrase="correct horse")
    root = keys.create_root(1)
    wrapped = keys.wrap(root, b"k" * 32, b"")
    assert LocalKeys(tmp_path, passphrase="correct horse").unwrap(root, wrapped, b"") == b"k" * 32
    with pytest.raises(ConfigurationProblem, match="does not open"):
        LocalKeys(tmp_path, passphrase="wrong").unwrap(root, wrapped, b"")
    with pytest.raises(ConfigurationProblem, match="none is given"):
        LocalKeys(tmp_path).unwrap(root, wrapped, b"")


def test_a_destroyed_root_opens_nothing_any_more(tmp_path):
    keys = LocalKeys(tmp_path)
    root = keys.create_root(1)
    wrapped = keys.wrap(root, b"k" * 32, b"")
    assert "cannot be ruled out" in keys.destroy(root)
    assert not os.listdir(tmp_path)
    with pytest.raises(ConfigurationProblem, match="cannot be read"):
        keys.unwrap(root, wrapped, b"")


def test_a_root_whose_file_is_gone_stays_gone(tmp_path):
    """A destruction that was cut off between the file and its note is run again."""
    keys = LocalKeys(tmp_path)
    root = keys.create_root(1)
    keys.destroy(root)
    again = keys.destroy(root)
    assert "was not there any more" in again
    assert "cannot be ruled out" in again


def test_destroying_follows_no_link_out_of_the_folder(tmp_path):
    keys = LocalKeys(tmp_path / "keys")
    root = keys.create_root(1)
    (tmp_path / "victim").write_bytes(b"precious")
    (tmp_path / "keys" / root).unlink()
    (tmp_path / "keys" / root).symlink_to(tmp_path / "victim")
    with pytest.raises(ConfigurationProblem, match="cannot be destroyed"):
        keys.destroy(root)
    assert (tmp_path / "victim").read_bytes() == b"precious"


def test_the_bytes_of_a_destroyed_file_are_overwritten_where_they_lie(tmp_path):
    keys = LocalKeys(tmp_path)
    root = keys.create_root(1)
    was = (tmp_path / root).read_bytes()
    os.link(tmp_path / root, tmp_path / "seen")
    keys.destroy(root)
    left = (tmp_path / "seen").read_bytes()
    assert len(left) == len(was)
    assert json.loads(was)["root"].encode() not in left


def test_a_program_that_is_killed_while_it_writes_leaves_no_half_key_file(tmp_path):
    program = """
import os, pathlib, signal, sys
from govreg.protection.provider import LocalKeys
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
LocalKeys(pathlib.Path(sys.argv[1])).create_root(1)
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not list(tmp_path.glob("*.key"))
    (part,) = tmp_path.iterdir()
    assert part.stat().st_mode & 0o777 == 0o600
    root = LocalKeys(tmp_path).create_root(1)
    assert LocalKeys(tmp_path).wrap(root, b"k" * 32, b"")


def test_a_full_disk_leaves_no_key_file_and_says_so(tmp_path):
    keys = LocalKeys(tmp_path)
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, was[1]))
    try:
        with pytest.raises(ConfigurationProblem, match="cannot be written") as caught:
            keys.create_root(1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
        signal.signal(signal.SIGXFSZ, heard)
    assert caught.value.exit_code == 3
    assert str(tmp_path) in str(caught.value)
    assert not os.listdir(tmp_path)
    assert keys.create_root(1)


def test_a_new_key_file_is_on_the_disk_before_it_is_used(tmp_path, monkeypatch):
    synced, fsync = [], os.fsync

    def watched(handle):
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    root = LocalKeys(tmp_path / "keys").create_root(1)
    parent, part, folder = synced
    assert (parent, folder) == (str(tmp_path), str(tmp_path / "keys"))
    assert part.startswith(str(tmp_path / "keys" / ".part-"))
    synced.clear()
    LocalKeys(tmp_path / "keys").destroy(root)
    assert synced == [str(tmp_path / "keys" / root), str(tmp_path / "keys")]


def test_another_roots_file_is_named_as_wrong(tmp_path):
    keys = LocalKeys(tmp_path)
    one, two = keys.create_root(1), keys.create_root(1)
    wrapped = keys.wrap(one, b"k" * 32, b"")
    with pytest.raises(IntegrityProblem) as caught:
        keys.unwrap(two, wrapped, b"")
    assert caught.value.code == "wrong_root"


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"{}",
        b"[]",
        b"not json",
        bytes(range(128, 256)),
        b'{"format": "govreg-root-key 9", "root": ""}',
        b'{"format": "govreg-root-key 1"}',
        b'{"format": "govreg-root-key 1", "root": 7}',
        b'{"format": "govreg-root-key 1", "root": "*a"}',
        b'{"format": "govreg-root-key 1", "root": "aaaa"}',
        b'{"format": "govreg-root-key 1", "root": "AAAAAAAAAAAAAAAAAAAAAA=="}',
    ],
    ids=[
        "empty",
        "no-format",
        "a-list",
        "not-json",
        "overwritten-and-not-yet-removed",
        "from-the-future",
        "no-root",
        "root-is-a-number",
        "root-is-no-base64",
        "root-cut-off",
        "root-of-a-smaller-cipher",
    ],
)
def test_what_is_no_key_file_is_refused(tmp_path, held):
    root = LocalKeys(tmp_path).create_root(1)
    (tmp_path / root).write_bytes(held)
    with pytest.raises(ConfigurationProblem):
        LocalKeys(tmp_path).wrap(root, b"k", b"")


@pytest.mark.parametrize(
    "change",
    [
        {"argon2id": {}},
        {"argon2id": {"memory_kib": 8, "passes": 0, "lanes": 1, "salt": "c2FsdHNhbHQ="}},
        {"argon2id": {"memory_kib": 8, "passes": 1, "lanes": 1, "salt": "*"}},
        {"argon2id": {"memory_kib": 8, "passes": "many", "lanes": 1, "salt": "c2FsdHNhbHQ="}},
        {"argon2id": {"memory_kib": 2**31, "passes": 1, "lanes": 1, "salt": "c2FsdHNhbHQ="}},
        {"argon2id": None},
        {"root": "aaaa"},
    ],
    ids=[
        "no-parameters",
        "no-passes",
        "salt-is-no-base64",
        "passes-is-a-word",
        "memory-that-nobody-has",
        "guard-taken-off",
        "cut",
    ],
)
def test_a_guarded_file_that_was_altered_is_refused(tmp_path, change):
    root = LocalKeys(tmp_path, passphrase="p").create_root(1)
    held = json.loads((tmp_path / root).read_text())
    (tmp_path / root).write_text(json.dumps({**held, **change}))
    with pytest.raises(ConfigurationProblem):
        LocalKeys(tmp_path, passphrase="p").wrap(root, b"k", b"")


def test_a_wrapped_key_that_was_cut_off_is_refused(tmp_path):
    keys = LocalKeys(tmp_path)
    root = keys.create_root(1)
    wrapped = keys.wrap(root, b"k" * 32, b"")
    for cut in (0, 4, 12, 27, len(wrapped) - 1):
        with pytest.raises(IntegrityProblem):
            keys.unwrap(root, wrapped[:cut], b"")


@pytest.mark.parametrize("name", ["../victim", "victim", "", ".", "..", "epoch-0001-x.key"])
def test_a_reference_out_of_the_store_never_names_another_file(tmp_path, name):
    keys = LocalKeys(tmp_path / "keys")
    keys.create_root(1)
    for victim in (tmp_path / "victim", tmp_path / "keys" / "victim"):
        victim.write_bytes(b"precious")
    with pytest.raises(IntegrityProblem) as caught:
        keys.destroy(name)
    assert caught.value.code == "wrong_root"
    with pytest.raises(IntegrityProblem):
        keys.unwrap(name, b"w" * 60, b"")
    assert (tmp_path / "victim").read_bytes() == b"precious"
    assert (tmp_path / "keys" / "victim").read_bytes() == b"precious"


def test_a_root_is_never_written_over_another(tmp_path):
    keys = LocalKeys(tmp_path)
    assert len({keys.create_root(1) for _ in range(8)}) == len(os.listdir(tmp_path)) == 8


def test_no_key_is_in_a_description_or_in_a_refusal(tmp_path):
    keys = LocalKeys(tmp_path, passphrase="correct horse")
    root = keys.create_root(1)
    with pytest.raises(ConfigurationProblem) as caught:
        LocalKeys(tmp_path, passphrase="a wrong one").wrap(root, b"k", b"")
    assert caught.value.__cause__ is None
    for text in (keys.describe(), str(caught.value)):
        assert "correct horse" not in text
        assert "a wrong one" not in text
