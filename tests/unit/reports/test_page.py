import base64
import re
from hashlib import sha256

import pytest

from govreg.reports.page import environment, web_address


@pytest.mark.parametrize("name", ["access.html", "certificate.html"])
def test_the_policy_allows_exactly_the_style_inside(name):
    made = environment()
    style, policy = made.globals["style"], made.globals["policy"]
    digest = base64.b64encode(sha256(str(style).encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert made.autoescape is True
    assert made.get_template(name)


def test_the_style_asks_for_nothing_and_closes_nothing():
    style = str(environment().globals["style"])
    assert not re.search(r"url\(|@import|https?:|</", style)
    assert "@media print" in style
    assert "table-header-group" in style
    assert "size:A4" in style


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://authority.example/complaints", True),
        ("http://authority.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//authority.example", False),
        ("https:///x", False),
        ("https://[", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(address, link):
    assert bool(web_address(address)) is link
