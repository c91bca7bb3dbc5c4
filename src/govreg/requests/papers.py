"""The sealed papers of a request: identifiers, plan, what must stay. They die with the request.

A paper is canonical JSON sealed under the request's own key. Shredding the person's keys does not
touch it, so that an erasure can still be verified; it goes when the request's retention ends.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from govreg.clock import to_millis
from govreg.connectors.plan import Change, ChangeKind, SourcePlan
from govreg.connectors.record import RowKey
from govreg.connectors.values import canonical, from_canonical
from govreg.erasure.model import Cause, ErasurePlan, Fate, RowAction, RowPlan
from govreg.errors import IntegrityProblem, NotFound
from govreg.gate.scope import FoundRow, Memory, Relation, Remembered, Scope, mark_of
from govreg.protection.envelope import Context, Key, open_sealed, seal, utf8
from govreg.requests.tables import request_paper
from govreg.subjects.identifier import Identifier

Paper = Mapping[str, Any]


def write(
    connection: sa.Connection,
    key: Key,
    *,
    workspace: str,
    request_id: str,
    name: str,
    paper: Paper,
    at: dt.datetime,
) -> str:
    """Seal a paper and keep it, in place of an earlier one of that name; returns its hash."""
    text = json.dumps(paper, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    content = utf8(text)
    content_hash = hashlib.sha256(content).hexdigest()
    connection.execute(
        request_paper.delete().where(
            request_paper.c.request_id == request_id, request_paper.c.name == name
        )
    )
    connection.execute(
        request_paper.insert().values(
            request_id=request_id,
            name=name,
            sealed=seal(key, content, _context(workspace, request_id, name)),
            content_hash=content_hash,
            written_at=to_millis(at),
        )
    )
    return content_hash


def read(
    connection: sa.Connection, key: Key, *, workspace: str, request_id: str, name: str
) -> Paper:
    """A sealed paper, opened.

    Raises:
        NotFound: there is no such paper.
        IntegrityProblem: it does not open, or is an earlier one put back (`paper_changed`).
    """
    row = connection.execute(
        sa.select(request_paper.c.sealed, request_paper.c.content_hash).where(
            request_paper.c.request_id == request_id, request_paper.c.name == name
        )
    ).first()
    if row is None:
        raise NotFound(f"request `{request_id}` has no {name} yet")
    opened = open_sealed(key, row.sealed, _context(workspace, request_id, name))
    if hashlib.sha256(opened).hexdigest() != row.content_hash:
        raise IntegrityProblem(
            "paper_changed", f"the sealed {name} of request `{request_id}` is not the latest one"
        )
    paper: Paper = json.loads(opened)
    return paper


def _context(workspace: str, request_id: str, name: str) -> Context:
    return Context(
        workspace=workspace,
        source="govreg",
        collection="request_paper",
        field=name,
        record=request_id,
    )


def identifiers_paper(identifiers: Iterable[Identifier]) -> Paper:
    """Identifiers as a paper."""
    return {"v": 1, "identifiers": [[i.kind, i.value] for i in identifiers]}


def identifiers_of(paper: Paper) -> tuple[Identifier, ...]:
    """The identifiers in a paper."""
    return tuple(Identifier(kind=kind, value=value) for kind, value in paper["identifiers"])


def learned_paper(before: Memory, scope: Scope) -> Paper:
    """What searches for a request have learned so far: identifiers and rows.

    Each with the confirmed candidates that it rests on: one that is rejected later takes along
    what it led to.
    """
    both: list[Remembered | FoundRow] = [*before.rows, *scope.all_rows()]
    identifiers = {**before.identifiers, **scope.rests_on}
    rows = {
        (held.collection, held.key): [
            held.collection,
            _key(held.key),
            str(held.relation),
            list(held.own_fields),
            sorted(held.rests_on),
            held.mark if isinstance(held, Remembered) else mark_of(held.values),
        ]
        for held in both
    }
    return {
        "v": 2,
        "identifiers": [[i.kind, i.value, sorted(r)] for i, r in identifiers.items()],
        "rows": list(rows.values()),
    }


def memory_of(paper: Paper) -> Memory:
    """What stands in such a paper; the first version did not say what rests on what."""
    rows = (row if paper["v"] > 1 else [*row, [], ""] for row in paper["rows"])
    identifiers = (i if paper["v"] > 1 else [*i, []] for i in paper["identifiers"])
    return Memory(
        rows=tuple(
            Remembered(
                collection=ref,
                key=_key_of(key),
                relation=Relation(relation),
                own_fields=tuple(own_fields),
                rests_on=frozenset(rests_on),
                mark=mark,
            )
            for ref, key, relation, own_fields, rests_on, mark in rows
        ),
        identifiers={
            Identifier(kind=kind, value=value): frozenset(rests_on)
            for kind, value, rests_on in identifiers
        },
    )


def plan_paper(
    plan: ErasurePlan,
    identifiers: Iterable[Identifier],
    staying: Iterable[tuple[str, RowKey]],
) -> Paper:
    """An erasure plan with everything that carrying it out and verifying it need."""
    causes: dict[Cause, int] = {}
    rows = [
        [
            row.collection,
            _key(row.key),
            str(row.action),
            {name: causes.setdefault(cause, len(causes)) for name, cause in row.causes.items()},
            {name: canonical(value) for name, value in row.assign.items()},
        ]
        for row in plan.rows
    ]
    return {
        "v": 1,
        "causes": [_cause(cause) for cause in causes],
        "rows": rows,
        "sources": [_source(source) for source in plan.sources],
        "identifiers": [[i.kind, i.value] for i in identifiers],
        "staying": [[ref, _key(key)] for ref, key in staying],
        "notes": list(plan.notes),
    }


def plan_of(paper: Paper) -> ErasurePlan:
    """The erasure plan in a paper."""
    causes = [_cause_of(form) for form in paper["causes"]]
    return ErasurePlan(
        rows=tuple(
            RowPlan(
                collection=ref,
                key=_key_of(key),
                action=RowAction(action),
                causes={name: causes[at] for name, at in cells.items()},
                assign={name: from_canonical(form) for name, form in assign.items()},
            )
            for ref, key, action, cells, assign in paper["rows"]
        ),
        sources=tuple(_source_of(form) for form in paper["sources"]),
        notes=tuple(paper["notes"]),
    )


def staying_of(paper: Paper) -> frozenset[tuple[str, RowKey]]:
    """The rows outside the plan that identifiers may still lead to."""
    return frozenset((ref, _key_of(key)) for ref, key in paper["staying"])


def _key(key: RowKey) -> list[Any]:
    return [canonical(part) for part in key]


def _key_of(form: list[Any]) -> RowKey:
    return tuple(from_canonical(part) for part in form)


def _cause(cause: Cause) -> list[Any]:
    return [
        str(cause.fate),
        cause.code,
        list(cause.rules),
        list(cause.cites),
        cause.text,
        cause.until.isoformat() if cause.until else None,
        cause.confidence,
        cause.adopted_by,
        cause.purpose,
        list(cause.missing),
        list(cause.overrides),
    ]


def _cause_of(form: list[Any]) -> Cause:
    fate, code, rules, cites, text, until, confidence, adopted_by, purpose, missing, *more = form
    return Cause(
        fate=Fate(fate),
        code=code,
        rules=tuple(rules),
        cites=tuple(cites),
        text=text,
        until=dt.date.fromisoformat(until) if until else None,
        confidence=confidence,
        adopted_by=adopted_by,
        purpose=purpose,
        missing=tuple(missing),
        overrides=tuple(more[0]) if more else (),  # a plan made before has none
    )


def _source(plan: SourcePlan) -> dict[str, Any]:
    return {
        "source": plan.source,
        "schema": plan.schema_hash,
        "changes": [
            {
                "collection": change.collection,
                "key": list(change.key),
                "kind": str(change.kind),
                "rows": [_key(row) for row in change.rows],
                "fingerprints": list(change.fingerprints),
                "guard": list(change.guard),
                "assign": {name: canonical(value) for name, value in change.assign.items()},
            }
            for change in plan.changes
        ],
    }


def _source_of(form: Mapping[str, Any]) -> SourcePlan:
    return SourcePlan(
        source=form["source"],
        schema_hash=form["schema"],
        changes=tuple(
            Change(
                collection=change["collection"],
                key=tuple(change["key"]),
                kind=ChangeKind(change["kind"]),
                rows=tuple(_key_of(row) for row in change["rows"]),
                fingerprints=tuple(change["fingerprints"]),
                guard=tuple(change["guard"]),
                assign={name: from_canonical(value) for name, value in change["assign"].items()},
            )
            for change in form["changes"]
        ),
    )
