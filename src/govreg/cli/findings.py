"""How findings are shown, and what they mean for the exit code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from govreg.cli.invocation import Invocation
from govreg.register.finding import RegisterFinding, errors_of


def shown(invocation: Invocation, findings: Sequence[RegisterFinding]) -> int:
    """Show findings; the exit code is 1 when one of them is an error."""
    errors = len(errors_of(findings))
    invocation.answer(
        [
            {
                "code": f.code,
                "place": f.place,
                "severity": f.severity,
                "message": f.message,
                "way_out": f.way_out,
            }
            for f in findings
        ],
        lambda: _words(findings, errors),
    )
    return 1 if errors else 0


def _words(findings: Sequence[RegisterFinding], errors: int) -> Iterator[str]:
    for finding in findings:
        found, way_out = finding.words()
        yield found
        yield f"    {way_out}"
    yield f"{errors} errors, {len(findings) - errors} warnings" if findings else "nothing found"
