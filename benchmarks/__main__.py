"""`python -m benchmarks [--only AREA]`."""

from __future__ import annotations

import argparse
import sys

from benchmarks.frame import Result, show

AREAS = ("policy", "consent", "requests")


def measured(area: str, chosen: argparse.Namespace) -> list[Result]:
    """The results of one area; each has needs of its own, so that it is imported when it is asked."""
    if area == "policy":
        from benchmarks import policy

        return policy.measure(print, rows=chosen.rows)
    if area == "consent":
        from benchmarks import consent_ledger, consent_signals

        return [*consent_signals.measure(print), *consent_ledger.measure(print, rows=chosen.rows)]
    from benchmarks import requests

    return requests.measure(print, customers=chosen.customers)


def main() -> int:
    """Measure every area, or one."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--only", choices=AREAS)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=10_000_000)
    chosen = parser.parse_args()
    results: list[Result] = []
    for area in AREAS:
        if chosen.only in {None, area}:
            results += measured(area, chosen)
    show(results, print)
    return 0 if all(r.ratio >= r.floor for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
