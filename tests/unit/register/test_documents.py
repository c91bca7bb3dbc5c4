from __future__ import annotations

import pytest
from pydantic import ValidationError

from govreg.register.documents import ActivityFile, CollectionFile, FieldFile


def test_an_unknown_key_is_refused():
    with pytest.raises(ValidationError):
        FieldFile.model_validate({"categroy": "none"})


def test_on_erase_takes_a_word_a_constant_or_a_generalisation():
    for written in ("set_null", {"constant": "gone"}, {"generalise_date": "month"}):
        assert FieldFile.model_validate({"on_erase": written}).on_erase is not None
    with pytest.raises(ValidationError):
        FieldFile.model_validate({"on_erase": {"generalise_date": "week"}})


def test_retention_is_one_entry_or_several():
    one = {"rule": "r.a", "anchor": "date_of(x)", "fields": ["x"]}
    assert CollectionFile.model_validate({"fields": {}, "retention": one}).retention
    assert CollectionFile.model_validate({"fields": {}, "retention": [one]}).retention


def test_an_unknown_lawful_basis_is_refused_with_the_known_ones():
    with pytest.raises(ValidationError, match=r"gdpr\.6\.1\.a"):
        ActivityFile.model_validate(
            {"govreg_activity": 1, "activity": "a", "title": "t", "purpose": "p", "basis": "x"}
        )
