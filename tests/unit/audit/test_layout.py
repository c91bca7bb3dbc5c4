import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.audit.layout import Tile, decode_bundle, encode_bundle, entry_bundles, hash_tiles
from govreg.errors import IntegrityProblem


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 0, 1, "tile/0/000.p/1"),
        (1, 999, 256, "tile/1/999"),
        (0, 1000, 256, "tile/0/x001/000"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (None, 1234067, 17, "tile/entries/x001/x234/067.p/17"),
    ],
)
def test_paths(level, index, width, path):
    assert Tile(level=level, index=index, width=width).path == path


def test_an_empty_log_has_no_tiles():
    assert list(hash_tiles(0)) == list(entry_bundles(0)) == []


def test_256_entries_are_one_full_tile_and_its_root():
    assert [each.path for each in hash_tiles(256)] == ["tile/0/000", "tile/1/000.p/1"]


def test_seventy_thousand_entries():
    tiles = list(hash_tiles(70_000))
    assert len([each for each in tiles if each.level == 0 and each.full]) == 273
    assert [each.path for each in tiles if not each.full] == [
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert [each.path for each in tiles if each.level == 1 and each.full] == ["tile/1/000"]


@given(st.integers(0, 300_000))
def test_every_entry_is_in_one_bundle(size):
    assert sum(each.width for each in entry_bundles(size)) == size
    assert all(1 <= each.width <= 256 for each in hash_tiles(size))


def test_a_bundle_puts_two_length_bytes_before_each_entry():
    assert encode_bundle([b"", b"ab"]) == b"\0\0\0\2ab"


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_read_back(entries):
    assert decode_bundle(encode_bundle(entries)) == entries


def test_the_longest_entry_fits():
    assert decode_bundle(encode_bundle([bytes(65_535)])) == [bytes(65_535)]


@pytest.mark.parametrize("raw", [b"\0", b"\0\1", b"\0\2a", b"\0\1a\0"])
def test_a_bundle_that_breaks_off_is_malformed(raw):
    with pytest.raises(IntegrityProblem) as caught:
        decode_bundle(raw)
    assert caught.value.code == "malformed"
