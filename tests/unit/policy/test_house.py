"""The house's own reasons cite the law of the request, and no other."""

from __future__ import annotations

import pytest

from govreg.policy.house import CREDENTIAL, OTHERS, RECORDS, REVIEWED_OUT, SHARED, cites_of


@pytest.mark.parametrize("code", [OTHERS, REVIEWED_OUT, CREDENTIAL, SHARED, RECORDS])
def test_a_law_is_cited_for_its_own_requests(code):
    assert all(cite.startswith("GDPR ") for cite in cites_of(code, "gdpr"))
    assert not any("GDPR" in cite for law in ("ccpa", "hipaa") for cite in cites_of(code, law))
    assert cites_of(code, "gdpr")
    assert cites_of(code, "elsewhere") == ()
