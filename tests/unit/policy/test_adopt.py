import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml.comments import CommentedMap

from govreg.errors import ConfigurationProblem
from govreg.policy import adopt
from govreg.policy.adopt import (
    FILE,
    NOTHING_ADOPTED,
    Adoption,
    _in_full,
    _lines,
    read_adopted,
    write_adopted,
)
from govreg.policy.pack_cache import keep
from govreg.yaml12 import new, text_of


def test_adoptions_are_kept_with_the_comments_that_people_wrote(tmp_path, rules):
    one, two = list(rules.rules.values())[:2]
    assert read_adopted(tmp_path) == NOTHING_ADOPTED
    write_adopted(tmp_path, [one], by="dpo", on=dt.date(2026, 1, 2))
    path = tmp_path / FILE
    path.write_text("# decided in the January meeting\n" + path.read_text())
    write_adopted(tmp_path, [two], by="second", on=dt.date(2026, 2, 3))
    held = read_adopted(tmp_path)
    assert (held.by(one), held.by(two)) == ("dpo", "second")
    text = path.read_text()
    assert "January meeting" in text
    assert text.index(one.id) < text.index(two.id)
    assert "&id" not in text
    assert held.adoptions[one.id].read == one.confidence


def test_an_earlier_wording_is_known_and_does_not_count(tmp_path, rules):
    one, two = list(rules.rules.values())[:2]
    write_adopted(tmp_path, [one], by="dpo", on=dt.date(2026, 1, 2))
    held = read_adopted(tmp_path)
    changed = replace(one, content_hash="0" * 64)
    assert (held.by(changed), held.earlier(one), held.earlier(two)) == (None, None, None)
    assert (held.earlier(changed).by, held.earlier(changed).on) == ("dpo", dt.date(2026, 1, 2))


def test_what_this_program_writes_is_read_fast(tmp_path, rules):
    """Without the reader of YAML, which takes seconds for it."""
    every = list(rules.rules.values())
    write_adopted(tmp_path, every, by="dpo", on=dt.date(2026, 1, 2))
    path = tmp_path / FILE
    path.write_text("# decided in January\n\n" + path.read_text().replace("}\n", "}  # yes\n", 1))
    in_full = _in_full(path.read_text(), path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("govreg.policy.adopt.parse", None)
        assert read_adopted(tmp_path).adoptions == in_full
    assert len(in_full) == len(every) > 300


HASHES = st.text("0123456789abcdef", min_size=64, max_size=64) | st.sampled_from(
    ["1" * 64, "0" * 63 + "a", "1" * 30 + "e" + "2" * 33, "0b" + "1" * 62, "e" * 64]
)
NAMES = st.sampled_from(
    ["dpo", "Second", "mari.k@acme", "true", "NULL", "yes", "1e5", "é", "a: b"]
)


@given(
    held=st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_]{0,3}(\.[a-z0-9_]{1,3}){1,2}", fullmatch=True),
        st.tuples(HASHES, NAMES, st.dates(), st.sampled_from(["high", "medium", "low"])),
        min_size=1,
        max_size=4,
    ),
    cut=st.tuples(
        st.integers(0, 400), st.integers(0, 3), st.text(" #'\n\t{}:,.-&!xa1é\r\x00", max_size=2)
    ),
    twice=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_the_fast_reader_says_what_yaml_says_or_nothing(held, cut, twice):
    document = new(FILE, {"govreg_adoptions": 1, "adopted": CommentedMap()})
    for name, (content_hash, by, on, mark) in held.items():
        line = CommentedMap(content_hash=content_hash, by=by, on=on, read=mark)
        line.fa.set_flow_style()
        document.data["adopted"][name] = line
    text = text_of(document)
    found = _lines(text)
    assert found in (None, _in_full(text, FILE))
    if all(
        h.isalnum() and set(h) & set("acdf") and by in {"dpo", "Second"}
        for h, by, *_ in held.values()
    ):
        assert found is not None
    if twice:
        text += text.splitlines(keepends=True)[-1]
    at, gone, come = cut
    text = text[:at] + come + text[at + gone :]  # as a person, or a fault, may change it
    fast = _lines(text)
    if fast is not None:
        assert fast == _in_full(text, FILE)


ADOPTED = """\
govreg_adoptions: 1
adopted:
  r.x: {content_hash: HASH, by: dpo, on: 2026-11-01}
""".replace("HASH", "a" * 64)


