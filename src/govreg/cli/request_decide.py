"""`govreg request plan | review | approve`: what is decided before anything happens."""

from __future__ import annotations

import datetime as dt

import click

from govreg.cli.invocation import Invocation, parsed_facts, pass_invocation, valid_until_option
from govreg.cli.request_next import next_commands, next_words
from govreg.cli.request_words import answered, candidate_data, candidate_words, plan_words


@click.command()
@click.argument("request_id")
@pass_invocation
def plan(invocation: Invocation, request_id: str) -> int:
    """Search every source and say what would be done. Exit code 1 when something blocks it.

    Example: govreg request plan req_7t0m3k9x2c4v8q1z
    """
    with invocation.engine() as engine:
        summary = engine.requests.plan(request_id, actor=invocation.actor)
        following = next_commands(engine, engine.requests.get(request_id))
        invocation.answer(
            {**summary, "next": following},
            lambda: [*plan_words(summary), *next_words(following)],
        )
    return 1 if summary.get("blockers") else 0


@click.command()
@click.argument("request_id")
@click.option("--confirm", multiple=True, help="A candidate that is this person.")
@click.option("--reject", multiple=True, help="A candidate that is not.")
@click.option("--release", multiple=True, help="A text that may go out; `all` for every one.")
@click.option("--withhold", multiple=True, help="A text that may not.")
@click.option("--fact", "facts", multiple=True, help="NAME=yes|no: state a fact.")
@valid_until_option
@click.option(
    "--show-candidates",
    "show",
    flag_value="candidates",
    help="Print what tells candidates apart.",
)
@click.option("--show-texts", "show", flag_value="texts", help="Print the texts to be reviewed.")
@pass_invocation
def review(
    invocation: Invocation,
    request_id: str,
    *,
    confirm: tuple[str, ...],
    reject: tuple[str, ...],
    release: tuple[str, ...],
    withhold: tuple[str, ...],
    facts: tuple[str, ...],
    valid_until: dt.datetime | None,
    show: str | None,
) -> None:
    """Settle what the machine must not: doubtful links, free texts, facts.

    A plan made before is void afterwards.

    Example: govreg request review req_7t0m3k9x2c4v8q1z --confirm e33dd1997b
    """
    actor = invocation.actor
    with invocation.engine() as engine:
        desk = engine.requests
        links = dict.fromkeys(confirm, True) | dict.fromkeys(reject, False)
        if links:
            desk.decide_links(request_id, links, actor=actor)
        if release or withhold:
            names = [name for name, _, _ in desk.texts(request_id, actor=actor)]
            out = names if "all" in release else list(release)
            choices = dict.fromkeys(out, True) | dict.fromkeys(withhold, False)
            desk.decide_texts(request_id, choices, actor=actor)
        if facts:
            until = valid_until.date() if valid_until else None
            desk.state_facts(request_id, parsed_facts(facts), actor=actor, valid_until=until)
        seen = desk.candidates(request_id, actor=actor) if show == "candidates" else []
        texts = desk.texts(request_id, actor=actor) if show == "texts" else []
        held = desk.get(request_id)
        following = next_commands(engine, held)
        if texts and not (links or release or withhold):
            first = texts[0][0]
            following = [f"govreg request review {request_id} --release {first} (or --withhold)"]
        invocation.answer(
            {
                "state": held.state,
                "candidates": [candidate_data(one) for one in seen],
                "texts": [list(text) for text in texts],
                "next": following,
            },
            lambda: [
                *(line for one in seen for line in candidate_words(one)),
                *(f"{name}  ({label})\n    {text}" for name, label, text in texts),
                f"request {request_id} is {held.state}",
                *next_words(following),
            ],
        )


@click.command()
@click.argument("request_id")
@click.option("--plan", "wanted", help="The hash of the plan that you read.")
@pass_invocation
def approve(invocation: Invocation, request_id: str, wanted: str | None) -> None:
    """Approve exactly the present plan, as a second person.

    Example: govreg --actor second request approve req_7t0m3k9x2c4v8q1z
    """
    with invocation.engine() as engine:
        held = engine.requests.approve(request_id, actor=invocation.actor, wanted=wanted)
        answered(invocation, engine, held)
