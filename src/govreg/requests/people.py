"""Who may do what with a request."""

from __future__ import annotations

from govreg.errors import Refused
from govreg.settings import Settings

INTAKE = frozenset({"dpo", "compliance", "administrator", "steward"})
RECORDING = INTAKE | {"engineer"}
"""An application records what people choose in it: it acts as a person with the role engineer."""
DECIDING = frozenset({"dpo", "compliance"})


def require(settings: Settings, actor: str, roles: frozenset[str], what: str) -> None:
    """Refuse unless the actor holds one of the roles.

    Raises:
        Refused: naming the roles that may.
    """
    if not roles & set(settings.roles_of(actor)):
        raise Refused(
            f"`{actor}` may not {what}",
            f"it takes one of the roles {', '.join(sorted(roles))}",
            "roles are given in `govreg.toml` under `[people]`; `--actor NAME` says who acts",
        )


def require_second_person(settings: Settings, *, planner: str | None, approver: str) -> None:
    """Refuse an approver who planned, unless four eyes are switched off with a reason.

    Raises:
        Refused: the same person planned and approves.
    """
    if settings.four_eyes and planner == approver:
        raise Refused(
            f"`{approver}` made this plan and cannot approve it",
            "a second person with the role dpo or compliance must approve",
        )
