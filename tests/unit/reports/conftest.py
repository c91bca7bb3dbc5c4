"""Chromium, where a test looks at a page as people see it."""

import os
import shutil

import pytest
from tests.unit.reports.samples import Log


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path)


@pytest.fixture
def chromium():
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        if "chromium" in os.environ.get("GOVREG_TEST_REQUIRE", "").replace(",", " ").split():
            pytest.fail("GOVREG_TEST_REQUIRE lists chromium, which is not installed")
        pytest.skip("chromium is not installed")
    return [
        found,
        *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
        "--disable-background-networking",
    ]
