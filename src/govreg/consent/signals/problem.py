"""The one error of every decoder: what is wrong and where, never the signal itself.

A signal tells what a person chose, so it is personal data: a message names a place and a field.
"""

from __future__ import annotations

from govreg.errors import IntegrityProblem

LONGEST = 100_000
"""Characters of the longest signal that is read; a TC string with every vendor has some 50,000."""


class MalformedSignal(IntegrityProblem):
    """A signal that cannot be read as it stands; nothing of it may be relied upon.

    Attributes:
        code: The kind of fault, as `docs/spec/consent-signals.md` lists them.
        position: The character at which it was found, from 0, in the signal as it was received.
    """

    def __init__(self, code: str, message: str, *details: str, position: int) -> None:
        super().__init__(code, f"character {position + 1} of the signal: {message}", *details)
        self.position = position


def refuse_size(text: str) -> None:
    """Refuse what is no signal by its length alone.

    Raises:
        MalformedSignal: `empty`, `too_long`.
    """
    if not text:
        raise MalformedSignal("empty", "there is nothing to read", position=0)
    if len(text) > LONGEST:
        raise MalformedSignal(
            "too_long", f"no signal has more than {LONGEST} characters", position=LONGEST
        )
