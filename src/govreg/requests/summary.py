"""A plan as a person reads it: counts, rules, references; no value and no key of a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govreg.erasure.model import Cause, ErasurePlan
from govreg.gate.scope import Candidate, Scope
from govreg.reports.ways import cap_data, cap_words, found_by_words, step_words
from govreg.reports.words import Words
from govreg.requests import store as rows
from govreg.requests.model import SubjectRequest
from govreg.requests.parts import Parts
from govreg.requests.seek import LINK

_ENGLISH = Words("en")
"""Plans are read on the command line and in programs; documents have the reader's language."""


def scope_summary(parts: Parts, request: SubjectRequest, scope: Scope) -> dict[str, Any]:
    """What was found and what was not, by collection."""
    register = parts.border.register
    with parts.store.read() as connection:
        chosen = rows.choices(connection, request.id, LINK)
    return {
        "v": 1,
        "request": request.id,
        "kind": str(request.kind),
        "law": request.law,
        "planned_at": parts.clock().isoformat(),
        "found": [
            {
                "collection": ref,
                "source": register.sources[ref.partition(".")[0]].title,
                "rows": len(found),
                "relation": sorted({str(row.relation) for row in found.values()}),
                "reached": sorted({step_words(row.path[-1], _ENGLISH) for row in found.values()}),
            }
            for ref, found in scope.rows.items()
        ],
        "candidates": [_candidate(c) for c in scope.candidates],
        "confirmed": [
            {**_candidate(c), "by": chosen[c.id][1]} for c in scope.confirmed if c.id in chosen
        ],
        "not_searched": [{"place": n.place, "code": n.code} for n in scope.not_searched],
        "caps": [cap_words(cap, _ENGLISH) for cap in scope.caps],
        "limits": [cap_data(cap) for cap in scope.caps],
        "searched": {
            ref: [found_by_words([step], _ENGLISH) for step in steps]
            for ref, steps in scope.searched.items()
        },
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "id": candidate.id,
        "doubt": str(candidate.doubt),
        "collection": candidate.collection,
        "via": candidate.via,
        "rows": len(candidate.rows),
        "path": [step_words(step, _ENGLISH) for step in candidate.path],
    }


def plan_summary(plan: ErasurePlan) -> dict[str, Any]:
    """What an erasure will do, by collection and cause."""
    cells: dict[tuple[str, Cause], dict[str, int]] = {}
    for row in plan.rows:
        for name, cause in row.causes.items():
            fields = cells.setdefault((row.collection, cause), {})
            fields[name] = fields.get(name, 0) + 1
    return {
        "actions": [
            {"collection": ref, "action": str(action), "rows": count}
            for (ref, action), count in sorted(plan.actions().items())
        ],
        "cells": [
            {"collection": ref, "fields": fields, "count": sum(fields.values()), **_cause(cause)}
            for (ref, cause), fields in cells.items()
        ],
        "blockers": [
            {"code": b.code, "place": b.place, "text": b.text, "way_out": b.way_out}
            for b in plan.blockers
        ],
        "notes": list(plan.notes),
    }


def _cause(cause: Cause) -> Mapping[str, Any]:
    return {
        "fate": str(cause.fate),
        "code": cause.code,
        "rules": list(cause.rules),
        "cites": list(cause.cites),
        "text": cause.text,
        "until": cause.until.isoformat() if cause.until else None,
        "confidence": cause.confidence,
        "adopted_by": cause.adopted_by,
        "purpose": cause.purpose,
        "missing": list(cause.missing),
    }
