"""A request and its plan in words, and what is to be done next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from govreg.cli.invocation import Invocation, day, table
from govreg.cli.request_next import next_commands, next_words

if TYPE_CHECKING:
    from govreg.engine import Engine
    from govreg.gate.glimpse import Glimpse
    from govreg.policy.assessment import Assessment
    from govreg.requests.model import SubjectRequest


def answered(invocation: Invocation, engine: Engine, held: SubjectRequest) -> None:
    """Answer with a request, and with what comes next."""
    following = next_commands(engine, held)
    findings = engine.requests.standing(held.id).findings
    invocation.answer(
        {**request_data(engine, held), "findings": list(findings), "next": following},
        lambda: [*request_words(engine, held), *next_words(following)],
    )


def due_words(held: SubjectRequest, zone: dt.tzinfo) -> str:
    """By when it is due, short: a day, and what happened to it."""
    if held.clock == "still":
        return "stands still"
    return f"{day(held.due_at, zone)}{' (extended)' if held.clock == 'extended' else ''}"


def request_data(engine: Engine, held: SubjectRequest) -> dict[str, Any]:
    """A request as JSON."""
    zone, still = engine.parts.zone, held.clock == "still"
    return {
        "id": held.id,
        "kind": held.kind,
        "law": held.law,
        "state": held.state,
        "outcome": held.outcome,
        "subject": held.subject_id,
        "received": day(held.received_at, zone),
        "due": None if still else day(held.due_at, zone),
        "target": None if still else day(held.target_at, zone),
        "clock": held.clock,
        "place": held.place or engine.settings.country,
        "verification": held.verification,
        "planned_by": held.planned_by,
        "approved_by": held.approved_by,
        "plan_hash": held.plan_hash,
        "assessments": {name: one.data() for name, one in _judged(held)},
    }


def request_words(engine: Engine, held: SubjectRequest) -> Iterator[str]:
    """A request in plain words, and what is not certain about its due date."""
    zone = engine.parts.zone
    outcome = f", {held.outcome}" if held.outcome else ""
    yield f"request {held.id}: {held.kind} under {held.law}, {held.state}{outcome}"
    received = f"received {day(held.received_at, zone)}"
    place = held.place or engine.settings.country
    by = f", by the public holidays of {place}" if place else ""
    match held.clock:
        case "still":
            yield f"{received}, the clock stands still until the person has answered"
        case "extended":
            yield f"{received}, extended, due {day(held.due_at, zone)}{by}"
        case _:
            aim = day(held.target_at, zone)
            yield f"{received}, due {day(held.due_at, zone)} (aim for {aim}){by}"
    yield from (f"FINDING: {text}" for text in engine.requests.standing(held.id).findings)
    for name, one in _judged(held):
        yield f"judged: {name} is {one.outcome}, by {one.by} on {one.on}, until {one.until}"


def _judged(held: SubjectRequest) -> Iterator[tuple[str, Assessment]]:
    from govreg.policy.assessment import Assessment

    for name, value in held.facts.items():
        if isinstance(value, Assessment):
            yield name, value


def candidate_data(seen: Glimpse) -> dict[str, Any]:
    """A candidate as JSON, with what tells it apart."""
    held = seen.candidate
    return {
        "id": held.id,
        "doubt": held.doubt,
        "collection": held.collection,
        "rows": len(held.rows),
        "seen": [{name: str(value) for name, value in row.items()} for row in seen.rows],
        "unread": seen.unread,
    }


def candidate_words(seen: Glimpse) -> Iterator[str]:
    """A candidate in plain words, with what tells it apart."""
    held = seen.candidate
    yield f"candidate {held.id}: {len(held.rows)} rows of {held.collection}, {held.doubt}"
    if seen.unread:
        yield f"    nothing can be shown ({seen.unread})"
    for row in seen.rows:
        yield "    " + ", ".join(f"{name}: {value}" for name, value in row.items())
    if len(held.rows) > len(seen.rows) > 0:
        yield f"    and {len(held.rows) - len(seen.rows)} more"


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
    yield from map(_first_use, summary.get("first_uses", ()))
    yield from map(_choice, summary.get("choices", ()))
    yield from _access_words(summary) if summary["kind"] == "access" else _erasure_words(summary)


def _first_use(held: Any) -> str:
    adopted = f"adopted by {held['adopted_by']} on {held['adopted_on']}"
    return (
        f"FIRST USE of this wording of `{held['rule']}`, "
        f"{adopted if held['adopted_by'] else 'adopted by nobody'}: a second person approves"
    )


def _choice(held: Any) -> str:
    since = f" since {held['since'][:10]}" if held["since"] else ""
    objects = "; the person objects" if held["objection"] else ""
    return f"choice: {held['activity']}: consent {held['consent']}{since}{objects}"


def _access_words(summary: Any) -> Iterator[str]:
    for held in summary["withheld"]:
        place = f"{held['collection']}.{held['field']}"
        yield f"withheld: {held['count']} of {place}: {held['code']}"
    for held in summary.get("undecided", ()):
        yield f"UNDECIDED: {held['collection']}: {', '.join(held['fields'])}"
        yield f"    it depends on whether {held['text']}"
        yield f"    {held['way_out']}"


def _erasure_words(summary: Any) -> Iterator[str]:
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
