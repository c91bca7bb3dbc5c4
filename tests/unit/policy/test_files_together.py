import pytest
from tests.unit.policy.packs import GOOD
from tests.unit.policy.packs_in_full import FULL, RULES

from govreg.errors import ConfigurationProblem
from govreg.policy.clock_file import ChoiceFile
from govreg.policy.files import load_books, load_pack, pack_file
from govreg.policy.term import Term

CHOOSES = """\
govreg_pack: 1
pack: ours
version: "1"
law: gdpr
title: {en: Ours}
holidays:
  FI: [{name: Theirs, public: true, cite: theirs, on: {day: 10-10}}]
  SE: [{name: Theirs, public: true, cite: theirs, on: {day: 10-10}}]
choose:
  own.range: {chosen: P2Y, why: we asked}
rules: []
"""


def books(tmp_path, *texts):
    paths = [tmp_path / f"{at}.yaml" for at, _ in enumerate(texts)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return load_books(paths)


def test_packs_stand_beside_each_other(tmp_path):
    book = books(tmp_path, FULL, CHOOSES, GOOD.replace("own", "more"))
    assert list(book.rules) == [*(rule.id for rule in RULES), "more.one"]
    assert book.packs == {"own": "7", "ours": "1", "more": "1"}
    assert set(book.gates) == {"own.basis", "own.wide"}
    assert {place: [day.name for day in days] for place, days in book.holidays.items()} == {
        "FI": ["Ours", "Theirs"],
        "SE": ["Theirs"],
    }
    assert book.rules["own.kept"].keep == Term(anchor="event", period="P2Y")


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (
            (FULL, FULL.replace("pack: own", "pack: two").replace("id: own.", "id: two.")),
            "1.yaml:16: `gates.own.basis`: gate `own.basis` is defined twice",
        ),
        (
            (GOOD, GOOD.replace("pack: own", "pack: two")),
            "1.yaml:6: `rules`: rule `own.one` is defined in pack `own` too",
        ),
        (
            (FULL, CHOOSES, CHOOSES.replace("ours", "two")),
            "2.yaml:10: `choose.own.range`: `own.range` is chosen twice",
        ),
        (
            (FULL, CHOOSES.replace("own.range", "own.rang")),
            "1.yaml:10: `choose.own.rang`: there is no parameter `own.rang`\n"
            "  did you mean `own.range`?",
        ),
    ],
)
def test_what_packs_may_not_say_together(tmp_path, texts, words):
    with pytest.raises(ConfigurationProblem) as caught:
        books(tmp_path, *texts)
    assert str(caught.value).endswith(words)


def test_a_pack_as_it_is_written(tmp_path):
    (tmp_path / "own.yaml").write_text(FULL)
    held = pack_file(tmp_path / "own.yaml")
    assert (held.pack, held.version, len(held.rules)) == ("own", "7", 5)


def test_what_was_chosen_elsewhere_goes_before_the_packs_own_choice(tmp_path):
    (tmp_path / "own.yaml").write_text(
        FULL.replace("gates:", "choose:\n  own.range: {chosen: P1Y, why: x}\ngates:", 1)
    )
    path = tmp_path / "own.yaml"
    assert load_pack(path).rules["own.kept"].keep == Term(anchor="event", period="P1Y")
    choice = ChoiceFile(chosen="P2Y", why="we asked")
    held = load_pack(path, {"own.range": choice}).rules["own.kept"].keep
    assert held == Term(anchor="event", period="P2Y")
