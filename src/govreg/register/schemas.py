"""JSON Schemas of the workspace's files, for editors that complete and check while one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from govreg.policy.adopt import AdoptedFile
from govreg.policy.pack_file import PackFile
from govreg.register.documents import ActivityFile, SourceFile

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

_FILES: Mapping[str, tuple[type[BaseModel], str]] = {
    "source": (SourceFile, "A connected system: what it holds, and about whom"),
    "activity": (ActivityFile, "A processing activity: why data is used, on what basis"),
    "adoptions": (AdoptedFile, "The rules that the organisation has adopted"),
    "pack": (PackFile, "A policy pack: rules with their citations"),
}


def schemas() -> Mapping[str, dict[str, Any]]:
    """A schema for each kind of file, by the kind's name."""
    return {
        name: {"$schema": _DRAFT, **model.model_json_schema(), "title": title}
        for name, (model, title) in _FILES.items()
    }
