import pytest

from govreg.errors import ConfigurationProblem
from govreg.plugins import announced
from govreg.policy.deidentify import Place, Transform, ValueKind
from govreg.policy.deidentify_file import load_method
from govreg.yaml12 import plain, read, write

SHIPPED = announced().packs["hipaa"] / "deidentification.yaml"


@pytest.fixture
def changed(tmp_path):
    def change(edit):
        document = read(SHIPPED)
        edit(document.data)
        document.path = tmp_path / "method.yaml"
        write(document)
        return document.path

    return change


def test_the_tables_of_three_censuses():
    zip3 = load_method(SHIPPED).zip3
    assert {year: len(those) for year, those in zip3.restricted.items()} == {
        "2000": 17,
        "2010": 14,
        "2020": 18,
    }
    assert zip3.use == ("2010", "2020")
    assert zip3.restricted["2010"] | zip3.restricted["2020"] <= zip3.hidden
    assert {f"{prefix:03d}" for prefix in range(90, 99)} <= zip3.hidden


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            lambda data: (data["identifiers"].pop("B"), data["identifiers"].pop("Q")),
            ": `identifiers`: identifier `B`, `Q` is missing\n  a method names all eighteen",
        ),
        (
            lambda data: (data["kinds"].pop("date"), data["kinds"].pop("age")),
            ": `kinds`: kind `date`, `age` is missing",
        ),
        (
            lambda data: data["zip3"]["use"].append("1990"),
            ": `zip3.use`: there is no table of the census of `1990`",
        ),
        (
            lambda data: data["kept"].append("user.name"),
            ": `kept`: `user.name` has two places",
        ),
        (
            lambda data: data["review"].append("user.name"),
            ": `review`: `user.name` has two places",
        ),
        (
            lambda data: data["identifiers"]["B"]["categories"].update({"user.name": "drop"}),
            ": `identifiers.B.categories`: `user.name` has two places",
        ),
        (
            lambda data: data["identifiers"]["A"].update({"limited": {"user.contact": "keep"}}),
            ": `identifiers.A.limited`: `user.contact` is none of the categories of `A`",
        ),
        (
            lambda data: data.update({"govreg_deidentification": 2}),
            "`govreg_deidentification`: ",
        ),
        (lambda data: data.update({"govreg_deidentification": 2}), "reads version 1"),
        (
            lambda data: data["identifiers"]["A"]["categories"].update({"user.name": "hash"}),
            "drop",
        ),
    ],
)
def test_a_method_that_is_wrong_is_refused(changed, edit, said):
    with pytest.raises(ConfigurationProblem) as refused:
        load_method(changed(edit))
    assert said in str(refused.value)


def test_what_the_file_says_is_what_the_method_is():
    method = load_method(SHIPPED)
    written = plain(read(SHIPPED).data)
    assert (method.name, method.version) == (written["method"], written["version"])
    assert method.citation == tuple(written["citation"])
    assert set(method.kinds) == {ValueKind.DATE, ValueKind.AGE, ValueKind.FREE_TEXT}
    letter = written["identifiers"]["B"]
    for category, transform in letter["categories"].items():
        assert method.places[category] == Place(
            letter="B",
            transform=Transform(transform),
            limited=Transform(letter["limited"].get(category, transform)),
            reason=letter["title"],
            citation="45 CFR 164.514(b)(2)(i)(B)",
        )


@pytest.mark.parametrize(
    ("category", "place"),
    [
        (
            "user.health",
            Place(
                letter=None,
                transform=Transform.KEEP,
                limited=Transform.KEEP,
                reason={"en": "no identifier by itself", "fi": "ei sellaisenaan tunniste"},
                citation="45 CFR 164.514(b)(2)",
            ),
        ),
        (
            "user.health.genetic",
            Place(
                letter="R",
                transform=Transform.REVIEW,
                limited=Transform.REVIEW,
                reason={"en": "may be unique to a person", "fi": "voi olla yksilöivä"},
                citation="45 CFR 164.514(b)(2)",
            ),
        ),
    ],
)
def test_a_category_without_a_letter(category, place):
    assert load_method(SHIPPED).places[category] == place


@pytest.mark.parametrize(
    ("kind", "letter", "transform", "limited"),
    [
        (ValueKind.DATE, "C", Transform.YEAR, Transform.KEEP),
        (ValueKind.FREE_TEXT, "R", Transform.REVIEW, Transform.REVIEW),
    ],
)
def test_a_kind_has_the_title_of_its_letter(kind, letter, transform, limited):
    assert load_method(SHIPPED).kinds[kind] == Place(
        letter=letter,
        transform=transform,
        limited=limited,
        reason=plain(read(SHIPPED).data)["identifiers"][letter]["title"],
        citation=f"45 CFR 164.514(b)(2)(i)({letter})",
    )
