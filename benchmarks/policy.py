"""Decisions of one, of five, and of ten million; loading the packs that they need.

One decision is about an ordinary use of an e-mail address by a shop, with every installed pack
loaded. Each round asks several questions many times over; the median of the rounds counts.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.frame import Result, against_limit, against_peer
from benchmarks.policy_peers import QUESTIONS, engines
from benchmarks.policy_rows import apart, fill
from govreg.plugins import announced
from govreg.policy.cases import everything_adopted
from govreg.policy.evaluate import decide, decide_each
from govreg.policy.files import load_books

ON = dt.date(2026, 11, 25)
ROUNDS, TIMES = 31, 50
SHOP = {
    "request.act": "process",
    "request.law": "gdpr",
    "activity.basis": "gdpr.6.1.b",
    "activity.necessary": True,
    "activity.purpose": "orders",
    "activity.personal_use": False,
    "activity.ended": False,
    "activity.new_purpose": False,
    "activity.offered_to_child": False,
    "activity.direct_marketing": False,
    "organisation.kind": "private",
    "organisation.role": "controller",
    "organisation.country": "FI",
    "organisation.eu_established": True,
    "person.country": "FI",
    "person.age": 40,
    "person.deceased": False,
    "person.objects": False,
    "person.objection_pending": False,
    "person.objection_upheld": False,
    "person.restricted": False,
    "item.category": "user.contact.email",
    "item.reveals_special": False,
    "item.for_identification": False,
}
ONE = [
    SHOP,
    {**SHOP, "person.restricted": True},
    {**SHOP, "activity.basis": "gdpr.6.1.a", "person.consent": "withdrawn"},
    {**SHOP, "item.category": "user.name", "person.age": None},
]
FIVE = [
    {"item.category": f"user.{name}"}
    for name in ("contact.email", "name", "financial", "contact.phone_number", "behavior")
]


def measure(say: Callable[[str], None], *, rows: int) -> list[Result]:
    """Every case of this area."""
    return [*loading(), *decisions(say), *many(say, rows)]


def loading() -> list[Result]:
    """All packs, from YAML and from the folder where parsed ones are kept."""
    paths = [folder / "pack.yaml" for folder in announced().packs.values()]
    with tempfile.TemporaryDirectory() as name:
        cold = [seconds(lambda: load_books(paths)) for _ in range(3)]
        load_books(paths, cache=Path(name))
        warm = [seconds(lambda: load_books(paths, cache=Path(name))) for _ in range(9)]
    return [
        against_limit("policy", "all packs, cold", cold, 3.0, "s"),
        against_limit("policy", "all packs, kept", [1000 * one for one in warm], 150, "ms"),
    ]


def decisions(say: Callable[[str], None]) -> list[Result]:
    """One item and five, and the same small rules beside peers, in turn."""
    rules = load_books([folder / "pack.yaml" for folder in announced().packs.values()])
    adopted = everything_adopted(rules, ON)
    with tempfile.TemporaryDirectory() as name:
        asked = engines(Path(name))
        cases: dict[str, Callable[[], object]] = {
            "one": lambda: [decide(one, rules, on=ON, adopted=adopted) for one in ONE],
            "five": lambda: decide_each(SHOP, FIVE, rules, on=ON, adopted=adopted),
            **{
                engine: (lambda ask=ask: [ask(values) for values, _ in QUESTIONS])
                for engine, (_, ask) in asked.items()
            },
        }
        per = {"one": len(ONE), "five": 1, **dict.fromkeys(asked, len(QUESTIONS))}
        times: dict[str, list[float]] = {case: [] for case in cases}
        for _ in range(ROUNDS):
            for case, act in cases.items():
                took = seconds(lambda act=act: [act() for _ in range(TIMES)])
                times[case].append(1e6 * took / TIMES / per[case])
    say(f"best rounds: one {min(times['one']):.1f} µs, five {min(times['five']):.1f} µs")
    for peer in {"cedarpy", "regopy"} - asked.keys():
        say(f"{peer}: not measured, it is not installed (the extra `bench`)")
    return [
        against_limit("policy", "one decision, all packs", times["one"], 20, "µs"),
        against_limit("policy", "five items, all packs", times["five"], 100, "µs"),
        *(
            against_peer(
                "policy",
                f"one of six rules, beside {peer}",
                times["govreg"],
                times[peer],
                f"{peer} {version}",
                "µs",
            )
            for peer, (version, _) in asked.items()
            if peer != "govreg"
        ),
    ]


def many(say: Callable[[str], None], rows: int) -> list[Result]:
    """Rows filtered by the set form, on two cores, and a tenth of them for the memory."""
    with tempfile.TemporaryDirectory() as name:
        few, all_ = Path(name) / "few.parquet", Path(name) / "all.parquet"
        fill(few, rows // 10)
        fill(all_, rows)
        small = [apart(few) for _ in range(3)]
        large = [apart(all_) for _ in range(3)]
    say(
        f"{large[0]['rows']:,.0f} of {rows:,} rows may be sent, by {large[0]['sql']:,} signs of SQL"
    )
    return [
        against_limit("policy", "query made", [one["compile"] for one in large], 0.5, "s"),
        against_limit(
            "policy", f"{rows:,} rows filtered", [one["seconds"] for one in large], 3.0, "s"
        ),
        against_peer(
            "policy",
            "memory, beside a tenth of the rows",
            [one["growth"] for one in large],
            [one["growth"] for one in small],
            "the same",
            "MiB",
            floor=0.5,
        ),
    ]


def seconds(act: Callable[[], object]) -> float:
    """Wall time of an act."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
