"""The cells of a person's scope: the one list that disclosure and erasure both answer for.

For every cell: disclosed or withheld from disclosure; erased, restricted or withheld from erasure.
Context rows lie outside.
"""

from __future__ import annotations

from collections.abc import Iterator

from govreg.gate.scope import FoundRow, Relation, Scope
from govreg.register.model import Collection, Field, Register
from govreg.register.stated import ITEM, as_facts


def cell_fields(collection: Collection, row: FoundRow) -> tuple[Field, ...]:
    """The fields of a found row that are in the person's scope.

    Of a mention only the linking fields; else every personal field.
    """
    if row.relation is Relation.MENTION:
        named = (collection.fields.get(name) for name in row.own_fields)
        return tuple(field for field in named if field is not None)
    return collection.personal_fields


def scope_cells(register: Register, scope: Scope) -> Iterator[tuple[Collection, FoundRow, Field]]:
    """Every cell of a scope."""
    for ref, rows in scope.rows.items():
        collection = register.collection(ref)
        if collection is None:
            continue
        for row in rows.values():
            for field in cell_fields(collection, row):
                yield collection, row, field


def item_facts(collection: Collection, field: Field) -> dict[str, object]:
    """What the register says of a field, as facts."""
    return {
        **as_facts({**collection.facts, **field.facts}, ITEM),
        "item.source": collection.source,
        "item.collection": collection.name,
        "item.field": field.name,
        "item.category": field.category,
        "item.origin": str(field.origin),
        "item.level": str(collection.level),
        "item.secret": field.secret,
        "item.about_other": field.about_other,
        "item.privileged": field.privileged,
        "item.free_text": field.free_text,
    }
