import datetime as dt

import pytest

from govreg.errors import ConfigurationProblem
from govreg.policy.adopt import FILE, NOTHING_ADOPTED, read_adopted, write_adopted


def test_adoptions_are_kept_with_the_comments_that_people_wrote(tmp_path, rules):
    one, two = list(rules.rules.values())[:2]
    assert read_adopted(tmp_path) == NOTHING_ADOPTED
    write_adopted(tmp_path, [one], by="dpo", on=dt.date(2026, 1, 2))
    path = tmp_path / FILE
    path.write_text("# decided in the January meeting\n" + path.read_text())
    write_adopted(tmp_path, [two], by="second", on=dt.date(2026, 2, 3))
    held = read_adopted(tmp_path)
    assert (held.by(one), held.by(two)) == ("dpo", "second")
    assert "January meeting" in path.read_text()


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
