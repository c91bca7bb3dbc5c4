"""`engine.protection`: plan, run, status, rotate and unprotect, each by who may."""

from __future__ import annotations

from collections.abc import Sequence

from govreg.errors import UsageProblem
from govreg.protecting.guarded import chosen
from govreg.protecting.plan import CollectionPlan, plan_for
from govreg.protecting.run import Done, given_back, sealed
from govreg.protecting.status import CollectionState, state_of
from govreg.requests.parts import Parts
from govreg.requests.people import require

LOOKING = frozenset({"dpo", "compliance", "administrator", "engineer", "auditor"})
"""Who may see how fields are protected."""
SEALING = frozenset({"dpo", "administrator", "engineer"})
"""Who may have fields sealed."""
OPENING = frozenset({"dpo", "administrator"})
"""Who may have them given back."""


class Protection:
    """The fields that are sealed in their sources."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def plan(
        self, collections: Sequence[str] = (), *, expected: int | None = None, actor: str
    ) -> list[CollectionPlan]:
        """What sealing would mean; nothing is changed.

        Args:
            collections: `source.collection`; all with fields to be sealed, where none is named.
            expected: Rows that each will have once, for how look-up values are cut.
            actor: Who asks.

        Raises:
            Refused: the actor may not.
            NotFound: no such collection.
            UsageProblem: nothing in it is to be sealed, or the extra `bulk` is not installed.
            SourceProblem: a source cannot be read.
        """
        require(self.parts.settings, actor, LOOKING, "see how fields are protected")
        with self.parts.border.visit(as_stored=True) as visit:
            return [
                plan_for(self.parts, visit, collection, fields, expected=expected)
                for collection, fields in chosen(self.parts, collections)
            ]

    def run(
        self,
        collections: Sequence[str] = (),
        *,
        expected: int | None = None,
        accept_leak: bool = False,
        actor: str,
    ) -> list[Done]:
        """Seal in the sources what the register says; what is sealed already is left.

        Args:
            collections: As `plan`.
            expected: As `plan`.
            accept_leak: Whether look-up values are made whatever they tell.
            actor: Who asks.

        Raises:
            Refused: the actor may not.
            Conflict: something speaks against it, or another process works on a collection.
            NotFound, UsageProblem, SourceProblem: as `plan`.
        """
        require(self.parts.settings, actor, SEALING, "seal fields in a source")
        return [
            sealed(
                self.parts,
                collection,
                fields,
                actor=actor,
                expected=expected,
                accept_leak=accept_leak,
            )
            for collection, fields in chosen(self.parts, collections)
        ]

    def rotate(self, collections: Sequence[str], *, actor: str) -> list[Done]:
        """Make new versions of the fields' keys and look-up keys, and seal anew what is under old.

        Raises:
            As `run`; UsageProblem: no collection is named.
        """
        require(self.parts.settings, actor, SEALING, "rotate the keys of fields")
        if not collections:
            raise UsageProblem("name the collections whose keys are to rotate")
        return [
            sealed(self.parts, collection, fields, actor=actor, renew=True)
            for collection, fields in chosen(self.parts, collections)
        ]

    def unprotect(self, collections: Sequence[str], *, actor: str) -> list[Done]:
        """Give the values of fields back to their sources in clear.

        Args:
            collections: Which; none is taken by itself.
            actor: Who asks.

        Raises:
            As `run`; UsageProblem: no collection is named.
        """
        require(self.parts.settings, actor, OPENING, "give sealed fields back")
        if not collections:
            raise UsageProblem("name the collections whose fields are to be clear again")
        return [
            given_back(self.parts, collection, fields, actor=actor)
            for collection, fields in chosen(self.parts, collections)
        ]

    def status(self, collections: Sequence[str] = (), *, actor: str) -> list[CollectionState]:
        """What the cells are now, by reading and opening each.

        Raises:
            As `plan`.
        """
        require(self.parts.settings, actor, LOOKING, "see how fields are protected")
        with self.parts.border.visit(as_stored=True) as visit:
            return [
                state_of(self.parts, visit, collection, fields)
                for collection, fields in chosen(self.parts, collections)
            ]
