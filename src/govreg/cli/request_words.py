"""A request and its plan in words, and what is to be done next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from govreg.cli.invocation import Invocation, day, table
from govreg.cli.request_next import next_commands, next_words

if TYPE_CHECKING:
    from govreg.engine import Engine
    from govreg.policy.assessment import Assessment
    from govreg.requests.model import SubjectRequest


def answered(invocation: Invocation, engine: Engine, held: SubjectRequest) -> None:
    """Answer with a request, and with what comes next."""
    zone = engine.parts.zone
    following = next_commands(engine, held)
    findings = engine.requests.clock_findings()
    invocation.answer(
        {**request_data(held, zone), "findings": list(findings), "next": following},
        lambda: [
            *request_words(held, zone),
            *(f"FINDING: {text}" for text in findings),
            *next_words(following),
        ],
    )


def request_data(held: SubjectRequest, zone: dt.tzinfo) -> dict[str, Any]:
    """A request as JSON."""
    return {
        "id": held.id,
        "kind": held.kind,
        "law": held.law,
        "state": held.state,
        "outcome": held.outcome,
        "subject": held.subject_id,
        "received": day(held.received_at, zone),
        "due": day(held.due_at, zone),
        "target": day(held.target_at, zone),
        "verification": held.verification,
        "planned_by": held.planned_by,
        "approved_by": held.approved_by,
        "plan_hash": held.plan_hash,
        "assessments": {name: one.data() for name, one in _judged(held)},
    }


def request_words(held: SubjectRequest, zone: dt.tzinfo) -> Iterator[str]:
    """A request in plain words."""
    outcome = f", {held.outcome}" if held.outcome else ""
    yield f"request {held.id}: {held.kind} under {held.law}, {held.state}{outcome}"
    yield (
        f"received {day(held.received_at, zone)}, due {day(held.due_at, zone)} "
        f"(aim for {day(held.target_at, zone)})"
    )
    for name, one in _judged(held):
        yield f"judged: {name} is {one.outcome}, by {one.by} on {one.on}, until {one.until}"


def _judged(held: SubjectRequest) -> Iterator[tuple[str, Assessment]]:
    from govreg.policy.assessment import Assessment

    for name, value in held.facts.items():
        if isinstance(value, Assessment):
            yield name, value


def plan_words(summary: Any) -> Iterator[str]:
    """A plan in plain words."""
    yield "found:"
    for line in table(
        [(f["collection"], f["rows"], ", ".join(f["reached"])) for f in summary["found"]],
        ("collection", "rows", "how"),
    ):
        yield f"  {line}"
    for candidate in summary["candidates"]:
        yield (
            f"candidate {candidate['id']}: {candidate['rows']} rows of {candidate['collection']}, "
            f"{candidate['doubt']} ({'; '.join(candidate['path'])})"
        )
    for gap in summary["not_searched"]:
        yield f"NOT SEARCHED: {gap['place']} ({gap['code']})"
    yield from (f"LIMIT HIT: {cap}" for cap in summary["caps"])
    yield from (f"OVERRIDE: {held['words']}" for held in summary.get("overrides", ()))
    if summary["kind"] == "access":
        for held in summary["withheld"]:
            place = f"{held['collection']}.{held['field']}"
            yield f"withheld: {held['count']} of {place}: {held['code']}"
        return
    yield "will be done:"
    for action in summary["actions"]:
        yield f"  {action['action']:6}  {action['rows']:>6} rows  {action['collection']}"
    yield "why:"
    for cell in summary["cells"]:
        until = f" until {cell['until']}" if cell["until"] else ""
        rules = ", ".join(cell["rules"]) or cell["code"]
        yield (
            f"  {cell['fate']:9} {cell['collection']}: {', '.join(cell['fields'])}{until} "
            f"[{rules}{'; confidence ' + cell['confidence'] if cell['confidence'] else ''}]"
        )
    for statement in summary["statements"]:
        yield f"  {statement['source']}: {statement.get('statement', statement.get('code'))}"
    for blocker in summary["blockers"]:
        yield f"BLOCKED: {blocker['place']}: {blocker['text']}"
        yield f"    {blocker['way_out']}"
    yield f"plan hash: {summary.get('plan_hash', '-')}"
