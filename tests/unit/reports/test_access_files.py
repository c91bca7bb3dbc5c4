import csv
import io
import json
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.reports.samples import answer, complete, customers, note, orders, tickets

from govreg.errors import UsageProblem
from govreg.reports.access_document import Row, Section
from govreg.reports.access_files import FORMULA_SIGNS, check_rows, csv_names, write_csv, write_json


def one(*values, name="value"):
    return Section(
        ref="s.c",
        source={"und": "S"},
        title={},
        fields=(note(name, "user.name"),),
        rows=tuple(Row(values={name: value}) for value in values),
    )


def as_csv(section):
    file = io.StringIO(newline="")
    quoted = write_csv(section, file)
    return quoted, list(csv.reader(io.StringIO(file.getvalue(), newline="")))


def as_json(document):
    file = io.StringIO()
    write_json(document, file)
    return file.getvalue()


@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_formula_injection_is_neutralised(sign):
    quoted, rows = as_csv(one(f"{sign}HYPERLINK('x')", "calm"))
    assert quoted == 1
    assert rows[1][0] == f"'{sign}HYPERLINK('x')"
    assert rows[2] == ["calm"]


def test_field_names_are_neutralised_too():
    assert as_csv(one("x", name="=cmd"))[1][0] == ["'=cmd"]


def test_numbers_keep_their_sign():
    assert as_csv(one(-5, Decimal("-1.50"), -0.5)) == (
        0,
        [["value"], ["-5"], ["-1.50"], ["-0.5"]],
    )


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=8))
def test_no_cell_of_text_begins_like_a_formula(values):
    quoted, rows = as_csv(one(*values))
    cells = [row[0] for row in rows[1:]]
    assert [cell.removeprefix("'") if cell[:2].startswith("'") and value[0] != "'" else cell
            for cell, value in zip(cells, values, strict=True)] == values  # fmt: skip
    assert not any(cell.startswith(FORMULA_SIGNS) for cell in cells)
    assert quoted == sum(value.startswith(FORMULA_SIGNS) for value in values)


def test_json_begins_with_its_version_and_keeps_types():
    text = as_json(answer(3))
    assert text.startswith('{"govreg_access_bundle": 1,')
    body = json.loads(text)
    (first, *_) = body["sections"][1]["rows"]
    assert first["values"]["id"] == 90000
    assert first["values"]["total"] == "0"
    assert first["values"]["ordered_at"] == "2024-01-03T08:30:00Z"
    assert first["values"]["gift"] is True
    assert first["values"]["deliver_to"] == {"withheld": "third_party"}
    assert first["reached"] == [
        {"code": "by", "collection": "webshop.customers", "through": "email"},
        {
            "code": "over",
            "collection": "webshop.orders",
            "through": "customer_id→webshop.customers",
        },
    ]
    assert body["withheld"][1]["count"] == 24
    assert body["head"]["generated_at"] == "2026-03-26T09:15:00Z"
    assert list(body)[-2:] == ["sections", "context"]


def test_json_holds_every_row_of_many():
    body = json.loads(as_json(answer(1203)))
    assert len(body["sections"][1]["rows"]) == 1203


def test_an_answer_without_rows_is_valid_json():
    body = json.loads(as_json(complete(sections=(one(),), context=())))
    assert body["sections"][0]["rows"] == []


def test_values_that_json_has_no_number_or_key_for_are_text():
    document = complete(sections=(one(math.nan, {1: math.inf}, b"\x00"),))
    rows = json.loads(as_json(document))["sections"][0]["rows"]
    assert [row["values"]["value"] for row in rows] == ["nan", {"1": "inf"}, {"base64": "AA=="}]


def test_text_that_looks_like_a_formula_stays_unchanged_in_json():
    rows = json.loads(as_json(complete(sections=(one("=1+1"),))))["sections"][0]["rows"]
    assert rows[0]["values"]["value"] == "=1+1"


def test_a_field_that_is_not_listed_is_refused():
    stray = Section(
        ref="s.c",
        source={"und": "S"},
        title={},
        fields=(),
        rows=(Row(values={"extra": "secret value"}),),
    )
    with pytest.raises(UsageProblem, match="`extra`") as caught:
        check_rows(complete(sections=(stray,)))
    assert "secret value" not in str(caught.value)


def test_a_value_held_back_for_a_reason_not_told_is_refused():
    with pytest.raises(UsageProblem, match="reason not told: `secret`"):
        check_rows(complete(sections=(customers(),)))
    with pytest.raises(UsageProblem, match="reason not told: `pending_review`"):
        check_rows(answer(pending_review=()))
    check_rows(answer())


def test_file_names_are_safe_and_differ():
    refs = ["shop.orders", "SHOP.orders", "../etc.pass/wd", "shop.tilaukset ä"]
    sections = [
        Section(ref=ref, source={"und": "S"}, title={}, fields=(), rows=()) for ref in refs
    ]
    assert csv_names(sections) == [
        "shop.orders.csv", "SHOP.orders-2.csv", ".._etc.pass_wd.csv", "shop.tilaukset_ä.csv"
    ]  # fmt: skip
    assert csv_names([orders(0), tickets()]) == ["webshop.orders.csv", "helpdesk.tickets.csv"]
