"""What a register may state for rules: known words, fitting values, under their full names."""

from __future__ import annotations

import pytest

from govreg.register.stated import ACTIVITY, ITEM, as_facts, checked, statable


def test_what_fits_is_taken_and_gets_its_group():
    stated = checked({"phi": True, "deidentified": "expert"}, ITEM)
    assert as_facts(stated, ITEM) == {"item.phi": True, "item.deidentified": "expert"}
    assert as_facts(checked({"necessary": False}, ACTIVITY), ACTIVITY) == {
        "activity.necessary": False
    }


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"designated_record_sett": True}, "did you mean `designated_record_set`"),
        ({"phi": "yes"}, "`phi` is `true` or `false`"),
        ({"deidentified": "somehow"}, "safe_harbor, expert, none"),
        ({"deidentified": True}, "safe_harbor, expert, none"),
        ({"category": "user.name"}, "no fact `category` to state"),
        ({"hold": True}, "no fact `hold` to state"),
    ],
)
def test_what_does_not_fit_is_refused(stated, said):
    with pytest.raises(ValueError, match=said):
        checked(stated, ITEM)


def test_what_the_register_has_keys_for_cannot_be_stated_a_second_time():
    assert not {"category", "origin", "secret", "free_text", "minimum_passed"} & set(
        statable(ITEM)
    )
    assert not {"basis", "ended", "direct_marketing"} & set(statable(ACTIVITY))
