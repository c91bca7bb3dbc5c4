from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from govreg.register.documents import (
    ActivityFile,
    AutomatedDecisionFile,
    CollectionFile,
    FieldFile,
    LinkFile,
    MinimumFile,
    RecipientFile,
    ResidueFile,
    SourceFile,
)
from govreg.register.files import activity_of, source_of
from govreg.yaml12 import parse


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


@pytest.mark.parametrize(
    ("page", "models"),
    [
        (
            "source-file.md",
            (SourceFile, CollectionFile, FieldFile, LinkFile, MinimumFile, ResidueFile),
        ),
        ("activity-file.md", (ActivityFile, RecipientFile, AutomatedDecisionFile)),
    ],
)
def test_the_page_of_a_format_names_every_key(page, models):
    text = (Path(__file__).parents[3] / "docs" / "spec" / page).read_text(encoding="utf-8")
    missing = [key for model in models for key in model.model_fields if f"`{key}`" not in text]
    assert missing == []


def test_the_examples_of_the_pages_can_be_read(tmp_path):
    for page, read in (("source-file.md", source_of), ("activity-file.md", activity_of)):
        text = (Path(__file__).parents[3] / "docs" / "spec" / page).read_text(encoding="utf-8")
        example = text.partition("```yaml\n")[2].partition("```")[0]
        assert read(parse(example, tmp_path / page)).name
