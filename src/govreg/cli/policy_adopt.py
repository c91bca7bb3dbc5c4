"""`govreg policy adopt`: take responsibility for rules, having read how sure each of them is."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from govreg.cli.invocation import Invocation, pass_invocation
from govreg.cli.terminal import say
from govreg.errors import NotFound, Refused, UsageProblem
from govreg.requests.people import DECIDING, require
from govreg.validation import suggestion

if TYPE_CHECKING:
    from govreg.policy.adopt import Adopted
    from govreg.policy.rule import Rule, RuleBook

MARKS = ("high", "medium", "low")


@click.command()
@click.argument("packs", nargs=-1, metavar="[PACK[@VERSION]]...")
@click.option("--rule", "rule_ids", multiple=True, help="Only this rule; may be repeated.")
@click.option(
    "--read", "marks", help="The confidence marks that you have read, such as `medium,low`."
)
@pass_invocation
def adopt(
    invocation: Invocation, packs: tuple[str, ...], rule_ids: tuple[str, ...], marks: str | None
) -> None:
    """Adopt rules: from now on they may authorise what they say.

    Every rule whose confidence is not high is shown first, and asked about, and so is every rule
    that overrides one of a pack's; a script says with `--read` that somebody has read them.

    Example: govreg --actor dpo policy adopt gdpr@2026.11
    """
    from govreg.policy.adopt import FILE, write_adopted

    with invocation.engine() as engine:
        require(engine.settings, invocation.actor, DECIDING, "adopt rules")
        rules = _chosen(engine.rules, packs, rule_ids)
        counts = {mark: sum(rule.confidence == mark for rule in rules) for mark in MARKS}
        _read(rules, counts, marks)
        today = engine.parts.today()
        write_adopted(engine.workspace, rules, by=invocation.actor, on=today)
        with engine.store.write() as connection:
            for rule in rules:
                engine.parts.log(
                    connection,
                    "policy.adopted",
                    invocation.actor,
                    rule=rule.id,
                    hashes={"rule": rule.content_hash},
                    outcome=f"read_{rule.confidence}",
                )
    invocation.answer(
        {"adopted": [rule.id for rule in rules], "read": counts},
        lambda: [f"adopted {rule.id}" for rule in rules] + [f"written to {FILE}"],
    )


def adopted_words(adopted: Adopted, rule: Rule) -> str:
    """Who adopted a rule as it is now, or in an earlier wording."""
    earlier = adopted.earlier(rule)
    if earlier is not None:
        return f"nobody (by {earlier.by} on {earlier.on} in an earlier wording)"
    return adopted.by(rule) or "nobody"


def _chosen(book: RuleBook, packs: Sequence[str], rule_ids: Sequence[str]) -> list[Rule]:
    names = [_pack(book, text) for text in packs]
    if not names and not rule_ids:
        raise UsageProblem(
            "name a pack to adopt, or rules with `--rule`", f"installed: {', '.join(book.packs)}"
        )
    if not rule_ids:
        return [rule for rule in book.rules.values() if rule.pack in names]
    rules = []
    for rule_id in dict.fromkeys(rule_ids):
        rule = book.get(rule_id)
        if rule is None:
            raise NotFound(
                f"there is no rule `{rule_id}`",
                suggestion(rule_id, sorted(book.rules)),
                "`govreg policy list` shows them",
            )
        if names and rule.pack not in names:
            raise UsageProblem(f"rule `{rule_id}` is of pack `{rule.pack}`")
        rules.append(rule)
    return rules


def _pack(book: RuleBook, text: str) -> str:
    """A pack's name out of `PACK` or `PACK@VERSION`; the version must be the one that is there."""
    name, sign, version = text.partition("@")
    held = book.packs.get(name)
    if held is None:
        known = f"`govreg policy adopt --rule {name}`" if name in book.rules else ""
        raise NotFound(f"there is no pack `{name}`", f"installed: {', '.join(book.packs)}", known)
    if sign and version != held:
        raise UsageProblem(
            f"pack `{name}` is installed in version `{held}`, and not `{version}`",
            f"read what is installed, and adopt that: `govreg policy adopt {name}@{held}`",
        )
    return name


def _read(rules: Sequence[Rule], counts: dict[str, int], marks: str | None) -> None:
    """Make sure that whoever adopts has read what is not of high confidence.

    Raises:
        UsageProblem: nobody says so, or not of every mark.
        Refused: the person at the terminal says no.
    """
    unsure = [mark for mark in MARKS if mark != "high" and counts[mark]] or ["high"]
    if marks is None and _at_a_terminal():
        for line in _shown(rules, counts):
            say(line, err=True)
        if not click.confirm("Have you read them, and do you adopt them?", err=True):
            raise Refused("nothing was adopted")
        return
    given = [word.strip() for word in (marks or "").split(",") if word.strip()]
    unknown = [word for word in given if word not in MARKS]
    if unknown:
        raise UsageProblem(f"confidence marks are {', '.join(f'`{mark}`' for mark in MARKS)}")
    unread = [mark for mark in unsure if mark not in given]
    if unread:
        raise UsageProblem(
            "who adopts rules has read how sure they are",
            *_shown(rules, counts),
            f"once they have been read: `--read {','.join(unsure)}`",
        )
    for line in _overriding(rules):
        say(line, err=True)


def _at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _shown(rules: Sequence[Rule], counts: dict[str, int]) -> Iterator[str]:
    """How many rules of each mark there are, every one that is not sure, and every override."""
    packs = Counter(rule.pack for rule in rules)
    yield f"{len(rules)} rules of {', '.join(packs)}: " + ", ".join(
        f"{count} of {mark} confidence" for mark, count in counts.items()
    )
    for mark in MARKS[1:]:
        for rule in rules:
            if rule.confidence == mark:
                cites = ", ".join(rule.citation)
                yield f"{mark}: {rule.id}: {rule.title.get('en', rule.id)} ({cites})"
    yield from _overriding(rules)


def _overriding(rules: Sequence[Rule]) -> Iterator[str]:
    """Every override, however sure: once adopted, it speaks in the place of a pack's rule."""
    for rule in rules:
        if rule.overrides:
            yield f"OVERRIDE: {rule.overrides.words}"
            yield from (f"  {words}" for words in rule.text.values())
