"""The frame of every measurement: cases with a peer or a limit, medians, a table, a file.

A case that has no peer carries its limit as the peer. `ratio` is oriented so that higher is better;
the goal is kept while `ratio >= floor`.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the table."""

    area: str
    name: str
    ours: float
    peer: float
    peer_version: str
    ratio: float
    floor: float
    unit: str
    rounds: int
    machine: str
    commit: str


def against_limit(area: str, name: str, values: list[float], limit: float, unit: str) -> Result:
    """A case that must stay under a limit: the median of some rounds against it."""
    return _result(area, name, values, limit, "limit", 1.0, unit)


def against_peer(
    area: str,
    name: str,
    values: list[float],
    peer: list[float],
    version: str,
    unit: str,
    floor: float = 1.0,
) -> Result:
    """A case beside a peer that was measured in the same rounds: median against median."""
    return _result(area, name, values, statistics.median(peer), version, floor, unit)


def _result(
    area: str,
    name: str,
    values: list[float],
    peer: float,
    version: str,
    floor: float,
    unit: str,
) -> Result:
    ours = statistics.median(values)
    return Result(
        area=area,
        name=name,
        ours=round(ours, 4),
        peer=round(peer, 4),
        peer_version=version,
        ratio=round(peer / ours, 2) if ours else float("inf"),
        floor=floor,
        unit=unit,
        rounds=len(values),
        machine=f"{platform.machine()}, {platform.python_version()}",
        commit=_commit(),
    )


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return done.stdout.strip() or "unknown"


def show(results: list[Result], say: Callable[[str], None]) -> None:
    """Print the table and write the file."""
    width = max((len(r.name) for r in results), default=4)
    say(f"{'case'.ljust(width)}  {'ours':>10}  {'peer':>10}  {'ratio':>8}  {'floor':>6}  kept")
    for r in results:
        kept = "yes" if r.ratio >= r.floor else "NO"
        say(
            f"{r.name.ljust(width)}  {r.ours:>10g}  {r.peer:>10g}  {r.ratio:>8g}  {r.floor:>6g}  "
            f"{kept}  {r.unit}"
        )
    RESULTS.write_text(json.dumps([asdict(r) for r in results], indent=2) + "\n")
    say(f"written to {RESULTS}")
