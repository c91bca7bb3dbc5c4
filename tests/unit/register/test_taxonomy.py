from __future__ import annotations

from govreg.register.taxonomy import CATEGORIES, is_known, matches, special, suggest


def test_each_category_has_a_known_parent():
    for category in CATEGORIES:
        parent = category.rpartition(".")[0]
        assert not parent or is_known(parent), category


def test_a_category_matches_at_a_dot():
    assert matches("user.device.ip_address", "user.device")
    assert not matches("user.device_pool", "user.device")
    assert not matches(None, "user")


def test_special_categories():
    assert special("user.health_and_medical.genetic")
    assert not special("user.contact.email")
    assert not special(None)


def test_a_misspelt_category_has_a_near_one():
    assert suggest("user.contact.emial") == "user.contact.email"
    assert suggest("zzzz") is None
