"""Every error that govreg raises on purpose, one tree.

    GovregError                     something went wrong that a person can act on
    ├── UsageProblem                the call itself is off                             exit 2
    ├── ConfigurationProblem        a workspace file or a setting is wrong             exit 3
    ├── SourceProblem               a connected system did not do what was asked       exit 3
    │   └── UnsupportedOperation    the connector does not offer it for this collection
    ├── NotFound                    the thing named does not exist                     exit 4
    ├── IntegrityProblem            a stored thing is not what it must be              exit 5
    ├── Refused                     a rule, or a missing fact, forbids it              exit 1
    │   └── Blocked                 a plan cannot be carried out; says every reason
    └── Conflict                    somebody else changed it meanwhile                 exit 1

Messages are lower case, without a final stop, with names in backticks. They carry names, counts
and codes, never values out of a source: a message may be logged, a personal value may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar


class GovregError(Exception):
    """Something went wrong that a person can act on."""

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *details: str) -> None:
        super().__init__(message)
        self.message = message
        self.details: tuple[str, ...] = tuple(filter(None, details))

    def __str__(self) -> str:
        return "\n  ".join((self.message, *self.details))


class UsageProblem(GovregError):
    """The call itself is off: a missing option, a name of the wrong form."""

    exit_code = 2


class ConfigurationProblem(GovregError):
    """A workspace file or a setting is wrong; names file, line, key and the way out."""

    exit_code = 3

    def __init__(
        self,
        message: str,
        *details: str,
        file: Path | str | None = None,
        line: int | None = None,
        key: str | None = None,
    ) -> None:
        self.file, self.line, self.key = file, line, key
        place = ":".join(str(part) for part in (file, line) if part is not None)
        lead = f"{place}: " if place else ""
        named = f"`{key}`: " if key else ""
        super().__init__(f"{lead}{named}{message}", *details)


class SourceProblem(GovregError):
    """A connected system did not do what was asked.

    Carries a code and names only. Drivers put row values into their messages, so neither those
    messages nor the exceptions that bear them are kept (raise it `from None`).
    """

    exit_code = 3

    def __init__(
        self,
        code: str,
        message: str,
        *details: str,
        source: str | None = None,
        collection: str | None = None,
        retryable: bool = False,
    ) -> None:
        self.code, self.source, self.collection, self.retryable = (
            code,
            source,
            collection,
            retryable,
        )
        place = ".".join(part for part in (source, collection) if part)
        super().__init__(f"`{place}`: {message}" if place else message, *details)


class UnsupportedOperation(SourceProblem):
    """The connector does not offer this operation for this collection."""

    def __init__(self, operation: str, *, source: str | None, collection: str | None) -> None:
        super().__init__(
            "unsupported",
            f"this connector cannot {operation} here",
            source=source,
            collection=collection,
        )


class NotFound(GovregError):
    """The thing named does not exist."""

    exit_code = 4


class IntegrityProblem(GovregError):
    """A stored thing is not what it must be: a broken seal, a forked log, a wrong key.

    `code` names the failure class; each stored format lists its classes in `docs/spec/`.
    """

    exit_code = 5

    def __init__(self, code: str, message: str, *details: str) -> None:
        super().__init__(message, *details)
        self.code = code


class Refused(GovregError):
    """A rule, or a missing fact, forbids it. The message says which and what would help."""

    exit_code = 1


class Blocked(Refused):
    """A plan cannot be carried out as it stands; `details` holds every reason."""

    def __init__(self, message: str, reasons: Sequence[str]) -> None:
        super().__init__(message, *reasons)


class Conflict(GovregError):
    """Somebody else changed it meanwhile; nothing was written."""

    exit_code = 1
