"""`python -m benchmarks [--only AREA]`."""

from __future__ import annotations

import argparse
import sys

from benchmarks import requests as requests_area
from benchmarks.frame import show

AREAS = {"requests": requests_area.measure}


def main() -> int:
    """Measure every area, or one."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--only", choices=sorted(AREAS))
    parser.add_argument("--customers", type=int, default=1_000_000)
    chosen = parser.parse_args()
    results = []
    for name, measure in AREAS.items():
        if chosen.only in {None, name}:
            results += measure(print, customers=chosen.customers)
    show(results, print)
    return 0 if all(r.ratio >= r.floor for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
