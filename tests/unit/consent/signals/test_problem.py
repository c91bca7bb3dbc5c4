import pytest

from govreg.consent.signals.problem import LONGEST, MalformedSignal, refuse_size
from govreg.errors import IntegrityProblem


def test_a_problem_has_a_code_and_a_place_that_people_can_count():
    problem = MalformedSignal("truncated", "it ends here", "and a detail", position=4)
    assert isinstance(problem, IntegrityProblem)
    assert (problem.code, problem.position) == ("truncated", 4)
    assert problem.message == "character 5 of the signal: it ends here"
    assert problem.details == ("and a detail",)


def test_sizes():
    refuse_size("x" * LONGEST)
    for text, code in (("", "empty"), ("x" * (LONGEST + 1), "too_long")):
        with pytest.raises(MalformedSignal) as caught:
            refuse_size(text)
        assert caught.value.code == code
