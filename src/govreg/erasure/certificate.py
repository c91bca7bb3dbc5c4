"""What an erasure certificate states: built from the plan, the outcomes and the re-read alone.

- The state follows from what was seen. It is never complete while a place was not searched, a cell
  failed, or the re-read could not be made or could not fail.
- No value and no key of a row goes in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from govreg.erasure.model import Cause, ErasurePlan, Fate, RowAction, State
from govreg.erasure.verify import Checked, SelfTest, Verification
from govreg.policy.rule import RuleBook
from govreg.register.model import Collection, Register
from govreg.reports.certificate_document import CollectionOutcome, Residue, Tally
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


def failed_cells(evidence: Evidence, ref: str) -> int:
    """How many cells of a collection should be gone and are not known to be."""
    source = ref.partition(".")[0]
    note = evidence.results.get(source)
    rows = [row for row in evidence.plan.rows if row.collection == ref]
    erasing = sum(cause.fate is not Fate.WITHHOLD for r in rows for cause in r.causes.values())
    changed = [row for row in rows if row.action is not RowAction.KEEP]
    if changed and note is not None and not note.get("done"):
        return erasing
    checked = evidence.verification.collections.get(ref) if evidence.verification else None
    if checked is None:
        return erasing if changed else 0
    width = max((len(row.causes) for row in changed), default=0)
    return min(erasing, checked.still_there * width + sum(checked.unchanged.values()))


def cell_tally(evidence: Evidence) -> Tally:
    """Cells by what became of them."""
    counts = dict.fromkeys(("erased", "withheld", "restricted", "refused"), 0)
    for row in evidence.plan.rows:
        for cause in row.causes.values():
            counts[_bucket(cause)] += 1
    failed = sum(failed_cells(evidence, ref) for ref in _refs(evidence.plan))
    return Tally(
        erased=max(0, counts["erased"] - failed),
        withheld=counts["withheld"],
        restricted=counts["restricted"],
        refused=counts["refused"],
        failed=failed,
    )


def row_tally(evidence: Evidence) -> Tally:
    """Rows by what became of them; a changed row counts as erased."""
    erased = withheld = failed = 0
    for ref in _refs(evidence.plan):
        rows = [row for row in evidence.plan.rows if row.collection == ref]
        changed = sum(row.action is not RowAction.KEEP for row in rows)
        bad = failed_cells(evidence, ref) > 0
        failed += changed if bad else 0
        erased += 0 if bad else changed
        withheld += len(rows) - changed
    return Tally(erased=erased, withheld=withheld, failed=failed)


def _bucket(cause: Cause) -> str:
    if cause.fate is Fate.ERASE:
        return "erased"
    if cause.fate is Fate.RESTRICT:
        return "restricted"
    return "refused" if cause.code in {"no_ground", "unclear"} else "withheld"


def _refs(plan: ErasurePlan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.collection for row in plan.rows))


def collection_outcomes(register: Register, evidence: Evidence) -> Iterator[CollectionOutcome]:
    """What happened in each collection."""
    for ref in _refs(evidence.plan):
        collection = register.collection(ref)
        if collection is not None:
            yield _outcome(register, collection, evidence)


def _outcome(register: Register, collection: Collection, evidence: Evidence) -> CollectionOutcome:
    ref = collection.ref
    rows = [row for row in evidence.plan.rows if row.collection == ref]
    changed = [row for row in rows if row.action is not RowAction.KEEP]
    checked = evidence.verification.collections.get(ref) if evidence.verification else None
    note = evidence.results.get(collection.source)
    failed = failed_cells(evidence, ref) > 0 or (note is not None and not note.get("done"))
    fields = {
        fate: tuple(
            _in_order(
                collection,
                {n for row in rows for n, cause in row.causes.items() if cause.fate is fate},
            )
        )
        for fate in Fate
    }
    deleted = any(row.action is RowAction.DELETE for row in changed)
    written = () if failed else fields[Fate.ERASE]
    return CollectionOutcome(
        source=register.sources[collection.source].title,
        collection=collection.name,
        connector=register.sources[collection.source].connector,
        strategy="delete" if deleted else "blank" if changed else "retain",
        disposition="permanent" if deleted and not failed else "none",
        rows_before=len(rows),
        rows_affected=0 if failed else len(changed),
        fields_written=written,
        fields_withheld=(*fields[Fate.WITHHOLD], *fields[Fate.UNDECIDED]),
        fields_restricted=fields[Fate.RESTRICT],
        fields_failed=fields[Fate.ERASE] if failed else (),
        reread_at=evidence.reread_at if checked else None,
        remaining=_remaining(checked, changed=bool(changed)),
        evidence=_digest(checked) if checked else None,
        outcome="failed" if failed else "done",
    )


def _remaining(checked: Checked | None, *, changed: bool) -> int | None:
    if checked is None:
        return None if changed else 0
    if checked.code is not None or checked.self_test is SelfTest.MISSED:
        return None
    return checked.still_there + checked.leftovers + sum(checked.unchanged.values())


def _digest(checked: Checked) -> str:
    """SHA-256 of the counts that the re-read gave."""
    seen = [
        checked.collection,
        checked.rows,
        checked.gone,
        checked.cells_written,
        checked.still_there,
        sorted(checked.unchanged.items()),
        checked.leftovers,
        str(checked.self_test),
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def withheld_classes(
    register: Register, plan: ErasurePlan, rules: RuleBook
) -> Iterator[WithheldClass]:
    """Each class of what is kept, with rule, adopter, confidence and end date.

    Cells of one collection that are kept for one cause are one class, whatever their fields.
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
            source=register.sources[ref.partition(".")[0]].title,
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


def residue(register: Register, evidence: Evidence, executed: dt.date) -> Iterator[Residue]:
    """What may still hold the data, and until when."""
    for name, note in evidence.results.items():
        source = register.sources[name]
        for held in source.residue:
            yield Residue(
                place=f"{source.title}: {held.what}",
                kind=_residue_kind(held.what),
                until=executed + dt.timedelta(days=held.days),
                in_ledger=True,
            )
        for words in _texts(note.get("remains")):
            yield Residue(place=f"{source.title}: {words}", kind="log")


def _residue_kind(words: str) -> str:
    lowered = words.lower()
    for kind in ("backup", "replica", "cache", "log", "export"):
        if kind in lowered:
            return kind
    return "derived"


def _texts(value: object) -> Sequence[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
