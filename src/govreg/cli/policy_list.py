"""`govreg policy list`: the packs with their counts, or the rules of some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from govreg.cli.invocation import Invocation, pass_invocation
from govreg.cli.policy_adopt import adopted_words
from govreg.cli.terminal import folded
from govreg.errors import NotFound

if TYPE_CHECKING:
    from govreg.policy.adopt import Adopted
    from govreg.policy.rule import Override, Rule, RuleBook

_MANY = 3
"""So many adopters are named."""


@click.command("list")
@click.option("--pack", "packs", multiple=True, help="The rules of a pack; may be repeated.")
@click.option("--law", help="Only rules that speak for a law, such as gdpr.")
@pass_invocation
def list_(invocation: Invocation, packs: tuple[str, ...], law: str | None) -> None:
    """List the packs with their counts; with `--pack`, its rules with who adopted them.

    In JSON (`govreg --json policy list`) the answer is always the rules.

    Example: govreg policy list --pack gdpr
    """
    with invocation.engine() as engine:
        rules, adopted = engine.rules, engine.parts.adopted
    laws = sorted({rule.law for rule in rules.rules.values()})
    _known("pack", packs, sorted(rules.packs))
    _known("law", (law,) if law else (), laws)
    held = [
        rule
        for rule in rules.rules.values()
        if (not packs or rule.pack in packs) and law in {None, rule.law}
    ]
    invocation.answer(
        [_answer(rule, rules, adopted) for rule in held],
        lambda: [
            *(_rules(rules, held, adopted) if packs else _summary(rules, held, adopted)),
            *_earlier(held, adopted),
            *_overrides(rules, held),
        ],
    )


def _earlier(rules: Sequence[Rule], adopted: Adopted) -> Iterator[str]:
    """What must be adopted again."""
    for rule in rules:
        if adopted.earlier(rule) is not None:
            yield f"{rule.id}: adopted by {adopted_words(adopted, rule)}"


def _overrides(book: RuleBook, rules: Sequence[Rule]) -> Iterator[str]:
    """What the organisation's own rules override."""
    for rule in rules:
        if rule.overrides:
            yield from override_words(rule.overrides, book)


def override_words(override: Override, book: RuleBook) -> Iterator[str]:
    """An override, whether it counts yet, and what is wrong with who answers for it."""
    words = override.words
    if override.own in book.unanswered:
        yield f"both speak: {words}"
        yield f"FINDING: {book.unanswered[override.own]}"
        return
    counts = book.replaced.get(override.rule) == override
    yield f"OVERRIDE: {words}" if counts else f"not adopted, so both speak: {words}"


def _known(what: str, named: Sequence[str], there: Sequence[str]) -> None:
    for name in named:
        if name not in there:
            raise NotFound(f"there is no {what} `{name}` here", f"there are: {', '.join(there)}")


def _answer(rule: Rule, book: RuleBook, adopted: Adopted) -> dict[str, object]:
    replaced = book.replaced.get(rule.id)
    return {
        "rule": rule.id,
        "pack": rule.pack,
        "law": rule.law,
        "kind": rule.kind,
        "effect": rule.effect,
        "confidence": rule.confidence,
        "adopted by": adopted_words(adopted, rule),
        "title": rule.title.get("en", rule.id),
        "overridden by": replaced.own if replaced else None,
        "finding": book.unanswered.get(rule.id),
    }


def _summary(book: RuleBook, rules: Sequence[Rule], adopted: Adopted) -> Iterator[str]:
    """Each pack in one line of two tables: what its rules do, and how far they may be trusted."""
    from govreg.reports.rule_words import CONFIDENCES, EFFECTS, confidence_words

    by_pack = {
        name: held for name in sorted(book.packs) if (held := [r for r in rules if r.pack == name])
    }
    yield f"{len(rules)} rules in {len(by_pack)} packs"
    effects = {
        name: (len(held), *(Counter(r.effect for r in held)[effect] for effect in EFFECTS))
        for name, held in by_pack.items()
    }
    yield ""
    yield from _figures(("what rules do", "rules", *EFFECTS.values()), effects)
    yield from folded(
        "allow: grants a right or opens a gate. ask: a person decides. keep: a statutory minimum. "
        "outside: the law does not apply. duty: something must follow. end: a statutory maximum.",
        lead="  ",
        under="  ",
    )
    sure = {
        f"{name} {book.packs[name]}": (
            *(Counter(r.confidence for r in held)[mark] for mark in CONFIDENCES),
            sum(adopted.holds(r) for r in held),
            _by(held, adopted),
        )
        for name, held in by_pack.items()
    }
    yield ""
    yield from _figures(("how sure", *CONFIDENCES, "adopted", "by"), sure)
    text = ". ".join(f"{mark}: {confidence_words(mark)}" for mark in CONFIDENCES)
    yield from folded(f"{text}.", lead="  ", under="  ")
    yield from folded(
        "Until a named person adopts a rule it may keep or ask, never destroy or disclose.",
        lead="  ",
        under="  ",
    )
    yield ""
    some = next(iter(by_pack), "PACK")
    yield f"next: `govreg policy list --pack {some}`, `govreg policy page {some}`"


def _figures(head: Sequence[str], rows: Mapping[str, tuple[object, ...]]) -> Iterator[str]:
    """A table whose first column is text and whose figures stand to the right."""
    lines = [tuple(head), *((name, *map(str, row)) for name, row in rows.items())]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    for first, *others in lines:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join((first.ljust(widths[0]), *cells))


def _by(rules: Sequence[Rule], adopted: Adopted) -> str:
    """Who adopted them."""
    people = sorted({by for rule in rules if (by := adopted.by(rule))})
    more = f" and {len(people) - _MANY} more" if len(people) > _MANY else ""
    return f"{', '.join(people[:_MANY])}{more}" or "nobody"


def _rules(book: RuleBook, rules: Sequence[Rule], adopted: Adopted) -> Iterator[str]:
    """The rules of each pack by what they do; a star where nobody has adopted one."""
    from govreg.reports.rule_words import grouped

    wide = max((len(rule.id) for rule in rules), default=0)
    for name in dict.fromkeys(rule.pack for rule in rules):
        held = [rule for rule in rules if rule.pack == name]
        yield f"{name} {book.packs[name]}: {len(held)} rules"
        many = sum(adopted.holds(rule) for rule in held)
        yield f"adopted: {many}, by {_by(held, adopted)}; `*` marks what nobody has adopted"
        for title, group in grouped(held):
            yield ""
            yield f"{title} ({len(group)})"
            for rule in group:
                star = " " if adopted.holds(rule) else "*"
                lead = f"{star} {rule.confidence.ljust(6)}  {rule.id.ljust(wide)}  "
                yield from folded(rule.title.get("en", ""), lead=lead, under=" " * len(lead))
        yield ""
    yield "next: `govreg policy explain RULE` says what a rule says and where it stands"
