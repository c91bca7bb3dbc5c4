import pytest

from govreg.consent.signals.us_sections import BY_NAME, CHILD, SECTIONS, SENSITIVE, Second

# name: (id, bits of the core, kinds of sensitive data, ages of children, what follows)
EXPECTED = {
    "usnat": (7, 70, 16, 3, "gpc"),
    "usca": (8, 46, 9, 2, "gpc"),
    "usva": (9, 40, 8, 1, "nothing"),
    "usco": (10, 38, 7, 1, "gpc"),
    "usut": (11, 42, 8, 1, "nothing"),
    "usct": (12, 44, 8, 3, "gpc"),
    "usfl": (13, 46, 8, 3, "nothing"),
    "usmt": (14, 46, 8, 3, "gpc"),
    "usor": (15, 52, 11, 3, "gpc"),
    "ustx": (16, 42, 8, 1, "gpc"),
    "usde": (17, 52, 9, 5, "gpc"),
    "usia": (18, 42, 8, 1, "gpc"),
    "usne": (19, 42, 8, 1, "gpc"),
    "usnh": (20, 46, 8, 3, "gpc"),
    "usnj": (21, 54, 10, 5, "gpc"),
    "ustn": (22, 42, 8, 1, "gpc"),
    "usmn": (23, 42, 8, 1, "gpc"),
    "usmd": (24, 22, 0, 0, "gpc"),
    "usin": (25, 24, 8, 1, "sensitive"),
    "usky": (26, 24, 8, 1, "sensitive"),
    "usri": (27, 24, 8, 1, "sensitive"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_section_is_as_wide_as_its_specification_says(name):
    section = BY_NAME[name]
    layout = section.layouts[max(section.layouts)]
    counts = dict([*layout.fields, *layout.second_fields])
    bits = 6 + 2 * sum(count for _, count in layout.fields)
    assert (
        section.id,
        bits,
        counts.get(SENSITIVE, 0),
        counts.get(CHILD, 0),
        layout.second.value,
    ) == EXPECTED[name]


def test_every_section_is_here_once():
    assert set(BY_NAME) == set(EXPECTED)
    assert set(SECTIONS) == set(range(7, 28))
    assert {name for name, each in BY_NAME.items() if each.opt_out_of_sensitive} == {
        "usca",
        "usut",
        "usia",
    }
    assert len({each.region for each in SECTIONS.values()}) == 21


def test_the_first_version_of_the_national_section_was_narrower():
    first = dict(BY_NAME["usnat"].layouts[1].fields)
    assert (first[SENSITIVE], first[CHILD]) == (12, 2)
    assert {max(each.layouts) for each in SECTIONS.values() if each.name != "usnat"} == {1}


def test_only_the_newest_have_a_drafted_header():
    drafted = {each.name for each in SECTIONS.values() if each.layouts[1].section_header}
    assert drafted == {"usmd", "usin", "usky", "usri"}
    assert BY_NAME["usmd"].layouts[1].second is Second.GPC
