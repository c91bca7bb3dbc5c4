"""The vectors of the workspace's files: good ones are read, bad ones are refused as said beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govreg.errors import ConfigurationProblem
from govreg.register.canonical import content_hash, register_document, register_from_document
from govreg.register.files import activity_of, load_register, source_of
from govreg.yaml12 import parse

VECTORS = Path(__file__).parents[2] / "vectors" / "register"
GOOD = sorted((VECTORS / "good").glob("*.yaml"))
BAD = sorted((VECTORS / "bad").glob("*.yaml"))
NAMES = [
    "{",
    "}",
    "[",
    "]",
    ":",
    "- ",
    "null",
    "NO",
    "1",
    ".inf",
    "true",
    "&a ",
    "*a",
    "!!set ",
    "? ",
]
NAMES += [
    "|\n",
    '"',
    "2026-01-01",
    "\t",
    "~",
    "<<: ",
    "\n  ",
    "#",
    "!!binary aGk=",
    "{1: 2}",
    "[[]]",
]


def _placed(workspace, vector):
    kind = "activities" if "activity:" in vector.read_text(encoding="utf-8") else "sources"
    (workspace / "sources" / "shop.yaml").unlink()
    path = workspace / kind / vector.name
    path.write_text(vector.read_text(encoding="utf-8"), encoding="utf-8")
    return path


@pytest.mark.parametrize("vector", GOOD, ids=lambda path: path.stem)
def test_a_good_file_is_read_and_survives_the_store(workspace, vector):
    _placed(workspace, vector)
    document = register_document(load_register(workspace))
    again = register_from_document(json.loads(json.dumps(document, allow_nan=False)))
    assert content_hash(register_document(again)) == content_hash(document)


@pytest.mark.parametrize("vector", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_with_its_line_and_without_its_secret(workspace, vector):
    path = _placed(workspace, vector)
    line, *words = vector.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    with pytest.raises(ConfigurationProblem) as caught:
        load_register(workspace)
    said = str(caught.value)
    assert (str(caught.value.file), f"line: {caught.value.line}") == (str(path), line)
    assert [word for word in words if word not in said] == []
    assert not any(secret in said for secret in ("hunter", "48151623"))


def test_every_bad_file_has_its_expectation():
    assert {p.stem for p in BAD} == {p.stem for p in (VECTORS / "bad").glob("*.expected")}


@settings(max_examples=150, deadline=None)
@given(cuts=st.data())
def test_a_damaged_file_raises_nothing_but_a_configuration_problem(cuts):
    vector = cuts.draw(st.sampled_from([*GOOD, *BAD]))
    text = vector.read_text(encoding="utf-8")
    for _ in range(cuts.draw(st.integers(1, 3))):
        start = cuts.draw(st.integers(0, len(text)))
        end = min(len(text), start + cuts.draw(st.integers(0, 12)))
        text = text[:start] + cuts.draw(st.sampled_from(NAMES) | st.text(max_size=4)) + text[end:]
    for read in (source_of, activity_of):
        try:
            read(parse(text, vector))
        except ConfigurationProblem as problem:
            file = problem.file
        else:
            file = vector  # the damage did not matter
        assert file == vector
