import pytest

from govreg.audit.layout import Tile
from govreg.audit.published import (
    compare_tiles,
    hash_entries,
    kept_tiles,
    published_leaves,
    read_checkpoint,
    read_tile,
    tile_nodes,
)
from govreg.audit.tiles import publish
from govreg.audit.tree import Tree, leaf_hash
from govreg.errors import IntegrityProblem, NotFound


@pytest.fixture
def folder(log, tmp_path):
    made = tmp_path / "audit"
    for count in (3, 297, 220):
        log.grow(count)
        with log.store.read() as connection:
            publish(connection, made)
    return made


@pytest.fixture
def tree(log):
    return Tree(leaf_hash(log.entry(number).encode()) for number in range(520))


def code_of(call, *values):
    with pytest.raises(IntegrityProblem) as caught:
        call(*values)
    return caught.value.code


def test_the_tree_over_the_published_entries(folder, tree):
    assert hash_entries(folder, 520).root() == tree.root()
    assert hash_entries(folder, 300).root() == tree.root(300)
    assert published_leaves(folder, 520) == [tree.node(0, index) for index in range(520)]
    compare_tiles(folder, tree)


def test_hashes_between_the_levels_of_tiles(folder, tree):
    node = tile_nodes(folder, 520)
    for level in range(10):
        for index in range(520 >> level):
            assert node(level, index) == tree.node(level, index)
    for place in ((0, 520), (3, 65), (8, 2), (10, 0), (16, 0)):
        assert code_of(node, *place) == "tile_mismatch"


def test_kept_tiles(folder):
    assert [each.path for each in kept_tiles(folder, Tile(level=0, index=0, width=256))] == [
        "tile/0/000.p/3"
    ]
    assert [each.width for each in kept_tiles(folder, Tile(level=0, index=1, width=256))] == [44]
    (folder / "tile/0/001.p/draft").write_bytes(b"")
    (folder / "tile/0/001.p/999").write_bytes(b"")
    assert [each.width for each in kept_tiles(folder, Tile(level=0, index=1, width=44))] == []


def test_no_folder(tmp_path):
    with pytest.raises(NotFound, match="there is no folder"):
        read_checkpoint(tmp_path / "nowhere")


def test_no_checkpoint(tmp_path):
    assert code_of(read_checkpoint, tmp_path) == "checkpoint_missing"


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"x" * 1_000_001])
def test_a_checkpoint_that_is_no_text_or_too_large(tmp_path, raw):
    (tmp_path / "checkpoint").write_bytes(raw)
    assert code_of(read_checkpoint, tmp_path) == "malformed"


def test_a_folder_in_the_place_of_a_file(tmp_path):
    (tmp_path / "checkpoint").mkdir()
    assert code_of(read_checkpoint, tmp_path) == "malformed"


def test_a_tile_that_is_not_there(tmp_path):
    tile = Tile(level=0, index=0, width=1)
    assert read_tile(tmp_path, tile) is None
    (tmp_path / "tile").write_bytes(b"a file where a folder should be")
    assert read_tile(tmp_path, tile) is None
