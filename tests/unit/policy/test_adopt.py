import datetime as dt
from dataclasses import replace

import pytest

from govreg.errors import ConfigurationProblem
from govreg.policy.adopt import FILE, NOTHING_ADOPTED, Adoption, read_adopted, write_adopted
from govreg.policy.pack_cache import keep_alone, kept


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


def test_what_was_parsed_is_kept_and_the_file_stays_the_truth(tmp_path, rules):
    one, two, three = list(rules.rules.values())[:3]
    (tmp_path / ".govreg").mkdir()
    write_adopted(tmp_path, [one, two], by="dpo", on=dt.date(2026, 1, 2))
    first = read_adopted(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("govreg.policy.adopt.read", None)  # the file is not parsed again
        assert read_adopted(tmp_path) == first
    write_adopted(tmp_path, [three], by="second", on=dt.date(2026, 1, 3))
    assert read_adopted(tmp_path).by(three) == "second"
    assert len(list((tmp_path / ".govreg" / "adopted").iterdir())) == 1
    path = tmp_path / FILE
    path.write_text(path.read_text().replace("by: second", "bye: second"))
    with pytest.raises(ConfigurationProblem, match=r"adopted\.yaml:\d+.*did you mean|by"):
        read_adopted(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "govreg_adoptions: 2\nadopted: {}\n",
        "adopted: {}\n",
        "govreg_adoptions: 1\nadopted: {x.y: {content_hash: short, by: a, on: 2026-01-01}}\n",
        "govreg_adoptions: 1\nadopted: {x.y: {by: a}}\n",
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


def test_what_another_release_kept_is_parsed_anew(tmp_path):
    text = f"govreg_adoptions: 1\nadopted:\n  {ONE}\n"
    folder = written(tmp_path, text) / ".govreg" / "adopted"
    folder.parent.mkdir()
    for other in ({"govreg_adoptions": 1, "adoptions": {}}, {"govreg_adoptions": 2}):
        keep_alone(folder, text.encode(), other)
        assert list(read_adopted(tmp_path).adoptions) == ["x.y"]
        assert kept(folder, text.encode())["adopted"]["x.y"]["by"] == "dpo"
        assert len(list(folder.iterdir())) == 1


def test_an_error_names_line_and_key_though_a_copy_was_kept(tmp_path):
    (written(tmp_path, "") / ".govreg").mkdir()
    text = f"govreg_adoptions: 1\nadopted:\n  {ONE}\n  x.z: {{by: a}}\n"
    for _ in range(2):
        with pytest.raises(ConfigurationProblem, match=r"adopted\.yaml:4: `adopted\.x\.z\."):
            read_adopted(written(tmp_path, text))
    newer = text.replace("govreg_adoptions: 1", "govreg_adoptions: 2")
    with pytest.raises(ConfigurationProblem, match=r"adopted\.yaml:1: `govreg_adoptions`: "):
        read_adopted(written(tmp_path, newer))
