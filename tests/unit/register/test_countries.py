"""Which countries data goes to without a transfer under Chapter V GDPR."""

from __future__ import annotations

import pytest

from govreg.register.countries import EEA, outside_eea


def test_the_area_is_the_union_of_27_and_three_more():
    assert len(EEA) == 30
    assert {"IS", "LI", "NO"} < EEA


@pytest.mark.parametrize(
    ("country", "outside"),
    [("FI", False), ("NO", False), ("CH", True), ("GB", True), ("US", True), (None, False)],
)
def test_a_third_country(country, outside):
    assert outside_eea(country) is outside
