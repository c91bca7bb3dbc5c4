import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.errors import ConfigurationProblem
from govreg.policy.minimum import add_months, anchor_date, financial_year_of, keep_until


def test_the_worked_example_of_the_finnish_act(rules):
    end = (3, 31)
    event = dt.date(2023, 6, 1)  # in the financial year that ended on 2024-03-31
    assert keep_until(
        rules.rules["fi.accounting.voucher"], event, financial_year_end=end
    ) == dt.date(2030, 12, 31)
    assert keep_until(
        rules.rules["fi.accounting.books"], event, financial_year_end=end
    ) == dt.date(2034, 3, 31)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2026-03-05", 1, "2026-04-05"),
    ],
)
def test_months_end_on_the_same_day_or_the_last(start, months, end):
    assert add_months(dt.date.fromisoformat(start), months) == dt.date.fromisoformat(end)


@given(
    event=st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
    month=st.integers(1, 12),
    day=st.integers(1, 31),
)
def test_a_day_lies_in_the_year_that_ends_next(event, month, day):
    end = financial_year_of(event, (month, day))
    assert event <= end
    assert (end - event).days < 366 + 1
    assert anchor_date("end_of_calendar_year_of_fy_end", event, (month, day)).year == end.year


def test_a_rule_without_a_period_keeps_nothing(rules):
    with pytest.raises(ConfigurationProblem):
        keep_until(rules.rules["gdpr.access"], dt.date(2026, 1, 1), financial_year_end=(12, 31))
