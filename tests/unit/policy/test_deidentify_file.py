import pytest

from govreg.errors import ConfigurationProblem
from govreg.plugins import announced
from govreg.policy.deidentify_file import load_method
from govreg.yaml12 import read, write

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
        (lambda data: data["identifiers"].pop("Q"), "identifier `Q` is missing"),
        (lambda data: data["kinds"].pop("date"), "kind `date` is missing"),
        (lambda data: data["zip3"]["use"].append("1990"), "no table of the census of `1990`"),
        (lambda data: data["kept"].append("user.name"), "`user.name` has two places"),
        (
            lambda data: data["identifiers"]["A"].update({"limited": {"user.contact": "keep"}}),
            "`user.contact` is none of the categories of `A`",
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
