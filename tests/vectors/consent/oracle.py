"""Writes `record.json` beside it, from the specification's words alone.

Run `python tests/vectors/consent/oracle.py` after changing a format on purpose. Nothing of the product is
imported.
"""

import hashlib
import json
import pathlib
import uuid

FOLDER = pathlib.Path(__file__).parent

CIRCUMSTANCES = {
    "least": {"v": 1, "law": "gdpr", "controller": "Acme Oy", "by": "person"},
    "form": {
        "v": 1,
        "law": "gdpr",
        "controller": "Acme Oy",
        "by": "person",
        "notice": "newsletter",
        "notice_version": 3,
        "notice_hash": hashlib.sha256(b"notice").hexdigest(),
        "text_hash": hashlib.sha256("Saatte lähettää uutisia".encode()).hexdigest(),
        "language": "fi",
        "method": "checkout-form@4",
        "act": "ticked",
        "channel": "web",
        "steps": 1,
        "explicit": True,
        "age": 34,
        "country": "FI",
        "attested": {"informed": True, "free": True},
    },
    "signal": {"v": 1, "law": "ccpa", "controller": "Café Ltd", "by": "signal", "act": "set"},
    "authorisation": {
        "v": 1,
        "law": "hipaa",
        "controller": "Clinic",
        "by": "guardian",
        "elements": {"signature": True, "expiry": False},
    },
}

EVENTS = [
    {"circumstance": "least", "kind": "refused", "at": 0},
    {
        "circumstance": "form",
        "kind": "given",
        "at": 1772703000123,
        "until": 1804239000000,
        "particulars": {"evidence": "archive/2026/5.pdf", "age_evidence": "näytetty"},
    },
    {"circumstance": "form", "kind": "withdrawn", "at": 1772789400000, "key": "retry-1"},
    {"circumstance": "signal", "kind": "opted_out", "at": 1772703000000, "activity": "*"},
    {"circumstance": "authorisation", "kind": "authorised", "at": 1772703000999},
]

NUMBERS = [
    ["event", "acme.example/register", "7"],
    ["process", "acme.example/register", "newsletter"],
    ["notice", "acme.example/register", "uutiskirje-ä", "3"],
]


def canonical(held):
    return json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def circumstance(name):
    text = canonical(CIRCUMSTANCES[name])
    return {"name": name, "document": CIRCUMSTANCES[name], "canonical": text, "hash": sha256(text)}


def event(said):
    held = {
        "v": 1,
        "subject": "sub_7t0m3k9x2c4v8q1z",
        "activity": said.get("activity", "newsletter"),
        "kind": said["kind"],
        "at": said["at"],
        "circumstance": sha256(canonical(CIRCUMSTANCES[said["circumstance"]])),
    }
    held |= {name: said[name] for name in ("until", "particulars") if name in said}
    text = canonical(held)
    key = sha256(text)[:32]
    if "key" in said:
        key = hashlib.sha256(b"govreg consent key v1\0" + said["key"].encode()).hexdigest()[:32]
    return {
        "circumstance": said["circumstance"],
        "given_key": said.get("key"),
        "event": held,
        "canonical": text,
        "digest": sha256(text),
        "key": key,
    }


def number(parts):
    named = json.dumps(["govreg receipt v1", *parts], ensure_ascii=False)
    raw = bytearray(hashlib.sha256(named.encode()).digest()[:16])
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    return {"parts": parts, "named": named, "number": str(uuid.UUID(bytes=bytes(raw)))}


def main():
    held = {
        "govreg_vectors": 1,
        "format": "consent record 1",
        "circumstances": [circumstance(name) for name in CIRCUMSTANCES],
        "events": [event(said) for said in EVENTS],
        "numbers": [number(parts) for parts in NUMBERS],
    }
    text = json.dumps(held, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / "record.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
