from __future__ import annotations

import pytest

from govreg.register.taxonomy import CATEGORIES, is_known, matches, special, suggest


def test_each_category_has_a_known_parent():
    for category in CATEGORIES:
        parent = category.rpartition(".")[0]
        assert not parent or is_known(parent), category


def test_a_category_matches_at_a_dot():
    assert matches("user.device.ip_address", "user.device")
    assert not matches("user.device_pool", "user.device")
    assert not matches(None, "user")


@pytest.mark.parametrize(
    "category",
    [
        "user.health.medical_diagnosis",
        "user.biometrics.voice",
        "user.biometric.fingerprint",
        "user.authorization.biometrics",
        "user.demographic.union_membership",
        "user.demographic.philosophical_belief",
        "user.demographic.race_ethnicity",
    ],
)
def test_categories_of_art_9_are_known_and_special(category):
    assert is_known(category)
    assert special(category)


@pytest.mark.parametrize("category", ["user.children", "user.settings", "user.location.coarse"])
def test_newer_names_are_known_and_no_more_special_than_the_older(category):
    assert is_known(category)
    assert not special(category)


def test_special_categories():
    assert special("user.health_and_medical.genetic")
    assert not special("user.contact.email")
    assert not special(None)


def test_a_misspelt_category_has_a_near_one():
    assert suggest("user.contact.emial") == "user.contact.email"
    assert suggest("zzzz") is None
