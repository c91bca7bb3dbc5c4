"""Writes the vectors beside it, from the definitions alone: nothing of the product is imported.

Run `python tests/vectors/audit/oracle.py` after changing a format on purpose; the tests read the files and
check that this program still writes the same.
"""

import base64
import json
import pathlib
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN = "acme.example/audit"
SEED = bytes(range(32))
OTHER_SEED = bytes(range(32, 64))
# The eight leaves that certificate transparency's own test suite uses.
LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]


def leaf(entry):
    return sha256(b"\0" + entry).digest()


def mth(entries):
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return leaf(entries[0])
    k = largest_power_below(len(entries))
    return sha256(b"\1" + mth(entries[:k]) + mth(entries[k:])).digest()


def largest_power_below(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m, entries):
    if len(entries) <= 1:
        return []
    k = largest_power_below(len(entries))
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m, entries):
    return subproof(m, entries, True)


def subproof(m, entries, whole):
    if m == len(entries):
        return [] if whole else [mth(entries)]
    k = largest_power_below(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], whole), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], False), mth(entries[:k])]


def b64(raw):
    return base64.b64encode(raw).decode()


def public(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def key_id(name, seed):
    return sha256(name.encode() + b"\n\x01" + public(seed)).digest()[:4]


def key_text(name, seed):
    return f"{name}+{key_id(name, seed).hex()}+{b64(bytes([1]) + public(seed))}"


def line(text, name, seed):
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    return f"\u2014 {name} {b64(key_id(name, seed) + signature)}\n"


def note(text, name=ORIGIN, seed=SEED):
    return f"{text}\n{line(text, name, seed)}"


def head(size, root, origin=ORIGIN):
    return f"{origin}\n{size}\n{b64(root)}\n"


def flip(text, old, new):
    if old not in text:
        raise ValueError(old)
    return text.replace(old, new, 1)


def respell(text):
    """The same signature bytes in base64 whose unused last bits are not zero."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = text.removesuffix("=\n")
    return body[:-1] + alphabet[alphabet.index(body[-1]) + 1] + "=\n"


ENTRIES = [
    '{"action":"request.opened","actor":"maija","at":"2026-03-05T08:30:00Z","request":"req_7t0m3k9x2c4v8q1z","rule":"gdpr.erasure@3","subject_ref":"00112233445566778899aabbccddeeff","v":1}',
    '{"action":"request.approved","actor":"dpo@role","at":"2026-03-05T09:00:00Z","hashes":{"plan":"'
    + "ab" * 32
    + '"},"request":"req_7t0m3k9x2c4v8q1z","v":1}',
    '{"action":"erasure.applied","actor":"maija","at":"2026-03-06T10:00:00Z","collection":"customers","counts":{"affected":3,"planned":3},"fields":["birthdate","email"],"outcome":"complete","source":"webshop","v":1}',
    '{"action":"register.applied","actor":"maija","at":"2026-03-07T10:00:00Z","collection":"Kund\u00e4renden","fields":["F\u00f6rnamn","_id"],"source":"webshop","v":1}',
    '{"action":"audit.checked","actor":"auditor@role","at":"2026-03-08T10:00:00Z","v":1}',
]


def tree_vectors():
    sizes = range(1, len(LEAVES) + 1)
    return {
        "leaves": [each.hex() for each in LEAVES],
        "empty_root": mth([]).hex(),
        "roots": [mth(LEAVES[:n]).hex() for n in sizes],
        "inclusion": [
            {"index": m, "size": n, "proof": [h.hex() for h in path(m, LEAVES[:n])]}
            for n in sizes
            for m in range(n)
        ],
        "consistency": [
            {"old": m, "new": n, "proof": [h.hex() for h in proof(m, LEAVES[:n])]}
            for n in sizes
            for m in range(1, n + 1)
        ],
    }


def entry_vectors():
    first = ENTRIES[0]
    bad = {
        "key_twice": flip(first, '"actor":"maija"', '"actor":"maija","actor":"maija"'),
        "spaces_between": first.replace(",", ", "),
        "keys_unsorted": flip(
            flip(first, '"action":"request.opened",', ""),
            '"v":1',
            '"v":1,"action":"request.opened"',
        ),
        "unknown_key": flip(first, '"v":1', '"v":1,"zone":"x"'),
        "free_text_in_actor": flip(first, "maija", "maija asked nicely"),
        "e_mail_as_actor": flip(first, "maija", "maija@acme.example"),
        "personal_identity_code_as_actor": flip(first, "maija", "131052-308T"),
        "telephone_number_as_request": flip(first, "req_7t0m3k9x2c4v8q1z", "0401234567"),
        "name_as_subject_ref": flip(first, "00112233445566778899aabbccddeeff", "maija"),
        "fraction_of_a_second": flip(first, "08:30:00Z", "08:30:00.5Z"),
        "other_zone": flip(first, "08:30:00Z", "10:30:00+02:00"),
        "escaped_letter": flip(first, "maija", "m\\u0061ija"),
        "version_as_text": flip(first, '"v":1', '"v":"1"'),
        "version_missing": flip(first, ',"v":1', ""),
        "version_true": flip(first, '"v":1', '"v":true'),
        "count_negative": flip(ENTRIES[2], '"affected":3', '"affected":-3'),
        "count_as_fraction": flip(ENTRIES[2], '"affected":3', '"affected":3.0'),
        "count_as_truth": flip(ENTRIES[2], '"affected":3', '"affected":true'),
        "hash_in_capitals": flip(ENTRIES[1], "abab", "ABAB"),
        "fields_twice": flip(ENTRIES[2], '"birthdate",', '"birthdate","birthdate",'),
        "optional_as_null": flip(first, '"rule":"gdpr.erasure@3"', '"rule":null'),
        "list_not_object": "[1]",
        "cut_off": first[:-1],
        "not_json": "maija",
    }
    return {
        "good": [{"text": each, "leaf": leaf(each.encode()).hex()} for each in ENTRIES],
        "bad": [
            *({"attack": name, "text": text, "code": "malformed"} for name, text in bad.items()),
            {
                "attack": "later_version",
                "text": flip(first, '"v":1', '"v":2'),
                "code": "newer_version",
            },
        ],
    }


def note_vectors():
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    good = note("first\n\nsecond\n", "acme.example/notes")
    key = key_text("acme.example/notes", SEED)
    both = note("text\n", "acme.example/notes") + line("text\n", "else.example", OTHER_SEED)
    forged = note("text\n", "acme.example/notes") + line("other\n", "else.example", OTHER_SEED)
    cases = [
        ("good_empty_line_in_text", good, [key], ""),
        ("good_stranger_ignored", both, [key], ""),
        ("good_stranger_with_bad_signature_ignored", forged, [key], ""),
        (
            "one_known_key_fails",
            forged,
            [key, key_text("else.example", OTHER_SEED)],
            "bad_signature",
        ),
        ("text_changed", flip(good, "first", "First"), [key], "bad_signature"),
        (
            "signature_of_other_text",
            "other\n\n" + line("text\n", "acme.example/notes", SEED),
            [key],
            "bad_signature",
        ),
        (
            "other_key_same_name",
            note("text\n", "acme.example/notes", OTHER_SEED),
            [key],
            "unknown_key",
        ),
        ("same_key_other_name", note("text\n", "mallory.example"), [key], "unknown_key"),
        ("no_signature", "text\n\n", [key], "malformed"),
        (
            "no_empty_line",
            "text\n" + line("text\n", "acme.example/notes", SEED),
            [key],
            "malformed",
        ),
        ("no_last_newline", good[:-1], [key], "malformed"),
        ("hyphen_for_dash", flip(good, "\u2014 ", "- "), [key], "malformed"),
        ("carriage_return", flip(good, "first\n", "first\r\n"), [key], "malformed"),
        ("tab_in_text", flip(good, "first", "fir\tst"), [key], "malformed"),
        ("plus_in_name", note("text\n", "acme+example"), [key], "malformed"),
        ("wide_space_in_name", note("text\n", "acme\u2003example"), [key], "malformed"),
        ("base64_with_spare_bits", respell(good), [key], "malformed"),
        (
            "key_id_only",
            "text\n\n\u2014 acme.example/notes " + b64(key_id("acme.example/notes", SEED)) + "\n",
            [key],
            "malformed",
        ),
        (
            "hundred_and_one_signatures",
            "text\n\n" + line("text\n", "acme.example/notes", SEED) * 101,
            [key],
            "malformed",
        ),
        ("text_behind_signatures", good + "\npaid in full\n", [key], "malformed"),
    ]
    return {
        "reference": {
            "from": "the Go project's sumdb/note tests",
            "seed": base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:].hex(),
            "name": "PeterNeumann",
            "key": "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "text": text,
            "note": text
            + "\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
        },
        "notes": [
            {"name": name, "note": text, "keys": keys, "code": code}
            for name, text, keys, code in cases
        ],
        "bad_keys": {
            "id_of_another_key": flip(
                key,
                key_id("acme.example/notes", SEED).hex(),
                key_id("acme.example/notes", OTHER_SEED).hex(),
            ),
            "id_in_capitals": flip(
                key,
                key_id("acme.example/notes", SEED).hex(),
                key_id("acme.example/notes", SEED).hex().upper(),
            ),
            "other_algorithm": f"acme.example/notes+00000000+{b64(bytes([2]) + public(SEED))}",
            "too_short": f"acme.example/notes+00000000+{b64(bytes([1]) + public(SEED)[:31])}",
            "no_name": key[len("acme.example/notes") :],
            "no_base64": key.rpartition("+")[0] + "+",
            "empty": "",
        },
    }


def checkpoint_vectors():
    entries = [each.encode() for each in ENTRIES]
    root = mth(entries)
    good = note(head(5, root))
    cases = [
        ("signed_by_another_key", note(head(5, root), seed=OTHER_SEED), "unknown_key"),
        ("root_changed", flip(good, b64(root), b64(mth(entries[:4]))), "bad_signature"),
        ("size_changed", flip(good, "\n5\n", "\n4\n"), "bad_signature"),
        ("log_of_another_origin", note(head(5, root, "mallory.example/log")), "wrong_origin"),
        ("leading_zero", note(f"{ORIGIN}\n05\n{b64(root)}\n"), "malformed"),
        ("negative_size", note(f"{ORIGIN}\n-5\n{b64(root)}\n"), "malformed"),
        ("size_in_other_digits", note(f"{ORIGIN}\n\u0665\n{b64(root)}\n"), "malformed"),
        ("size_missing", note(f"{ORIGIN}\n{b64(root)}\n"), "malformed"),
        ("short_root", note(f"{ORIGIN}\n5\n{b64(root[:31])}\n"), "malformed"),
        ("empty_log_with_a_root", note(head(0, root)), "malformed"),
        ("extension_line", note(head(5, root) + "paid in full\n"), "malformed"),
    ]
    return {
        "seed": SEED.hex(),
        "origin": ORIGIN,
        "key": key_text(ORIGIN, SEED),
        "entries": ENTRIES,
        "size": 5,
        "root": root.hex(),
        "checkpoint": good,
        "empty": note(head(0, mth([]))),
        "bad": [{"attack": name, "note": text, "code": code} for name, text, code in cases],
    }


def proof_vectors():
    entries = [each.encode() for each in ENTRIES]
    checkpoint = note(head(5, mth(entries)))

    def written(index, hashes, sealed=checkpoint, extra=""):
        return "\n".join(
            [
                "c2sp.org/tlog-proof@v1",
                *([extra] if extra else []),
                f"index {index}",
                *map(b64, hashes),
                "",
                sealed,
            ]
        )

    right = path(2, entries)
    good = written(2, right)
    cases = [
        ("hash_changed", written(2, [bytes(32), *right[1:]]), 2, "not_included"),
        ("hashes_swapped", written(2, [right[1], right[0], *right[2:]]), 2, "not_included"),
        ("other_entry", good, 3, "not_included"),
        ("index_moved", written(3, right), 2, "not_included"),
        ("index_beyond_the_log", written(5, right), 2, "malformed"),
        ("hash_missing", written(2, right[:-1]), 2, "malformed"),
        ("hash_too_many", written(2, [*right, bytes(32)]), 2, "malformed"),
        ("hash_of_31_bytes", written(2, [right[0][:31], *right[1:]]), 2, "malformed"),
        (
            "checkpoint_of_another_key",
            written(2, right, note(head(5, mth(entries)), seed=OTHER_SEED)),
            2,
            "unknown_key",
        ),
        (
            "checkpoint_with_another_root",
            written(2, right, flip(checkpoint, b64(mth(entries)), b64(bytes(32)))),
            2,
            "bad_signature",
        ),
        (
            "checkpoint_of_another_log",
            written(2, right, note(head(5, mth(entries), "mallory.example"))),
            2,
            "wrong_origin",
        ),
        ("checkpoint_missing", written(2, right, ""), 2, "malformed"),
        ("leading_zero", flip(good, "index 2", "index 02"), 2, "malformed"),
        ("index_missing", flip(good, "index 2\n", ""), 2, "malformed"),
        ("two_extra_lines", written(2, right, extra="extra YQ==\nextra YQ=="), 2, "malformed"),
        ("later_format", flip(good, "proof@v1", "proof@v2"), 2, "newer_version"),
        ("other_file", "-----BEGIN CERTIFICATE-----\n", 2, "malformed"),
    ]
    return {
        "key": key_text(ORIGIN, SEED),
        "entries": ENTRIES,
        "proofs": [written(index, path(index, entries)) for index in range(5)],
        "with_extra": written(2, right, extra="extra aGludA=="),
        "only_entry": written(0, [], note(head(1, mth(entries[:1])))),
        "bad": [
            {"attack": name, "proof": text, "entry": entry, "code": code}
            for name, text, entry, code in cases
        ],
    }


VECTORS = {
    "tree": tree_vectors,
    "entry": entry_vectors,
    "note": note_vectors,
    "checkpoint": checkpoint_vectors,
    "proof": proof_vectors,
}


def written(name):
    body = {"format": f"govreg-audit-{name}-vectors", "version": 1, **VECTORS[name]()}
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for each in VECTORS:
        pathlib.Path(__file__).with_name(f"{each}.json").write_text(
            written(each), encoding="utf-8"
        )
