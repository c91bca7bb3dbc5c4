"""TC strings decoded, beside the PyPI package `iab-tcf`, with the same fields in the same run.

`iab-tcf-bitarray` is the same code on a maintained `bitarray`, which comes as a wheel.

Two kinds: strings as a site sends them, with a thousand vendors, most with consent; and the vectors,
which are short, and where ranges and restrictions weigh most. Both sides decode every field and every
segment, and are first seen to agree. What is not equivalent: govreg refuses what is malformed, and
keeps vendors as bits; a further case asks it for every vendor's number too.
"""

from __future__ import annotations

import datetime as dt
import gzip
import importlib.metadata
import json
import random
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.frame import Result, against_peer
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.tcf import decode_tc
from govreg.consent.signals.tcf_encode import encode_tc
from govreg.consent.signals.tcf_model import PublisherPurposes, TcString

VECTORS = Path(__file__).parents[1] / "tests" / "vectors" / "signals" / "tcf.jsonl.gz"
ROUNDS = 15
_PEER = "iab-tcf-bitarray"
LARGE, VENDORS = 50, 1000


def measure(say: Callable[[str], None]) -> list[Result]:
    """Every case of this area."""
    try:
        from iab_tcf import decode_v2
    except ModuleNotFoundError:
        say("iab-tcf-bitarray is not installed: nothing to measure TC strings beside")
        return []
    version = f"{_PEER} {importlib.metadata.version(_PEER)}"
    sent, short = large(), vectors()
    results = []
    for name, act, texts, floor in (
        ("TC string, 1,000 vendors", decode_tc, sent, 5.0),
        ("… every vendor listed", listed, sent, 5.0),
        ("TC string, the vectors", decode_tc, short, 5.0),
    ):
        compare(texts, decode_v2)
        pairs = [(microseconds(act, texts), microseconds(decode_v2, texts)) for _ in range(ROUNDS)]
        ours, peer = (list(side) for side in zip(*pairs, strict=True))
        results.append(against_peer("consent", name, ours, peer, version, "µs each", floor))
    return results


def vectors() -> list[str]:
    """The strings of the vectors."""
    with gzip.open(VECTORS, "rt") as lines:
        next(lines)
        return [json.loads(line)["text"] for line in lines]


def large() -> list[str]:
    """Strings that name a thousand vendors, most with consent."""
    dice = random.Random(7)
    everyone = range(1, VENDORS + 1)
    day = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)

    def some(share: float) -> IdSet:
        return IdSet(each for each in everyone if dice.random() < share)

    return [
        encode_tc(
            TcString(
                created=day,
                last_updated=day,
                cmp_id=31,
                cmp_version=2,
                consent_screen=1,
                consent_language="EN",
                vendor_list_version=120,
                policy_version=5,
                purpose_consents=IdSet(range(1, 12)),
                vendor_consents=some(0.8),
                vendor_legitimate_interests=some(0.4),
                disclosed_vendors=IdSet(everyone),
                publisher=PublisherPurposes(consents=IdSet({1, 2})),
            )
        )
        for _ in range(LARGE)
    ]


def listed(text: str) -> list[list[int]]:
    """Decode, and list every vendor."""
    tc = decode_tc(text)
    return [list(tc.vendor_consents), list(tc.vendor_legitimate_interests)]


def microseconds(act: Callable[[str], object], texts: list[str]) -> float:
    """Wall time of one string."""
    began = time.perf_counter()
    for text in texts:
        act(text)
    return 1e6 * (time.perf_counter() - began) / len(texts)


def compare(texts: list[str], decode: Callable[[str], object]) -> None:
    """See that both sides read the same.

    Raises:
        RuntimeError: they do not.
    """
    for at, text in enumerate(texts):
        ours, theirs = decode_tc(text), vars(decode(text))
        pairs = {
            "cmp_id": (ours.cmp_id, theirs["cmp_id"]),
            "created": (
                ours.created.replace(microsecond=0, tzinfo=None),
                theirs["created"],
            ),
            "language": (ours.consent_language.encode(), theirs["consent_language"]),
            "policy": (ours.policy_version, theirs["tcf_policy_version"]),
            "purposes": (ours.purpose_consents, held(theirs["purposes_consent"])),
            "consents": (ours.vendor_consents, vendors(theirs, "consented_vendors")),
            "interests": (
                ours.vendor_legitimate_interests,
                vendors(theirs, "interests_vendors"),
            ),
            "restrictions": (len(ours.publisher_restrictions), theirs["num_pub_restrictions"]),
        }
        for name, (own, other) in pairs.items():
            if own != other:
                raise RuntimeError(f"string {at}: `{name}` is read otherwise")


def held(bits: dict[int, bool]) -> set[int]:
    return {each for each, value in bits.items() if value}


def vendors(theirs: dict[str, object], name: str) -> set[int]:
    if name in theirs:
        return held(theirs[name])
    ranges: Iterable[tuple[int, int]] = theirs[f"{name}_range"]
    return {each for first, last in ranges for each in range(first, last + 1)}
