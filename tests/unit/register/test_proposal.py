from __future__ import annotations

import dataclasses

import pytest

from govreg.register.proposal import (
    CollectionProposal,
    FieldProposal,
    LinkProposal,
    SourceProposal,
)


@pytest.mark.parametrize("kind", [SourceProposal, CollectionProposal, FieldProposal, LinkProposal])
def test_every_proposal_gives_its_reason_and_is_frozen(kind):
    reason = next(field for field in dataclasses.fields(kind) if field.name == "reason")
    assert reason.default is dataclasses.MISSING
    assert kind.__dataclass_params__.frozen
