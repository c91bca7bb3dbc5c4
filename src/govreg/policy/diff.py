"""What a changed pack changes in its rules, and in what they rest on. Pure: nothing is read.

- A rule has changed when its hash has: whoever adopted it must adopt it again, even where only
  the way of writing it is another.
- What a rule rests on (a gate, a table, a derived fact, a range) changes the rule with it, also
  one of another pack: of a range that it leaves, or of a rule that it overrides.
- Public holidays are in no rule's hash; they move dates all the same, so they are compared too.

What the rules then answer otherwise is in `diff_cases` and `diff_ends`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from govreg.policy.pack_file import PackFile
from govreg.policy.rule import Rule, RuleBook

_WHOLE = frozenset({"when", "keep_until"})
"""Keys whose value is one thing to a reader: a condition, an expression."""

_NAMED_BY = ("id", "name")
_DEFINITIONS = (
    *("tables", "derive", "gates", "parameters", "choose", "record_classes", "holidays"),
)
_ABOUT = ("law", "title", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """One key that says something else; None where it is not there."""

    key: str
    """Dotted: `clock.n`, `text.en`, `unless.EXCEPTION.when`, `gdpr.child_age.rows.FI`."""
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """A rule that must be adopted again."""

    before: Rule
    after: Rule
    keys: tuple[KeyChange, ...]
    """Keys of its own; none where it is a rule of another pack."""
    through: tuple[str, ...]
    """What it rests on and what has changed, by name. With no key and nothing here, only the way
    of writing it has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackDiff:
    """How a pack's rules differ from another's."""

    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[RuleChange, ...]
    definitions: tuple[KeyChange, ...]
    """Of tables, derived facts, gates, ranges, choices, classes of records and public holidays;
    the kind leads."""
    about: tuple[KeyChange, ...]
    """Of the law, title and note of the pack. A version alone is no change."""

    def __bool__(self) -> bool:
        """Whether anything differs."""
        each = (self.added, self.removed, self.changed, self.definitions, self.about)
        return any(each)


def pack_diff(old: PackFile, new: PackFile, old_rules: RuleBook, new_rules: RuleBook) -> PackDiff:
    """How one pack's rules differ from another's.

    Args:
        old: The pack as it is.
        new: The pack as it would be.
        old_rules: Rules that hold those of `old`; others may stand beside them.
        new_rules: Rules that hold those of `new`.
    """
    before = {one.id: _dump(one) for one in old.rules}
    after = {one.id: _dump(one) for one in new.rules}
    was, will_be = _dump(old), _dump(new)
    held_before, held_after = _definitions(was), _definitions(will_be)
    changed = []
    same = after.keys() & before.keys()
    different = _different(old_rules, new_rules) - (before.keys() ^ after.keys())
    for name in different:
        one, other = old_rules.rules[name], new_rules.rules[name]
        through = [
            used
            for used in dict.fromkeys((*one.uses, *other.uses))
            if held_before.get(used) != held_after.get(used)
        ]
        overridden = {rule.overrides.rule for rule in (one, other) if rule.overrides}
        through += sorted(overridden & different)
        keys = tuple(_changes(before[name], after[name])) if name in same else ()
        changed.append(RuleChange(before=one, after=other, keys=keys, through=tuple(through)))
    order = [*after, *sorted(different - same)]
    return PackDiff(
        added=tuple(new_rules.rules[name] for name in after if name not in before),
        removed=tuple(old_rules.rules[name] for name in before if name not in after),
        changed=tuple(sorted(changed, key=lambda one: order.index(one.after.id))),
        definitions=tuple(
            _changes({k: was[k] for k in _DEFINITIONS}, {k: will_be[k] for k in _DEFINITIONS})
        ),
        about=tuple(_changes({k: was[k] for k in _ABOUT}, {k: will_be[k] for k in _ABOUT})),
    )


def _different(old: RuleBook, new: RuleBook) -> frozenset[str]:
    """Rules, of whatever pack, that are in both and say something else."""
    both = old.rules.keys() & new.rules.keys()
    return frozenset(
        name for name in both if old.rules[name].content_hash != new.rules[name].content_hash
    )


def _dump(written: BaseModel) -> dict[str, Any]:
    return written.model_dump(mode="json")


def _definitions(pack: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that a rule may rest on, by name; a range with what was chosen of it."""
    return {
        **pack["choose"],
        **pack["tables"],
        **pack["derive"],
        **pack["gates"],
        **{name: (one, pack["choose"].get(name)) for name, one in pack["parameters"].items()},
    }


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[KeyChange]:
    was, will_be = dict(_leaves(before)), dict(_leaves(after))
    for key in dict.fromkeys((*was, *will_be)):
        if was.get(key) != will_be.get(key):
            yield KeyChange(key=key, before=was.get(key), after=will_be.get(key))


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every key with what it says, nested ones dotted; what is not said is left out."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = {_name(one, at): one for at, one in enumerate(value)}
    if isinstance(value, dict) and (not path or path[-1] not in _WHOLE):
        for key, one in value.items():
            yield from _leaves(one, (*path, key))
    elif value is not None and value not in ([], {}):
        yield ".".join(path), value


def _name(one: Mapping[str, Any], at: int) -> str:
    return str(next((one[key] for key in _NAMED_BY if one.get(key)), at))
