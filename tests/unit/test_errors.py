"""Errors are one tree, with exit codes and a way out."""

from __future__ import annotations

import pytest

from govreg import errors


def test_one_tree():
    for name in ("UsageProblem", "ConfigurationProblem", "SourceProblem", "NotFound", "Refused"):
        assert issubclass(getattr(errors, name), errors.GovregError)
    assert issubclass(errors.Blocked, errors.Refused)
    assert issubclass(errors.UnsupportedOperation, errors.SourceProblem)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (errors.UsageProblem("x"), 2),
        (errors.ConfigurationProblem("x"), 3),
        (errors.SourceProblem("connection", "x", source="shop"), 3),
        (errors.NotFound("x"), 4),
        (errors.IntegrityProblem("code", "x"), 5),
        (errors.Refused("x"), 1),
        (errors.Blocked("x", ["y"]), 1),
        (errors.Conflict("x"), 1),
    ],
)
def test_exit_codes(made, code):
    assert made.exit_code == code
    assert "x" in str(made)


def test_details_follow_and_a_place_leads():
    assert str(errors.Refused("no", "do this")) == "no\n  do this"
    assert str(errors.Blocked("no", ["a", "b"])).count("\n") == 2
    assert str(errors.ConfigurationProblem("bad", file="f.yaml", line=3)).startswith("f.yaml:3: ")
