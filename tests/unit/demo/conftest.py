from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing

import pytest

from govreg.demo.company import build_company

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    return build_company(tmp_path_factory.mktemp("kotipuoti"), today=TODAY)


@pytest.fixture
def shop(company):
    with closing(sqlite3.connect(f"file:{company.webshop}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        yield database
