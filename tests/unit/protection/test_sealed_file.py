import dataclasses
import json
import os
import resource
import signal
import struct
import tracemalloc
from pathlib import Path

import pytest

from govreg.errors import IntegrityProblem
from govreg.protection.aead import Suite
from govreg.protection.envelope import Context, Key
from govreg.protection.sealed_file import open_file, seal_file

HELD = json.loads(
    (Path(__file__).parents[2] / "vectors" / "protection" / "sealed-file.json").read_text()
)
KEY = Key(id=HELD["key_id"], suite=Suite.GCM, secret=bytes.fromhex(HELD["key"]))
PLACE = Context(**HELD["context"])
HEAD = len(b"govreg-sealed-file\x01") + 16


@pytest.mark.parametrize("case", HELD["opens"], ids=lambda case: case["name"])
def test_opens(tmp_path, case):
    (tmp_path / "sealed").write_bytes(bytes.fromhex(case["sealed"]))
    open_file(KEY, tmp_path / "sealed", tmp_path / "opened", PLACE)
    assert (tmp_path / "opened").read_bytes().hex() == case["plain"]


@pytest.mark.parametrize("case", HELD["fails"], ids=lambda case: case["name"])
def test_fails(tmp_path, case):
    (tmp_path / "sealed").write_bytes(bytes.fromhex(case["sealed"]))
    with pytest.raises(IntegrityProblem) as caught:
        open_file(KEY, tmp_path / "sealed", tmp_path / "opened", PLACE)
    assert caught.value.code == case["code"]
    assert os.listdir(tmp_path) == ["sealed"]


def chunks(sealed):
    """Head and chunks of a sealed file, each chunk with its length."""
    head, at, found = sealed[:HEAD], HEAD, []
    while at < len(sealed):
        end = at + 4 + struct.unpack(">I", sealed[at : at + 4])[0]
        found.append(sealed[at:end])
        at = end
    return head, found


def test_two_files_of_one_place_and_key_cannot_exchange_chunks(tmp_path):
    plain = b"a" * (1 << 20) + b"b" * (1 << 20) + b"c"
    (tmp_path / "plain").write_bytes(plain)
    made = []
    for name in ("one", "two"):
        seal_file(KEY, tmp_path / "plain", tmp_path / name, PLACE)
        made.append(chunks((tmp_path / name).read_bytes()))
    (head, mine), (_, other) = made
    assert len(mine) == len(other) == 3
    for at in range(3):
        spliced = [*mine[:at], other[at], *mine[at + 1 :]]
        (tmp_path / "broken").write_bytes(head + b"".join(spliced))
        with pytest.raises(IntegrityProblem) as caught:
            open_file(KEY, tmp_path / "broken", tmp_path / "opened", PLACE)
        assert caught.value.code == "not_authentic"
        assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_a_file_of_any_size(tmp_path, size):
    (tmp_path / "plain").write_bytes(bytes(size))
    seal_file(KEY, tmp_path / "plain", tmp_path / "sealed", PLACE)
    open_file(KEY, tmp_path / "sealed", tmp_path / "opened", PLACE)
    assert (tmp_path / "opened").read_bytes() == bytes(size)
    assert (tmp_path / "sealed").stat().st_mode & 0o777 == 0o600


def test_a_length_that_no_chunk_has_is_refused_before_memory_is_asked_for(tmp_path):
    (tmp_path / "plain").write_bytes(b"a")
    seal_file(KEY, tmp_path / "plain", tmp_path / "sealed", PLACE)
    whole = (tmp_path / "sealed").read_bytes()
    for length in (2**32 - 1, (1 << 20) + 64):
        broken = whole[:HEAD] + struct.pack(">I", length) + whole[HEAD + 4 :]
        (tmp_path / "broken").write_bytes(broken)
        tracemalloc.start()
        with pytest.raises(IntegrityProblem) as caught:
            open_file(KEY, tmp_path / "broken", tmp_path / "opened", PLACE)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert caught.value.code == "not_authentic"
        assert peak < 16 << 20


def test_no_plain_leftover_stays_when_the_target_cannot_be_replaced(tmp_path):
    (tmp_path / "plain").write_bytes(b"anna")
    seal_file(KEY, tmp_path / "plain", tmp_path / "sealed", PLACE)
    (tmp_path / "opened").mkdir()
    with pytest.raises(OSError, match="opened"):
        open_file(KEY, tmp_path / "sealed", tmp_path / "opened", PLACE)
    assert not list(tmp_path.glob(".part-*"))


def test_no_plain_leftover_stays_when_the_disk_is_full(tmp_path):
    (tmp_path / "plain").write_bytes(b"a" * 3000)
    seal_file(KEY, tmp_path / "plain", tmp_path / "sealed", PLACE)
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 10, was[1]))
    try:
        with pytest.raises(OSError, match="large"):
            open_file(KEY, tmp_path / "sealed", tmp_path / "opened", PLACE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
        signal.signal(signal.SIGXFSZ, heard)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain", "sealed"]


def test_a_target_that_held_something_is_replaced_whole_or_not_at_all(tmp_path):
    (tmp_path / "plain").write_bytes(b"new")
    seal_file(KEY, tmp_path / "plain", tmp_path / "sealed", PLACE)
    (tmp_path / "opened").write_bytes(b"old")
    elsewhere = dataclasses.replace(PLACE, record="other")
    with pytest.raises(IntegrityProblem):
        open_file(KEY, tmp_path / "sealed", tmp_path / "opened", elsewhere)
    assert (tmp_path / "opened").read_bytes() == b"old"
    open_file(KEY, tmp_path / "sealed", tmp_path / "opened", PLACE)
    assert (tmp_path / "opened").read_bytes() == b"new"
