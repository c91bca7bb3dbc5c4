import pytest
from tests.unit.reports.samples import WITHHELD, answer, complete

from govreg.errors import UsageProblem
from govreg.gate.scope import Cap, CapCode


def test_an_answer_says_what_keeps_it_from_being_complete():
    document = answer()
    assert document.best_state == "partial"
    assert document.shortfalls == (
        "not searched: 2",
        "free text not reviewed: 1",
        "items left blank in the register: 1",
        "withheld: 2",
    )


@pytest.mark.parametrize("state", ["complete", "complete_with_withheld"])
def test_an_answer_with_unsearched_places_cannot_be_complete(state):
    with pytest.raises(UsageProblem, match=f"cannot be `{state}`"):
        answer(state=state)


@pytest.mark.parametrize(
    "block",
    [
        {"caps": (Cap(code=CapCode.ROUNDS, number=6),)},
        {"missing_items": answer().missing_items},
        {"pending_review": answer().pending_review},
        {"not_searched": answer().not_searched},
    ],
)
def test_each_gap_alone_makes_it_partial(block):
    with pytest.raises(UsageProblem, match="at best `partial`"):
        complete(**block)


def test_withheld_data_allow_complete_with_withheld_only():
    assert complete(withheld=WITHHELD, state="complete_with_withheld").best_state != "complete"
    with pytest.raises(UsageProblem, match="at best `complete_with_withheld`"):
        complete(withheld=WITHHELD)


def test_a_more_modest_state_is_allowed():
    assert complete(state="partial").best_state == "complete"


def test_an_unknown_state_is_refused():
    with pytest.raises(UsageProblem, match="`done` is no state"):
        complete(state="done")
