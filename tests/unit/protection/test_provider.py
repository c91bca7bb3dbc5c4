import json
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
        {"argon2id": None},
        {"root": "aaaa"},
    ],
    ids=[
        "no-parameters",
        "no-passes",
        "salt-is-no-base64",
        "passes-is-a-word",
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
