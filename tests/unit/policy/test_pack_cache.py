import datetime as dt
import hashlib
from pathlib import Path

import pytest

from govreg.errors import ConfigurationProblem
from govreg.plugins import announced
from govreg.policy.files import load_books, pack_file
from govreg.policy.pack_cache import keep, kept, user_folder
from govreg.yaml12 import parse

SMALL = """\
govreg_pack: 1
pack: own
version: "1"
law: gdpr
title: {en: Own}
rules:
  - id: own.one
    kind: ground
    act: erase
    effect: allow
    citation: [House rule 1]
    title: {en: One}
    text: {en: because}
    when: {fact: activity.ended, is: true}
    checked_on: 2026-01-01
    confidence: low
"""
PACKS = [folder / "pack.yaml" for folder in announced().packs.values()]


@pytest.mark.slow
def test_a_kept_pack_gives_the_same_rules(tmp_path):
    cold = load_books(PACKS, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == len(PACKS)
    warm = load_books(PACKS, cache=tmp_path / "cache")
    assert warm == cold == load_books(PACKS)
    assert [rule.content_hash for rule in warm.rules.values()] == [
        rule.content_hash for rule in cold.rules.values()
    ]


@pytest.mark.slow
def test_a_file_that_changed_is_read_anew(tmp_path):
    path, cache = tmp_path / "pack.yaml", tmp_path / "cache"
    path.write_bytes(PACKS[0].read_bytes())
    before = load_books([path], cache)
    path.write_text(path.read_text(encoding="utf-8").replace("2026.11", "2026.12"), "utf-8")
    assert load_books([path], cache).packs != before.packs


@pytest.mark.slow
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


def test_a_day_that_is_written_as_a_moment_stays_one(tmp_path):
    path, cache = tmp_path / "pack.yaml", tmp_path / "cache"
    path.write_text(SMALL.replace("2026-01-01", "2026-01-01T00:00:00"), "utf-8")
    cold, warm = load_books([path], cache), load_books([path], cache)
    assert cold == warm == load_books([path])
    assert warm.rules["own.one"].checked_on == dt.date(2026, 1, 1)


def test_what_an_earlier_release_kept_with_other_keys_is_read_anew(tmp_path):
    path, cache = tmp_path / "pack.yaml", tmp_path / "cache"
    path.write_text(SMALL, "utf-8")
    keep(cache, path.read_bytes(), {"govreg_pack": 1, "pack": "own"})
    assert list(load_books([path], cache).rules) == ["own.one"]
    assert kept(cache, path.read_bytes())["law"] == "gdpr"


def test_an_error_that_two_kept_packs_make_together_names_its_line(tmp_path):
    paths, cache = [tmp_path / "a.yaml", tmp_path / "b.yaml"], tmp_path / "cache"
    for path, name in zip(paths, ("one", "two"), strict=True):
        path.write_text(SMALL.replace("pack: own", f"pack: {name}"), "utf-8")
        load_books([path], cache)
    said = r"b\.yaml:6: `rules`: rule `own.one` is def"
    with pytest.raises(ConfigurationProblem, match=said):
        load_books(paths, cache)
    paths[0].write_text(paths[0].read_text("utf-8") + "# now it is not kept\n", "utf-8")
    with pytest.raises(ConfigurationProblem, match=said):
        load_books(paths, cache)


def test_a_kept_file_of_the_organisation_stays_its_own_while_an_error_is_looked_for(tmp_path):
    paths, cache = [tmp_path / "a.yaml", tmp_path / "b.yaml"], tmp_path / "cache"
    paths[0].write_text(SMALL, "utf-8")
    paths[1].write_text(SMALL.replace("own", "ours"), "utf-8")
    load_books([], cache, own=paths[1:])
    load_books(paths[:1], cache)
    said = r"b\.yaml:8: `rules.ours.one.kind`: the organisation's own rules only narrow"
    with pytest.raises(ConfigurationProblem, match=said):
        load_books(paths[:1], cache, own=paths[1:])
    with pytest.raises(ConfigurationProblem, match=said):
        load_books(paths[:1], own=paths[1:])


def test_only_the_file_that_the_error_is_in_is_parsed_again(tmp_path, monkeypatch):
    paths, cache = [tmp_path / "a.yaml", tmp_path / "b.yaml"], tmp_path / "cache"
    for path, name in zip(paths, ("one", "two"), strict=True):
        path.write_text(SMALL.replace("pack: own", f"pack: {name}"), "utf-8")
        load_books([path], cache)
    parsed = []
    monkeypatch.setattr(
        "govreg.policy.files.parse",
        lambda text, path: parsed.append(path.name) or parse(text, path),
    )
    with pytest.raises(ConfigurationProblem):
        load_books(paths, cache)
    assert parsed == ["b.yaml"]


def test_one_pack_is_kept_though_another_was_already(tmp_path):
    paths, cache = [tmp_path / "a.yaml", tmp_path / "b.yaml"], tmp_path / "cache"
    paths[0].write_text(SMALL, "utf-8")
    paths[1].write_text(SMALL.replace("own", "more"), "utf-8")
    load_books(paths[:1], cache)
    first = [file.read_bytes() for file in cache.iterdir()]
    assert load_books(paths, cache) == load_books(paths, cache) == load_books(paths)
    assert len(list(cache.iterdir())) == 2
    assert first[0] in [file.read_bytes() for file in cache.iterdir()]


def test_a_kept_pack_is_not_parsed_again(tmp_path, monkeypatch):
    path, cache = tmp_path / "pack.yaml", tmp_path / "cache"
    path.write_text(SMALL, "utf-8")
    load_books([path], cache)
    monkeypatch.setattr("govreg.policy.files.parse", lambda *those: pytest.fail("parsed"))
    monkeypatch.setattr("govreg.policy.files.keep", lambda *those: pytest.fail("kept twice"))
    assert list(load_books([path], cache).rules) == ["own.one"]
    assert pack_file(path, cache).pack == "own"


def test_what_is_kept_is_what_was_read(tmp_path, monkeypatch):
    """Also where the file changes while it is being read."""
    path, cache = tmp_path / "pack.yaml", tmp_path / "cache"
    path.write_text(SMALL, "utf-8")

    def late(folder, raw):
        path.write_text(SMALL.replace("own.one", "own.two"), "utf-8")
        return kept(folder, raw)

    monkeypatch.setattr("govreg.policy.files.kept", late)
    assert list(load_books([path], cache).rules) == ["own.one"]
    path.write_text(SMALL, "utf-8")
    assert list(load_books([path], cache).rules) == ["own.one"]


def test_a_pack_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(ConfigurationProblem, match="there is no such file"):
        load_books([tmp_path / "pack.yaml"], tmp_path / "cache")


def test_what_is_kept_is_for_its_owner_only(tmp_path):
    folder = tmp_path / "a" / "b"
    keep(folder, b"raw", {"key": "ä"})
    assert folder.stat().st_mode & 0o777 == 0o700
    (file,) = folder.iterdir()
    assert file.name == f"{hashlib.sha256(b'raw').hexdigest()}.json"
    head, body = file.read_bytes().split(b"\n")
    assert head == f"1 {hashlib.sha256(body).hexdigest()}".encode()
    assert "ä".encode() in body


@pytest.mark.parametrize("written", ["nonsense", "2026-11-26T99:00:00", 3, None, []])
def test_a_copy_whose_days_cannot_be_read_is_not_believed(tmp_path, written):
    keep(tmp_path, b"raw", {"on": {"$date": written}})
    assert kept(tmp_path, b"raw") is None


@pytest.mark.parametrize("content", [[], "text", 3])
def test_what_is_no_mapping_is_no_pack(tmp_path, content):
    keep(tmp_path, b"raw", content)
    assert kept(tmp_path, b"raw") is None


def test_what_has_no_place_in_a_pack_is_not_kept(tmp_path):
    with pytest.raises(TypeError, match="a set has no place in a pack"):
        keep(tmp_path, b"raw", {"a": {1}})
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_kept_packs_are_parsed_each_time(tmp_path):
    (tmp_path / "file").write_text("no folder")
    path, cache = tmp_path / "pack.yaml", tmp_path / "file" / "cache"
    path.write_text(SMALL, "utf-8")
    assert load_books([path], cache) == load_books([path])
    keep(cache, b"raw", {"a": 1})
    assert kept(cache, b"raw") is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda held: held[:-1],
        lambda held: b"2" + held[1:],
        lambda held: b"\xff" + held,
        lambda held: b"",
    ],
)
def test_a_copy_that_is_not_the_one_that_was_written_is_not_believed(tmp_path, spoil):
    keep(tmp_path, b"raw", {"on": dt.date(2026, 11, 25), "deep": [{"a": None}]})
    assert kept(tmp_path, b"raw") == {"on": dt.date(2026, 11, 25), "deep": [{"a": None}]}
    (file,) = tmp_path.iterdir()
    file.write_bytes(spoil(file.read_bytes()))
    assert kept(tmp_path, b"raw") is None


@pytest.mark.slow
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


def test_without_a_home_there_is_no_place(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("LOCALAPPDATA", "/elsewhere")
    assert user_folder() == Path("/elsewhere/govreg/packs")
    monkeypatch.delenv("LOCALAPPDATA")

    def homeless():
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    assert user_folder() is None
