import datetime as dt
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.reports.samples import customers, note, orders, tickets

from govreg.reports.access_document import Mark, Row
from govreg.reports.table import Cells, as_cards, cards, is_wide, row_blocks, ways
from govreg.reports.words import Words

EN = Words("en")
HOSTILE = "<script>alert('x')</script>\"&\x1f\x1e\x1c\x00</td>"


def table_of(*values, fields=1):
    section = orders(0)
    notes = tuple(note(f"f{number}", "user.name") for number in range(fields))
    rows = tuple(
        Row(values={f"f{number}": value for number, value in enumerate(row)}) for row in values
    )
    return type(section)(
        ref="s.c", source={"und": "S"}, title={"en": "C"}, fields=notes, rows=rows
    )


class Reader(HTMLParser):
    """The cells of a table's body, as a browser would take them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.rows, self.tags = [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def read(section, words=EN, *, tell=False):
    reader = Reader()
    for block in row_blocks(section, words, tell=tell):
        reader.feed(str(block))
    reader.close()
    return reader


def test_hostile_values_stay_text():
    reader = read(table_of([HOSTILE, "a"], ["b", HOSTILE], fields=2))
    assert reader.tags == {"tr", "td"}
    shown = "<script>alert('x')</script>\"&\ufffd\ufffd\ufffd\ufffd</td>"
    assert [[cell.strip() for cell in row] for row in reader.rows] == [[shown, "a"], ["b", shown]]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=12))
def test_every_cell_stands_where_it_belongs(rows):
    reader = read(table_of(*rows, fields=2))
    assert [len(row) for row in reader.rows] == [2] * len(rows)
    assert reader.tags <= {"tr", "td"}


def test_more_rows_than_a_block_are_all_there():
    section = orders(1203)
    reader = read(section)
    assert [row[0] for row in reader.rows] == [str(row.values["id"]) for row in section.rows]


def test_what_is_not_shown_is_set_apart_and_says_why():
    block = "".join(row_blocks(table_of([Mark("third_party")], [Mark("<b>")]), EN, tell=False))
    assert '<span class="kept">[not shown: about another person]</span>' in block
    assert '<span class="kept">[not shown: &lt;b&gt;]</span>' in block


def test_values_are_shown_as_they_are_stored():
    row = [
        None,
        True,
        7,
        Decimal("1.50"),
        dt.date(2026, 3, 5),
        b"\x00",
        ["<a>", {"b": Decimal(2)}],
        "",
    ]
    reader = read(table_of(row, fields=8), Words("fi"))
    assert [cell.strip() for cell in reader.rows[0]] == [
        "\N{EN DASH}", "kyllä", "7", "1.50", "2026-03-05", "AA==", '["<a>", {"b": "2"}]', ""
    ]  # fmt: skip


def test_how_a_row_was_found_is_told_where_rows_differ():
    section = tickets()
    assert len(ways(section, EN)) == 2
    cells = read(section, tell=True).rows
    assert cells[0][-1].strip() == "About you: webshop.customers by e-mail address"
    assert cells[5][-1].strip() == (
        "About somebody else, names you: webshop.customers by e-mail address"
    )


def test_few_rows_are_shown_field_by_field_and_many_fields_across_the_page():
    assert as_cards(customers_with(HOSTILE))
    assert not as_cards(orders(4))
    assert is_wide(orders(4))
    assert not is_wide(tickets())
    (pairs,) = cards(customers_with(HOSTILE), EN)
    shown = dict(pairs)
    assert "<script>" not in shown["name"]
    assert "&lt;script&gt;" in shown["name"]
    assert 'class="kept"' in shown["password_hash"]


def customers_with(name):
    return customers(name=name)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\r\nb", "a\nb"),
        ("tab\t", "tab\t"),
        ("bell\x07", "bell\ufffd"),
        ("del\x7f", "del\ufffd"),
        (1.5, "1.5"),
    ],
)
def test_control_characters_are_shown_as_replacement_signs(value, text):
    assert Cells()[type(value)](value) == text


def test_a_kind_of_a_known_type_is_shown_like_it():
    class Name(str):
        __slots__ = ()

    assert Cells()[Name](Name("x")) == "x"
