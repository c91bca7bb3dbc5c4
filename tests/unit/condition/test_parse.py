import pytest

from govreg.condition.expression import All, Any_, Compare, Not, Op
from govreg.condition.parse import NotACondition, parse


def test_a_tree():
    data = {"all": [{"fact": "a", "is": True}, {"any": [{"not": {"fact": "b", "in": [1, 2]}}]}]}
    assert parse(data) == All(
        parts=(
            Compare(fact="a", op=Op.IS, value=True),
            Any_(parts=(Not(part=Compare(fact="b", op=Op.IN, value=(1, 2))),)),
        )
    )


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (None, ()),
        ({}, ()),
        ([], ()),
        ({"all": []}, ("all",)),
        ({"all": {"fact": "a"}}, ("all",)),
        ({"some": []}, ()),
        ({"all": [], "any": []}, ()),
        ({"fact": "a"}, ()),
        ({"fact": "a", "is": 1, "in": [1]}, ()),
        ({"fact": "a", "equals": 1}, ("equals",)),
        ({"fact": "a", "in": 1}, ("in",)),
        ({"fact": "a", "in": []}, ("in",)),
        ({"fact": "a", "is": [1]}, ("is",)),
        ({"fact": "a", "in": [[1]]}, ("in", 0)),
        ({"fact": "a", "in": ["x", None]}, ("in", 1)),
        ({"fact": "a", "not_in": ["x", {"y": 1}]}, ("not_in", 1)),
        ({"fact": "a", "known": 1}, ("known",)),
        ({"all": [{"fact": "a", "is": 1}, {"not": 3}]}, ("all", 1, "not")),
    ],
)
def test_what_is_no_condition_says_where(data, path):
    with pytest.raises(NotACondition) as caught:
        parse(data)
    assert caught.value.path == path
