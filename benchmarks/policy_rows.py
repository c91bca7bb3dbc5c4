"""Ten million rows filtered by the set form: an extract that goes to a recipient in the Union.

The activity, the field and the recipient are the same for every row; ten facts about the person
differ, and some are not known. What may be sent is streamed as Arrow batches out of a Parquet file.

`python -m benchmarks.policy_rows FILE` measures in a process of its own, so that its memory is
counted from a fresh start.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import duckdb
import ibis

from govreg.bulk.decide import outcomes
from govreg.bulk.stream import streamed
from govreg.plugins import announced
from govreg.policy.cases import everything_adopted
from govreg.policy.evaluate import decide
from govreg.policy.files import load_books
from govreg.policy.pack_cache import user_folder

ON = dt.date(2026, 11, 25)
LAW, ACT = "gdpr", "send"
THREADS = 2
SAME = {
    "activity.basis": "gdpr.6.1.a",
    "activity.purpose": "orders",
    "activity.ended": False,
    "activity.personal_use": False,
    "activity.direct_marketing": True,
    "activity.offered_to_child": True,
    "activity.new_purpose": False,
    "item.category": "user.contact.email",
    "item.reveals_special": False,
    "item.for_identification": False,
    "organisation.kind": "private",
    "organisation.country": "FI",
    "organisation.eu_established": True,
    "recipient.role": "processor",
    "recipient.contract": True,
    "recipient.country": "DE",
    "consent.free": True,
    "consent.specific": True,
    "consent.informed": True,
    "consent.affirmative_act": True,
    "consent.distinguishable": True,
    "consent.dark_pattern": False,
    "consent.same_channel": True,
    "consent.steps_to_give": 2,
    "consent.steps_to_withdraw": 1,
}
ROWS = {
    "person.country": "['FI', 'SE', 'DE', 'FR', 'IT', NULL][1 + i % 6]",
    "person.age": "CASE WHEN i % 11 = 0 THEN NULL ELSE i % 90 END",
    "person.consent": "['given', 'given', 'given', 'refused', 'withdrawn', 'expired', NULL][1 + i % 7]",
    "person.objects": "i % 13 = 0",
    "person.objection_pending": "i % 17 = 0",
    "person.objection_upheld": "CASE WHEN i % 19 = 0 THEN NULL ELSE i % 23 = 0 END",
    "person.restricted": "i % 29 = 0",
    "person.protected_address": "i % 31 = 0",
    "person.deceased": "CASE WHEN i % 37 = 0 THEN NULL ELSE i % 41 = 0 END",
    "consent.parental": "CASE WHEN i % 3 = 0 THEN NULL ELSE i % 3 = 1 END",
}


def fill(path: Path, rows: int) -> None:
    """A Parquet file of that many people."""
    facts = ", ".join(f'{sql} AS "{fact}"' for fact, sql in ROWS.items())
    duckdb.execute(
        f"COPY (SELECT i AS id, 'c' || i || '@a.example' AS email, {facts} FROM range({rows}) AS r(i))"
        f" TO '{path}' (FORMAT parquet)"
    )


def filtered(path: Path) -> dict[str, float]:
    """Seconds to compile, seconds to stream what may be sent, rows of it, growth in MiB."""
    rules = load_books(
        [folder / "pack.yaml" for folder in announced().packs.values()], cache=user_folder()
    )
    adopted = everything_adopted(rules, ON)
    engine = ibis.duckdb.connect(threads=THREADS)
    rows = engine.read_parquet(path)
    before = peak()
    began = time.perf_counter()
    decided = outcomes(
        rows,
        rules,
        law=LAW,
        act=ACT,
        on=ON,
        adopted=adopted,
        columns={fact: fact for fact in ROWS},
        facts=SAME,
    )
    sent = decided.filter(decided.outcome == "allow").select("id", "email")
    sql = engine.compile(sent)
    compiled = time.perf_counter() - began
    count = sum(len(batch) for batch in streamed(engine, sent))
    seconds = time.perf_counter() - began
    growth = peak() - before
    _checked(decided, engine, rules, adopted)
    return {
        "compile": compiled,
        "sql": len(sql),
        "seconds": seconds,
        "rows": count,
        "growth": growth,
    }


def peak() -> float:
    """The most memory that this program has held, in MiB.

    What the operating system says of resources counts the parent's memory before the start too.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (one for one in lines if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _checked(decided, engine, rules, adopted) -> None:
    """What was measured is right: a thousand rows are decided one by one too."""
    some = engine.to_pyarrow(decided.filter(decided.id < 1000).order_by("id")).to_pylist()
    for row in some:
        question = {
            **SAME,
            **{fact: row[fact] for fact in ROWS},
            "request.law": LAW,
            "request.act": ACT,
        }
        one = decide(question, rules, on=ON, adopted=adopted).outcome
        if str(one) != row["outcome"]:
            raise RuntimeError(f"row {row['id']} is {row['outcome']} among many and {one} alone")
    if len(Counter(row["outcome"] for row in some)) < 4:
        raise RuntimeError("the rows that are measured do not differ enough")


def apart(path: Path) -> dict[str, float]:
    """The same in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.policy_rows", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


if __name__ == "__main__":
    print(json.dumps(filtered(Path(sys.argv[1]))))