def test_nothing_on_disk_beside_the_file_can_adopt_a_rule(tmp_path):
    (tmp_path / "policies").mkdir()
    path, cache = tmp_path / FILE, tmp_path / ".govreg" / "adopted"
    path.write_text("govreg_adoptions: 1\nadopted: {}\n")
    forged = {"content_hash": "b" * 64, "by": "dpo", "on": dt.date(2026, 1, 1)}
    keep(cache, path.read_bytes(), {"govreg_adoptions": 1, "adopted": {"r.x": forged}})
    assert read_adopted(tmp_path).adoptions == {}


def test_the_file_is_opened_once(tmp_path, monkeypatch):
    (tmp_path / "policies").mkdir()
    path = tmp_path / FILE
    path.write_text("govreg_adoptions: 1\nadopted: {}\n")
    opened = []
    monkeypatch.setattr(adopt, "raw_of", lambda path: opened.append(path) or ADOPTED.encode())
    assert read_adopted(tmp_path).adoptions.keys() == {"r.x"}
    assert opened == [path]


def test_a_day_that_is_written_as_a_moment_is_read_each_time(tmp_path):
    (tmp_path / "policies").mkdir()
    (tmp_path / ".govreg").mkdir()
    (tmp_path / FILE).write_text(ADOPTED.replace("11-01", "11-01T00:00:00"))
    for _ in range(2):
        assert read_adopted(tmp_path).adoptions["r.x"].on == dt.date(2026, 11, 1)


@pytest.mark.parametrize(
    "text",
    [
        "govreg_adoptions: 2\nadopted: {}\n",
        "adopted: {}\n",
        "govreg_adoptions: 1\nadopted: {x.y: {content_hash: short, by: a, on: 2026-01-01}}\n",
        "govreg_adoptions: 1\nadopted: {x.y: {by: a}}\n",
        ADOPTED.replace("by: dpo", "bye: dpo"),
        ADOPTED + ADOPTED.splitlines()[-1],
        ADOPTED.replace("2026-11-01", "2026-02-31"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text):
    (tmp_path / "policies").mkdir()
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ConfigurationProblem, match=r"adopted\.yaml"):
        read_adopted(tmp_path)


HASH = "a" * 64
ONE = f"x.y: {{content_hash: {HASH}, by: dpo, on: 2026-01-02, read: low}}"


def written(tmp_path, text):
    (tmp_path / "policies").mkdir(exist_ok=True)
    (tmp_path / FILE).write_text(text)
    return tmp_path


def test_an_adoption_in_full(tmp_path):
    held = read_adopted(written(tmp_path, f"govreg_adoptions: 1\nadopted:\n  {ONE}\n"))
    day = dt.date(2026, 1, 2)
    wanted = Adoption(rule="x.y", content_hash=HASH, by="dpo", on=day, read="low")
    assert held.adoptions == {"x.y": wanted}
    assert not (tmp_path / ".govreg").exists()


def test_the_file_as_it_is_written(tmp_path, rules):
    first, second = (
        replace(one, content_hash=letter * 64, confidence="medium")
        for one, letter in zip(rules.rules.values(), "ab", strict=False)
    )
    day = dt.date(2026, 1, 2)
    write_adopted(tmp_path, [first, second], by="dpo", on=day)
    lines = "".join(
        f"  {one.id}: {{content_hash: {one.content_hash}, by: dpo, on: 2026-01-02, read: medium}}\n"
        for one in (first, second)
    )
    assert (tmp_path / FILE).read_text() == f"govreg_adoptions: 1\nadopted:\n{lines}"
    write_adopted(tmp_path, [replace(first, confidence="high")], by="dpo", on=day)
    assert (tmp_path / FILE).read_text().count("read: high") == 1
    assert len(read_adopted(tmp_path).adoptions) == 2


def test_a_file_without_adoptions_has_none(tmp_path):
    assert read_adopted(written(tmp_path, "govreg_adoptions: 1\n")) == NOTHING_ADOPTED


def test_an_error_names_line_and_key_each_time(tmp_path):
    text = f"govreg_adoptions: 1\nadopted:\n  {ONE}\n  x.z: {{by: a}}\n"
    for _ in range(2):
        with pytest.raises(ConfigurationProblem, match=r"adopted\.yaml:4: `adopted\.x\.z\."):
            read_adopted(written(tmp_path, text))
    newer = text.replace("govreg_adoptions: 1", "govreg_adoptions: 2")
    with pytest.raises(ConfigurationProblem, match=r"adopted\.yaml:1: `govreg_adoptions`: "):
        read_adopted(written(tmp_path, newer))
