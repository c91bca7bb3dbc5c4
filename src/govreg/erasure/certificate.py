"""What an erasure certificate states: built from the plan, the outcomes and the re-read alone.

- The state follows from what was seen. It is never complete while a place was not searched, a cell
  failed, or the re-read could not be made or could not fail.
- No value and no key of a row goes in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from govreg.erasure.model import Cause, ErasurePlan, Fate, RowAction, State
from govreg.erasure.verify import Verification
from govreg.policy.rule import RuleBook
from govreg.register.model import Collection, Register
from govreg.reports.certificate_document import Residue
from govreg.reports.document import WithheldClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that was seen of an erasure."""

    plan: ErasurePlan
    results: Mapping[str, Mapping[str, Any]]
    """Each source's note of what its step did."""
    verification: Verification | None
    incomplete: bool
    """Whether something was not searched, or a limit was hit."""
    reread_at: dt.datetime | None
    begun: bool = False
    """Whether an earlier run for the same request erased something."""
    store_cleared: bool = True
    """Whether the keys that were destroyed left the bytes of the store, too."""


def state_of(evidence: Evidence) -> State:  # noqa: PLR0911 - one line for each state
    """How the erasure ended."""
    fates = {cause.fate for row in evidence.plan.rows for cause in row.causes.values()}
    failed = [source for source, note in evidence.results.items() if not note.get("done")]
    seen = evidence.verification
    if seen is not None and any(ref.partition(".")[0] not in failed for ref in seen.failed):
        return State.FAILED
    if not evidence.plan.rows and not evidence.begun:
        return State.PARTIAL if evidence.incomplete else State.COMPLETE
    if not evidence.begun and not fates & {Fate.ERASE, Fate.RESTRICT}:
        return State.REFUSED
    if failed:
        return State.FAILED if len(failed) == len(evidence.results) else State.PARTIAL
    changed = {row.collection for row in evidence.plan.rows if row.action is not RowAction.KEEP}
    if seen is None or changed & set(seen.unread) or not seen.proven:
        return State.UNVERIFIABLE
    if evidence.incomplete or seen.unread or Fate.UNDECIDED in fates:
        return State.PARTIAL
    return State.COMPLETE_WITH_WITHHELD if fates - {Fate.ERASE} else State.COMPLETE


def withheld_classes(
    register: Register, plan: ErasurePlan, rules: RuleBook, *, decided_by: str | None
) -> Iterator[WithheldClass]:
    """Each class of what is kept, with rule, adopter, confidence and end date.

    Cells of one collection that are kept for one cause are one class, whatever their fields.
    `decided_by` approved the plan that keeps them, each class with its rule.
    """
    fields: dict[tuple[str, Cause], dict[str, None]] = {}
    counts: dict[tuple[str, Cause], int] = {}
    for row in plan.rows:
        for name, cause in row.causes.items():
            if cause.fate is not Fate.ERASE:
                at = (row.collection, cause)
                fields.setdefault(at, {})[name] = None
                counts[at] = counts.get(at, 0) + 1
    for (ref, cause), named in fields.items():
        names = _in_order(register.collection(ref), named)
        yield WithheldClass(
            source=register.sources[ref.partition(".")[0]].name_by_language,
            collection=ref.partition(".")[2],
            what=", ".join(names),
            label=_labels(register.collection(ref), names),
            count=counts[ref, cause],
            reason=cause.code,
            citation=", ".join(cause.cites) or None,
            words=rule_words(rules, cause.rules),
            purpose_lock=cause.purpose,
            until=cause.until,
            rule=cause.rules[0] if cause.rules else None,
            adopter=cause.adopted_by,
            confidence=cause.confidence,
            decided_by=decided_by,
            next_action="erase" if cause.until else None,
            review=cause.until + dt.timedelta(days=1) if cause.until else None,
        )


def _in_order(collection: Collection | None, names: Iterable[str]) -> list[str]:
    """Field names in the register's order."""
    held = set(names)
    return [name for name in collection.fields if name in held] if collection else sorted(held)


def _labels(collection: Collection | None, names: Sequence[str]) -> Mapping[str, str]:
    """The fields' names for people, in every language that all of them have one in."""
    held = [collection.fields[name].label for name in names] if collection else []
    languages = set.intersection(*(set(label) for label in held)) if held else set()
    return {tag: ", ".join(label[tag] for label in held) for tag in sorted(languages)}


def rule_words(rules: RuleBook, names: Sequence[str]) -> dict[str, str]:
    """What rules say, by language; empty where there is no rule, so that the code speaks."""
    held = [rule for rule in (rules.get(name) for name in names) if rule is not None]
    languages = dict.fromkeys(tag for rule in held for tag in rule.text)
    return {
        tag: "; ".join(rule.text[tag] for rule in held if tag in rule.text) for tag in languages
    }


_STORE_LOG = {
    "en": "the write-ahead log of the register's own store, with the destroyed keys, until nobody "
    "reads in it",
    "fi": "rekisterin oman tietokannan loki tuhottuine avaimineen, kunnes kukaan ei lue sitä",
}


def residue(register: Register, evidence: Evidence, executed: dt.date) -> Iterator[Residue]:
    """What may still hold the data, and until when."""
    if not evidence.store_cleared:
        yield Residue(source={"und": "govreg"}, what=_STORE_LOG, kind="log")
    for name, note in evidence.results.items():
        source = register.sources[name]
        for held in source.residue:
            yield Residue(
                source=source.name_by_language,
                what=held.what,
                kind=held.kind,
                until=executed + dt.timedelta(days=held.days),
                in_ledger=True,
            )
        for kind, text, collection in note.get("remains", ()):
            yield Residue(
                source=source.name_by_language, kind=kind, detail=text, collection=collection
            )
