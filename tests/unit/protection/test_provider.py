import os

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


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path, mode):
    root = LocalKeys(tmp_path).create_root(1)
    (tmp_path / root).chmod(mode)
    with pytest.raises(ConfigurationProblem, match="chmod 600"):
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


def test_another_roots_file_is_named_as_wrong(tmp_path):
    keys = LocalKeys(tmp_path)
    one, two = keys.create_root(1), keys.create_root(1)
    wrapped = keys.wrap(one, b"k" * 32, b"")
    with pytest.raises(IntegrityProblem) as caught:
        keys.unwrap(two, wrapped, b"")
    assert caught.value.code == "wrong_root"


@pytest.mark.parametrize(
    "text", ["", "{}", "not json", '{"format": "govreg-root-key 9", "root": ""}']
)
def test_what_is_no_key_file_is_refused(tmp_path, text):
    root = LocalKeys(tmp_path).create_root(1)
    (tmp_path / root).write_text(text)
    with pytest.raises(ConfigurationProblem):
        LocalKeys(tmp_path).wrap(root, b"k", b"")
