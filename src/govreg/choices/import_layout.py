"""The columns of a file of choices: which they are, and what each is for.

- A column is called as in the table of `docs/spec/consent-file.md`, or is renamed by whoever
  imports; a value that is the same in every row may be stated instead.
- A column that nobody knows is an error: what is passed over must be named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from govreg.choices.under import PARTICULARS
from govreg.errors import UsageProblem
from govreg.policy.fact import FactKind
from govreg.policy.facts import FACTS
from govreg.validation import suggestion

SUBJECT = "subject"
CHOICE_COLUMNS = (
    *("activity", "kind", "law", "controller", "by", "notice", "language", "method"),
    *("act", "channel", "steps", "explicit", "age", "country"),
)
"""What many rows share, beside `consent.NAME` and `authorisation.NAME`."""
ROW_COLUMNS = ("at", "until", "key", "event_key", "sealed")
"""What is the row's own, beside who it is and the particulars."""
STATED_GROUPS = ("consent", "authorisation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the columns of a file are for."""

    column: Mapping[str, str]
    """For each name, the file's column."""
    stated: Mapping[str, str]
    """Values that are the same in every row."""
    who: tuple[str, ...]
    """The identifier kinds that have a column."""
    choice: tuple[str, ...]
    """The names that together say what was chosen, and how; columns and stated ones."""
    particulars: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Whether there is a column for a name."""
        return name in self.column


def layout_of(
    columns: Sequence[str],
    *,
    kinds: Collection[str],
    renamed: Mapping[str, str],
    stated: Mapping[str, str],
    ignored: Collection[str] = (),
) -> Layout:
    """The layout of a file.

    Args:
        columns: The file's columns.
        kinds: Identifier kinds of the workspace.
        renamed: By name, the file's column that holds it.
        stated: By name, the value of every row.
        ignored: Columns of the file that are passed over.

    Raises:
        UsageProblem: a column is unknown, missing, named twice, or nobody is named.
    """
    names = _names(kinds)
    for name in (*renamed, *stated):
        if name not in names:
            raise UsageProblem(f"a choice has no `{name}`", suggestion(name, sorted(names)))
    for name in (*renamed.values(), *ignored):
        if name not in columns:
            raise UsageProblem(f"the file has no column `{name}`", suggestion(name, columns))
    held = _columns(columns, names, renamed, ignored)
    for name in stated:
        if name in held:
            raise UsageProblem(
                f"`{name}` is stated and is a column: one of the two", f"`--ignore {held[name]}`"
            )
        if name in (SUBJECT, *kinds, *ROW_COLUMNS, *PARTICULARS):
            raise UsageProblem(f"`{name}` is each row's own and cannot be stated for all")
    _complete(held, stated, kinds)
    shared = (*CHOICE_COLUMNS, *sorted(n for n in {*held, *stated} if "." in n))
    return Layout(
        column=held,
        stated=dict(stated),
        who=tuple(name for name in held if name in kinds),
        choice=tuple(name for name in shared if name in held or name in stated),
        particulars=tuple(name for name in PARTICULARS if name in held),
    )


def _names(kinds: Collection[str]) -> frozenset[str]:
    flags = [
        fact.name
        for fact in FACTS.values()
        if fact.name.partition(".")[0] in STATED_GROUPS and fact.kind is FactKind.FLAG
    ]
    return frozenset([SUBJECT, *kinds, *CHOICE_COLUMNS, *ROW_COLUMNS, *PARTICULARS, *flags])


def _columns(
    columns: Sequence[str],
    names: frozenset[str],
    renamed: Mapping[str, str],
    ignored: Collection[str],
) -> dict[str, str]:
    taken = {column: name for name, column in renamed.items()}
    if len(taken) < len(renamed):
        raise UsageProblem("one column of the file is named for two things")
    held: dict[str, str] = {}
    for column in columns:
        name = taken.get(column, column)
        if column in ignored:
            continue
        if name not in names:
            raise UsageProblem(
                f"nothing is known of the file's column `{column}`",
                suggestion(column, sorted(names))
                or f"rename it: `--column NAME={column}`, or pass it over: `--ignore {column}`",
            )
        if name in held:
            raise UsageProblem(f"two columns of the file are `{name}`")
        held[name] = column
    return held


def _complete(held: Mapping[str, str], stated: Mapping[str, str], kinds: Collection[str]) -> None:
    if SUBJECT not in held and not any(name in held for name in kinds):
        raise UsageProblem(
            "no column names a person",
            f"`subject`, or one of {', '.join(sorted(kinds))}",
            "`--column email=COLUMN` renames one",
        )
    for name in ("activity", "kind"):
        if name not in held and name not in stated:
            raise UsageProblem(
                f"no column says the {name}", f"state it for all rows: `--set {name}=…`"
            )
    if "at" not in held:
        raise UsageProblem("no column says when each choice was made", "`--column at=COLUMN`")
