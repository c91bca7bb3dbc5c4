"""Tell the person what became of an erasure, and say what can be done when something hinders it.

- A request that is ready is answered.
- An erasure that was carried out and that no re-read can confirm, because a source has gone or has
  nothing left to test the check on, is answered on a named person's word. The certificate says
  that it is unverified, and stays as it is.
- A certificate that says when the person was told takes the place of the latest one.
- Where something of the person is still there, nobody's word helps: the rest is planned anew.
"""

from __future__ import annotations

from govreg.erasure.model import State
from govreg.errors import Refused, UsageProblem
from govreg.requests import store as rows
from govreg.requests.model import RequestState, SubjectRequest
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, require
from govreg.requests.reissue import reissue
from govreg.runner.claim import claimed


def inform(
    parts: Parts, request_id: str, *, channel: str, override: bool, actor: str
) -> SubjectRequest:
    """Say that the person was told of the erasure.

    Args:
        parts: The engine's parts.
        request_id: The request.
        channel: How, as a short name such as `secure_mail`.
        override: A named person's word that an unverified erasure is answered as it is.
        actor: Who says so.

    Raises:
        UsageProblem: the request is not ready.
        Refused: something is in the way; the ways out are named.
    """
    require(parts.settings, actor, DECIDING, "answer a person")
    with claimed(parts.store, request_id):
        _answered(parts, request_id, channel=channel, override=override, actor=actor)
        reissue(parts, request_id, reason="informed", actor=actor)
    with parts.store.read() as connection:
        return rows.get(connection, request_id)


def _answered(parts: Parts, request_id: str, *, channel: str, override: bool, actor: str) -> None:
    with parts.store.write() as connection:
        request = rows.get(connection, request_id)
        taken_on = _is_unverified(request) and override
        if request.state is RequestState.NEEDS_ATTENTION and not taken_on:
            raise Refused(
                f"the erasure of request `{request_id}` is {request.outcome}", *ways_out(request)
            )
        if request.state is not RequestState.READY and not taken_on:
            raise UsageProblem(f"request `{request_id}` is {request.state}, not ready")
        rows.change(connection, request_id, state=RequestState.ANSWERED, answered_at=parts.clock())
        parts.log(
            connection,
            "request.delivered",
            actor,
            request=request_id,
            rule=channel,
            outcome="override" if taken_on else request.outcome,
        )


def ways_out(request: SubjectRequest) -> tuple[str, ...]:
    """What a person can do about a request that needs attention."""
    if request.state is not RequestState.NEEDS_ATTENTION:
        return ()
    again = f"try again, once the sources answer: `govreg request resume {request.id}`"
    if _is_unverified(request):
        taking_on = f"`govreg request deliver {request.id} --channel MEANS --override`"
        gone = "where a source is gone or empty for good, take on that it stays unverified"
        return again, f"{gone}: {taking_on}"
    return again, f"or plan what is left anew: `govreg request plan {request.id}`"


def _is_unverified(request: SubjectRequest) -> bool:
    return request.state is RequestState.NEEDS_ATTENTION and request.outcome == State.UNVERIFIABLE
