"""What is to be done next with a request: one judgement for every command that touches it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, assert_never

from govreg.errors import NotFound

if TYPE_CHECKING:
    from govreg.engine import Engine
    from govreg.requests.model import SubjectRequest


def next_commands(engine: Engine, held: SubjectRequest) -> list[str]:
    """The commands that come next, the first one first; a reason follows behind a colon."""
    return list(_next(engine, held))


def _next(engine: Engine, held: SubjectRequest) -> Iterator[str]:
    from govreg.requests.model import RequestState

    at, state = held.id, held.state
    match state:
        case RequestState.RECEIVED:
            yield f"govreg request verify-identity {at} --level reasonable --how MEANS"
        case RequestState.VERIFIED:
            yield f"govreg request plan {at}"
        case RequestState.PLANNED:
            yield from _after_plan(at, _plan(engine, at), four_eyes=engine.settings.four_eyes)
        case RequestState.APPROVED:
            yield f"govreg request run {at}"
        case RequestState.RUNNING:
            yield f"govreg request resume {at}"
        case RequestState.NEEDS_ATTENTION:
            yield from _out_of_trouble(at, held.outcome)
        case RequestState.READY:
            yield from _when_ready(engine, held)
        case RequestState.ANSWERED:
            yield from _to_tell(at, engine.requests.untold(at))
        case RequestState.REFUSED:
            return
        case _:
            assert_never(state)


def _when_ready(engine: Engine, held: SubjectRequest) -> Iterator[str]:
    if held.kind == "access":
        yield from _after_answer(held.id, held.outcome, _plan(engine, held.id))
        return
    yield f"govreg erasure certificate {held.id} -o certificate"
    yield from _to_tell(held.id, engine.requests.untold(held.id))
    yield f"govreg request deliver {held.id} --channel MEANS"


def next_words(commands: Sequence[str]) -> list[str]:
    """The commands as lines."""
    return [f"{'then' if at else 'next'}: {command}" for at, command in enumerate(commands)]


def _plan(engine: Engine, request_id: str) -> Mapping[str, Any]:
    try:
        return engine.requests.summary(request_id)
    except NotFound:
        return {}


def _doubts(at: str, plan: Mapping[str, Any]) -> Iterator[str]:
    """What a person settles before the work is complete."""
    if plan.get("candidates"):
        first = plan["candidates"][0]["id"]
        yield (
            f"govreg request review {at} --confirm {first} (or --reject): "
            f"{len(plan['candidates'])} candidates may be this person, --show-candidates says more"
        )
    if plan.get("undecided"):
        yield f"govreg request review {at} --fact NAME=VALUE: see `UNDECIDED` above"
    if plan.get("pending_review"):
        yield (
            f"govreg request review {at} --show-texts: "
            f"{plan['pending_review']} texts wait for a reader"
        )


def _after_plan(at: str, plan: Mapping[str, Any], *, four_eyes: bool) -> Iterator[str]:
    doubts = list(_doubts(at, plan))
    yield from doubts
    if plan.get("blockers"):
        yield f"govreg request plan {at}, once nothing is blocked"
    elif plan.get("kind") != "erasure":
        partial = ", with what is settled so far; the answer will be partial" if doubts else ""
        yield f"govreg request run {at}{partial}"
    elif not doubts:
        who = " (a second person)" if four_eyes else ""
        yield f"govreg --actor NAME request approve {at}{who}"


def _after_answer(at: str, outcome: str | None, plan: Mapping[str, Any]) -> Iterator[str]:
    if outcome != "partial":
        yield f"govreg request export {at} -o answer"
        yield f"govreg request deliver {at} --channel MEANS"
        return
    yield from _doubts(at, plan)
    if plan.get("not_searched") or plan.get("caps"):
        yield "govreg doctor: not everything was searched"
    yield f"govreg request plan {at}, once it can be complete"
    yield f"govreg request deliver {at} --channel MEANS --override, to let it go out as it is"


def _out_of_trouble(at: str, outcome: str | None) -> Iterator[str]:
    yield f"govreg request resume {at}, once the sources answer"
    if outcome == "unverifiable":
        yield (
            f"govreg request deliver {at} --channel MEANS --override, "
            "where a source is gone or empty for good: it stays unverified"
        )
    else:
        yield f"govreg request plan {at}, to plan what is left anew"


def _to_tell(at: str, untold: Sequence[str]) -> Iterator[str]:
    for recipient in untold:
        yield f"govreg request deliver {at} --told {shlex.quote(recipient + '=ANSWER')}"
