"""The periods of a pack's minimums and maximums, with every range that the law leaves settled.

A range is a parameter of the pack: `low`, `high`, and what was `chosen` and why. An organisation
chooses in a file of its own, under `choose:`. A range of which nothing is chosen is an error: a
guess would destroy records too early, or keep them too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from govreg.policy.clock_file import ChoiceFile, KeepFile, ParameterFile, PeriodParameter
from govreg.policy.minimum import PERIOD, length
from govreg.policy.pack_file import PackFile, RuleFile
from govreg.policy.term import Branch, Case, FirstOf, Keep, LastOf, Term
from govreg.validation import suggestion
from govreg.yaml12 import Document, problem_at

Place = tuple[str | int, ...]


def choices_of(files: Iterable[tuple[Document, PackFile]]) -> dict[str, ChoiceFile]:
    """What any of the files chooses, of ranges that one of them has.

    Raises:
        ConfigurationProblem: a range is chosen twice, or there is none of that name.
    """
    held = list(files)
    ranges = sorted(name for _, pack in held for name in pack.parameters)
    chosen: dict[str, ChoiceFile] = {}
    for document, pack in held:
        for name, choice in pack.choose.items():
            if name not in ranges or name in chosen:
                raise problem_at(
                    document,
                    ("choose", name),
                    f"`{name}` is chosen twice"
                    if name in chosen
                    else f"there is no parameter `{name}`",
                    "" if name in chosen else suggestion(name, ranges),
                )
            chosen[name] = choice
    return chosen


class Periods:
    """The periods of one pack."""

    def __init__(
        self, document: Document, pack: PackFile, choices: Mapping[str, ChoiceFile]
    ) -> None:
        self.document = document
        self._pack = pack
        self._chosen = {
            name: self._choose(name, one, choices.get(name))
            for name, one in pack.parameters.items()
        }

    def keep(self, rule: RuleFile, place: Place) -> Keep | None:
        """How long a minimum keeps a record."""
        if rule.keep_until is not None:
            return self._keep(rule.keep_until, (*place, "keep_until"))
        if rule.period is None or rule.anchor is None:
            return None
        period = self._period(rule.period, (*place, "period"))
        return Term(anchor=rule.anchor, period=period)

    def uses(self, rule: RuleFile) -> dict[str, object]:
        """The ranges that a rule rests on, and what was chosen: a part of what it says."""
        names = sorted(set(_named(rule)))
        return {
            name: {
                **self._pack.parameters[name].model_dump(exclude={"why"}),
                "chosen": self._chosen[name],
            }
            for name in names
        }

    def _choose(self, name: str, one: ParameterFile, choice: ChoiceFile | None) -> str:
        place = ("parameters", name)
        chosen = choice.chosen if choice else one.chosen
        if chosen is None:
            raise problem_at(
                self.document,
                place,
                f"`{name}` is a range from {one.low} to {one.high}, and nothing is chosen of it",
                f"in a file of your own under `policies/`: "
                f"`choose: {{{name}: {{chosen: {one.high}, why: …}}}}`",
            )
        low, held, high = length(one.low), length(chosen), length(one.high)
        if not low[0] == held[0] == high[0]:
            raise problem_at(self.document, place, "years and months cannot be compared with days")
        if not low[1] <= held[1] <= high[1]:
            raise problem_at(
                self.document, place, f"{chosen} does not lie between {one.low} and {one.high}"
            )
        return chosen

    def _period(self, written: str | PeriodParameter, place: Place) -> str:
        if isinstance(written, str):
            if re.match(PERIOD, written) is None:
                raise problem_at(
                    self.document,
                    place,
                    "this is no period",
                    "write years, months or days, such as `P6Y`, `P24M` or `P30D`",
                )
            return written
        if written.parameter not in self._chosen:
            raise problem_at(
                self.document,
                (*place, "parameter"),
                f"there is no parameter `{written.parameter}`",
                suggestion(written.parameter, sorted(self._chosen)),
            )
        return self._chosen[written.parameter]

    def _keep(self, written: KeepFile, place: Place) -> Keep:
        if written.first_of is not None:
            return FirstOf(parts=self._parts(written.first_of, (*place, "first_of")))
        if written.last_of is not None:
            return LastOf(parts=self._parts(written.last_of, (*place, "last_of")))
        if written.case is not None:
            return Case(
                branches=tuple(
                    Branch(
                        known=branch.known,
                        then=self._keep(branch.then, (*place, "case", at, "then")),
                    )
                    for at, branch in enumerate(written.case)
                )
            )
        return Term(
            anchor=written.anchor or "event",
            period=self._period(written.period or "", (*place, "period")),
            date=written.date,
        )

    def _parts(self, written: list[KeepFile], place: Place) -> tuple[Keep, ...]:
        return tuple(self._keep(part, (*place, at)) for at, part in enumerate(written))


def _named(rule: RuleFile) -> Iterable[str]:
    """The parameters that a rule names."""
    todo = [KeepFile.model_construct(period=rule.period)] if rule.period else []
    todo += [rule.keep_until] if rule.keep_until else []
    while todo:
        part = todo.pop()
        if isinstance(part.period, PeriodParameter):
            yield part.period.parameter
        todo += [*(part.first_of or []), *(part.last_of or [])]
        todo += [branch.then for branch in part.case or []]
