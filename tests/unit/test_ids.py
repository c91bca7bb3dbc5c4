"""Ids are random and readable."""

from __future__ import annotations

import re

from govreg.ids import new_id


def test_ids():
    made = {new_id("req") for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"req_[0-9a-hjkmnp-tv-z]{16}", each) for each in made)
