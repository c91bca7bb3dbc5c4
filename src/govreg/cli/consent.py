"""`govreg consent`: what people choose, and signals explained."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from govreg.cli.consent_choice import evidence, history, proof, record, show, withdraw
from govreg.cli.consent_file import export, filter_, import_, verify
from govreg.cli.consent_notice import notice
from govreg.cli.consent_preference import (
    export_preferences,
    import_preferences,
    prefer,
    preferences,
)
from govreg.cli.consent_receipt import receipt
from govreg.cli.consent_signal import signal as received
from govreg.cli.group import Commands
from govreg.cli.invocation import Invocation, pass_invocation
from govreg.cli.terminal import folded

if TYPE_CHECKING:
    from govreg.consent.signals.finding import Finding
    from govreg.consent.signals.signal import Signal

_READ = 1 << 21


@click.group(cls=Commands)
def consent() -> None:
    """What people choose: recorded, withdrawn, shown, proven; signals explained."""


for _command in (
    record,
    withdraw,
    show,
    history,
    proof,
    evidence,
    prefer,
    preferences,
    notice,
    receipt,
    import_,
    export,
    verify,
    filter_,
    received,
    import_preferences,
    export_preferences,
):
    consent.add_command(_command)


@consent.command()
@click.argument("signal")
@pass_invocation
def decode(invocation: Invocation, signal: str) -> int:
    """Explain a consent signal: TC string, GPP string, US Privacy string, or gpc.json.

    SIGNAL is the string, or `-` to read it from standard input, which keeps it out of the shell's
    history: it is personal data. Exit code 1 when it may not be relied upon.

    Example: govreg consent decode DBABTA~1YNN
    """
    from govreg.clock import system_clock
    from govreg.consent.signals.plain import kind_of, plain
    from govreg.consent.signals.signal import decode_signal, encode_signal, findings_of

    now = system_clock()
    text = _from_stdin() if signal == "-" else signal
    held = decode_signal(text.strip(), now=now)
    findings = findings_of(held, now=now)
    invalid = any(finding.invalid for finding in findings)
    invocation.answer(
        {
            "kind": kind_of(held),
            "valid": not invalid,
            "says": plain(held),
            "findings": [plain(finding) for finding in findings],
            "canonical": encode_signal(held),
        },
        lambda: _words(held, findings),
    )
    return 1 if invalid else 0


def _from_stdin() -> str:
    """What stands there, up to more than any signal has; what is no text becomes no signal."""
    return sys.stdin.buffer.read(_READ).decode("utf-8", "replace")


def _words(signal: Signal, findings: Sequence[Finding]) -> Iterator[str]:
    from govreg.consent.signals.words import words_of

    for line in words_of(signal):
        text = line.lstrip()
        lead = line[: len(line) - len(text)]
        yield from folded(text, lead=lead, under=f"{lead}  ")
    yield ""
    for finding in findings:
        weight = "invalid" if finding.invalid else "note"
        yield from folded(f"{weight}: {finding.text} ({finding.code})", under="  ")
    if not findings:
        yield "no rule is broken"
