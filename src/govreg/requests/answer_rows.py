"""The rows of an access answer: where was searched, what was found, and what is held back.

Names, labels and purposes come out of the register; values only out of what the gate told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from govreg.erasure.certificate import rule_words
from govreg.gate.read import Told, Withholding, held_fields
from govreg.gate.scope import Scope
from govreg.register.model import Collection, Field, Register, Source
from govreg.reports.access_document import FieldNote, Mark, PendingReview, Row, Searched, Section
from govreg.reports.document import NotSearched, WithheldClass
from govreg.requests.parts import Parts


def not_searched(register: Register, ref: str, code: str) -> NotSearched:
    """A gap as documents name it: the system by its title, the rest as the register has it."""
    source, _, rest = ref.partition(".")
    held = register.sources.get(source)
    if held is None or not rest:
        return NotSearched(place=ref, code=code)
    return NotSearched(place=rest, code=code, source=held.name_by_language)


def _source(register: Register, ref: str) -> Source:
    return register.sources[ref.partition(".")[0]]


def _title(collection: Collection) -> Mapping[str, str]:
    return collection.title or {"und": collection.name}


def searched(register: Register, scope: Scope) -> Iterator[Searched]:
    """Every collection that was searched, and what was found there."""
    for ref, ways in scope.searched.items():
        collection = register.collection(ref)
        if collection is not None:
            yield Searched(
                ref=ref,
                source=_source(register, ref).name_by_language,
                collection=_title(collection),
                reached=ways,
                rows=len(scope.rows.get(ref, {})),
            )


def sections(register: Register, told: Mapping[str, tuple[Told, ...]]) -> Iterator[Section]:
    """The rows that the person gets, collection by collection."""
    for ref, rows in told.items():
        collection = register.collection(ref)
        if collection is None or not rows:
            continue
        shown = dict.fromkeys(name for t in rows for name in (*t.values, *t.withheld))
        fields = [collection.fields[name] for name in collection.fields if name in shown]
        yield Section(
            ref=ref,
            source=_source(register, ref).name_by_language,
            title=_title(collection),
            fields=tuple(_note(register, field) for field in fields),
            rows=[_row(t) for t in rows],
            activities=tuple(
                dict.fromkeys(
                    a for f in held_fields(collection, rows).values() for a in f.activities
                )
            ),
        )


def _row(told: Told) -> Row:
    marks = {name: Mark(_code(why)) for name, why in told.withheld.items()}
    return Row(
        values={**told.values, **marks} if marks else told.values,
        reached=told.row.path,
        relation=str(told.row.relation),
    )


def _code(why: Withholding) -> str:
    return "pending_review" if why.pending else why.code


def _note(register: Register, field: Field) -> FieldNote:
    used = [register.activities[name] for name in field.activities if name in register.activities]
    category = field.category or "unclassified"
    return FieldNote(
        name=field.name,
        label=field.label,
        category=category,
        purposes=tuple(activity.purpose for activity in used),
        bases=tuple(activity.basis for activity in used),
        origin=str(field.origin),
        retention=tuple(activity.retention for activity in used if activity.retention),
    )


def context(register: Register, scope: Scope) -> Iterator[Section]:
    """Rows that explain a value; nothing of them is the person's own."""
    for ref, rows in scope.context.items():
        collection = register.collection(ref)
        if collection is None or not rows:
            continue
        names = dict.fromkeys(name for row in rows for name in row)
        yield Section(
            ref=ref,
            source=_source(register, ref).name_by_language,
            title=_title(collection),
            fields=tuple(_note(register, collection.fields[name]) for name in names),
            rows=[Row(values=row, relation="lookup") for row in rows],
        )


def pending_texts(
    register: Register, told: Mapping[str, tuple[Told, ...]]
) -> Iterator[PendingReview]:
    """Free texts that nobody has reviewed yet, counted by field."""
    for ref, rows in told.items():
        collection = register.collection(ref)
        counts: dict[str, int] = {}
        for row in rows:
            for name, why in row.withheld.items():
                if why.pending:
                    counts[name] = counts.get(name, 0) + 1
        for name, count in counts.items():
            label = collection.fields[name].label if collection else {}
            yield PendingReview(ref=ref, name=name, label=label, count=count)


def withheld_classes(
    parts: Parts, told: Mapping[str, tuple[Told, ...]], reviewers: Sequence[str]
) -> Iterator[WithheldClass]:
    """What is held back, counted by field and reason; `reviewers` kept free texts back."""
    register = parts.border.register
    for ref, rows in told.items():
        collection = register.collection(ref)
        counts: dict[tuple[str, Withholding], int] = {}
        for row in rows:
            for name, why in row.withheld.items():
                if not why.pending:
                    counts[name, why] = counts.get((name, why), 0) + 1
        for (name, why), count in counts.items():
            rule = parts.rules.get(why.rules[0]) if why.rules else None
            yield WithheldClass(
                source=_source(register, ref).name_by_language,
                collection=ref.partition(".")[2],
                what=name,
                label=collection.fields[name].label if collection else {},
                count=count,
                reason=why.code,
                citation=", ".join(why.cites) or None,
                words=rule_words(parts.rules, why.rules),
                rule=why.rules[0] if why.rules else None,
                adopter=parts.adopted.by(rule) if rule else None,
                confidence=str(rule.confidence) if rule else None,
                decided_by=", ".join(reviewers) if why.code == "reviewed_out" else None,
            )
