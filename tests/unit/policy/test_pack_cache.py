import datetime as dt

import pytest

from govreg.errors import ConfigurationProblem
from govreg.plugins import announced
from govreg.policy.files import load_books
from govreg.policy.pack_cache import keep, kept, user_folder

PACKS = [folder / "pack.yaml" for folder in announced().packs.values()]


def test_a_kept_pack_gives_the_same_rules(tmp_path):
    cold = load_books(PACKS, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == len(PACKS)
    warm = load_books(PACKS, cache=tmp_path / "cache")
    assert warm == cold == load_books(PACKS)
    assert [rule.content_hash for rule in warm.rules.values()] == [
        rule.content_hash for rule in cold.rules.values()
    ]


def test_a_file_that_changed_is_read_anew(tmp_path):
    path, cache = tmp_path / "pack.yaml", tmp_path / "cache"
    path.write_bytes(PACKS[0].read_bytes())
    before = load_books([path], cache)
    path.write_text(path.read_text(encoding="utf-8").replace("2026.11", "2026.12"), "utf-8")
    assert load_books([path], cache).packs != before.packs


def test_an_error_names_its_line_with_and_without_a_kept_copy(tmp_path):
    path, cache = tmp_path / "pack.yaml", tmp_path / "cache"
    text = PACKS[0].read_text(encoding="utf-8").replace("effect: allow", "effect: deny", 1)
    path.write_text(text, "utf-8")
    said = []
    for _ in range(2):
        with pytest.raises(ConfigurationProblem) as caught:
            load_books([path], cache)
        said.append((caught.value.line, str(caught.value)))
    assert said[0] == said[1]
    assert said[0][0]
    assert not cache.exists()


@pytest.mark.parametrize("spoil", [lambda held: held[:-1], lambda held: b"2" + held[1:]])
def test_a_copy_that_is_not_the_one_that_was_written_is_not_believed(tmp_path, spoil):
    keep(tmp_path, b"raw", {"on": dt.date(2026, 11, 25), "deep": [{"a": None}]})
    assert kept(tmp_path, b"raw") == {"on": dt.date(2026, 11, 25), "deep": [{"a": None}]}
    (file,) = tmp_path.iterdir()
    file.write_bytes(spoil(file.read_bytes()))
    assert kept(tmp_path, b"raw") is None


def test_without_a_place_to_keep_packs_are_parsed_each_time(tmp_path):
    (tmp_path / "file").write_text("no folder")
    cache = tmp_path / "file" / "cache"
    assert load_books(PACKS, cache) == load_books(PACKS)
    assert kept(tmp_path, b"another") is None


def test_the_users_own_place_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert user_folder() == tmp_path / "govreg" / "packs"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert user_folder() == tmp_path / "home" / ".cache" / "govreg" / "packs"
