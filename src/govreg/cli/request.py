"""`govreg request …`: what people ask, from the first letter to the answer."""

from __future__ import annotations

import click

from govreg.cli import request_clock, request_decide, request_intake, request_work
from govreg.cli.group import Commands


@click.group(cls=Commands)
def request() -> None:
    """What people ask: access and erasure."""


for command in (
    request_intake.open_,
    request_intake.list_,
    request_intake.show,
    request_intake.verify_identity,
    request_clock.pause,
    request_clock.extend,
    request_decide.plan,
    request_decide.review,
    request_decide.approve,
    request_work.run,
    request_work.resume,
    request_work.export,
    request_work.deliver,
):
    request.add_command(command)
