from govreg.plugins import announced
from govreg.policy.deidentify import Transform
from govreg.policy.deidentify_file import LETTERS, load_method
from govreg.reports.pack_method import _DONE, method_section
from govreg.reports.sheet import Grid

METHOD = load_method(announced().packs["hipaa"] / "deidentification.yaml")


def test_every_transform_has_words():
    assert set(_DONE) == set(Transform)


def test_all_eighteen_identifiers_and_every_category_stand_in_it():
    (grid,) = [block for block in method_section(METHOD).blocks if isinstance(block, Grid)]
    letters = {row[0][0][0] for row in grid.rows if row[0][0][1] == "."}
    assert letters == set(LETTERS)
    named = " ".join(row[1][0] for row in grid.rows)
    assert all(f"`{category}`" in named for category in METHOD.places)
    assert "any free text" in named
    (codes,) = [row for row in grid.rows if "postal_code" in row[1][0]]
    assert codes[2] == ("first three digits, or 000 where few people live there",)
    assert codes[3] == ("kept",)
