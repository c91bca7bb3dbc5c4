import pytest

from govreg.audit.checkpoint import Checkpoint, seal_checkpoint
from govreg.audit.layout import decode_bundle
from govreg.audit.tiles import publish
from govreg.audit.tree import Tree, leaf_hash
from govreg.errors import IntegrityProblem, NotFound


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "audit"
    made.mkdir()
    return made


def code_of(call, *values, **named):
    with pytest.raises(IntegrityProblem) as caught:
        call(*values, **named)
    return caught.value.code


def published(log, folder, **options):
    with log.store.read() as connection:
        return publish(connection, folder, **options)


def files(folder):
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


def test_a_small_log(log, folder):
    note = log.grow(3)
    assert published(log, folder) == ("tile/entries/000.p/3", "tile/0/000.p/3", "checkpoint")
    found = files(folder)
    assert set(found) == {"checkpoint", "tile/entries/000.p/3", "tile/0/000.p/3"}
    assert found["checkpoint"] == note.encode()
    bodies = [log.entry(number).encode() for number in range(3)]
    assert decode_bundle(found["tile/entries/000.p/3"]) == bodies
    assert found["tile/0/000.p/3"] == b"".join(map(leaf_hash, bodies))


def test_publishing_again_writes_nothing(log, folder):
    log.grow(300)
    assert published(log, folder)
    before = files(folder)
    assert published(log, folder) == published(log, folder, recheck=True) == ()
    assert files(folder) == before


def test_a_growing_log_keeps_its_partial_tiles(log, folder):
    log.grow(3)
    published(log, folder)
    log.grow(253)
    assert published(log, folder) == (
        "tile/entries/000",
        "tile/0/000",
        "tile/1/000.p/1",
        "checkpoint",
    )
    log.grow(300)
    assert published(log, folder) == (
        "tile/entries/001",
        "tile/entries/002.p/44",
        "tile/0/001",
        "tile/0/002.p/44",
        "tile/1/000.p/2",
        "checkpoint",
    )
    found = files(folder)
    assert {"tile/entries/000.p/3", "tile/0/000.p/3", "tile/1/000.p/1"} < set(found)
    tree = Tree(leaf_hash(log.entry(number).encode()) for number in range(556))
    assert found["tile/1/000.p/2"] == tree.range_hash(0, 256) + tree.range_hash(256, 512)


def test_only_what_is_signed_is_published(log, folder):
    log.grow(3)
    log.add(2)
    published(log, folder)
    assert set(files(folder)) == {"checkpoint", "tile/entries/000.p/3", "tile/0/000.p/3"}


def test_nothing_signed_is_nothing_to_publish(log, folder):
    log.add(1)
    with pytest.raises(NotFound, match="no checkpoint"):
        published(log, folder)


def test_what_a_crash_left_out_is_completed(log, folder):
    log.grow(300)
    published(log, folder)
    before = files(folder)
    for name in ("checkpoint", "tile/0/000", "tile/1/000.p/1"):
        (folder / name).unlink()
        assert published(log, folder) == (name,)
    assert files(folder) == before


@pytest.mark.parametrize("name", ["tile/entries/001.p/44", "tile/0/001.p/44", "tile/1/000.p/1"])
def test_a_published_file_that_differs_is_left_as_it_is(log, folder, name):
    log.grow(300)
    published(log, folder)
    (folder / name).write_bytes(b"changed")
    with pytest.raises(IntegrityProblem, match=name) as caught:
        published(log, folder)
    assert caught.value.code == "tile_mismatch"
    assert (folder / name).read_bytes() == b"changed"


@pytest.mark.parametrize("name", ["tile/entries/000", "tile/0/000"])
def test_a_full_tile_that_differs_is_found_when_rechecked(log, folder, name):
    log.grow(300)
    published(log, folder)
    (folder / name).write_bytes(b"changed")
    assert code_of(published, log, folder, recheck=True) == "tile_mismatch"


def test_a_store_put_back_from_a_backup_does_not_overwrite(log, folder):
    log.grow(3)
    later = seal_checkpoint(Checkpoint(origin=log.origin, size=9, root=bytes(32)), log.key)
    (folder / "checkpoint").write_text(later)
    assert code_of(published, log, folder) == "rolled_back"
    assert set(files(folder)) == {"checkpoint"}


def test_a_folder_of_another_history_is_left_as_it_is(log, folder):
    log.grow(3)
    other = seal_checkpoint(Checkpoint(origin=log.origin, size=2, root=bytes(32)), log.key)
    (folder / "checkpoint").write_text(other)
    assert code_of(published, log, folder) == "forked"


def test_a_folder_of_another_log_is_left_as_it_is(log, folder):
    log.grow(3)
    other = seal_checkpoint(Checkpoint(origin="else.example", size=2, root=bytes(32)), log.key)
    (folder / "checkpoint").write_text(other)
    assert code_of(published, log, folder) == "wrong_origin"


@pytest.mark.parametrize("raw", [b"\xff", b"noise"])
def test_a_published_checkpoint_that_is_none(log, folder, raw):
    log.grow(3)
    (folder / "checkpoint").write_bytes(raw)
    assert code_of(published, log, folder) == "malformed"


def test_a_store_that_lacks_hashes_publishes_nothing_wrong(log, folder):
    log.grow(300)
    log.run("DELETE FROM audit_node WHERE level = 8")
    assert code_of(published, log, folder) == "tile_mismatch"
    assert not (folder / "checkpoint").exists()


@pytest.mark.postgresql
def test_publishing_from_postgresql(postgresql_log, folder):
    postgresql_log.grow(300)
    assert "tile/1/000.p/1" in published(postgresql_log, folder)
    assert published(postgresql_log, folder, recheck=True) == ()
