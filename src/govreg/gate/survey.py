"""Look at the live sources and hold the register against them; reads no row."""

from __future__ import annotations

from collections.abc import Mapping

from govreg.errors import GovregError
from govreg.gate.border import Border
from govreg.progress import working
from govreg.register.catalogue import Fold
from govreg.register.check import check_register
from govreg.register.drift import compare
from govreg.register.finding import RegisterFinding


def survey(
    border: Border, folds: Mapping[str, Fold], *, offline: bool = False
) -> tuple[RegisterFinding, ...]:
    """Everything that is wrong with the register, by itself and against the live sources.

    A source that cannot be reached is a finding; the others are still looked at.
    """
    found = list(check_register(border.register, folds))
    if offline:
        return tuple(found)
    total = sum(1 for _ in border.register.collections())
    with border.visit() as visit, working(border.progress, "comparing with the sources", total):
        for name, source in border.register.sources.items():
            try:
                found += compare(source, visit.catalogue(name), folds)
            except GovregError as problem:
                found.append(
                    RegisterFinding(
                        code="unreachable_source",
                        place=name,
                        message=problem.message,
                        way_out="; ".join(problem.details) or f"`govreg source check {name}`",
                        severity="error",
                    )
                )
            for collection in source.collections.values():
                border.progress.reached(collection.ref)
    return tuple(found)
