"""Writes `key-record.json`, `sealed-file.json` and `sealed-cell.json` beside it, from the specification's words alone.

Run `python tests/vectors/protection/oracle.py` after changing a format on purpose. Nothing of the product
is imported; nonces, salts and file ids are fixed, so that the bytes stay the same.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

FOLDER = pathlib.Path(__file__).parent
WORKSPACE = "acme.example/register"
ROOT, EPOCH, SECRET = (bytes(range(start, start + 32)) for start in (0, 32, 64))


def bound(*parts):
    """Each part with its length as four bytes in front."""
    raw = [part if isinstance(part, bytes) else part.encode() for part in parts]
    return b"".join(struct.pack(">I", len(part)) + part for part in raw)


def hashed(key, *parts):
    return hmac.digest(key, b"".join(parts), hashlib.sha256)


def text(raw):
    return base64.b64encode(raw).decode()


def wrap(key, nonce, plain, aad):
    return nonce + AESCCM(key, tag_length=16).encrypt(nonce, plain, aad)


def kcv(secret, number):
    return hashed(secret, b"govreg kcv v1\0", struct.pack(">Q", number))[:16].hex()


def row(number, purpose, owner, suite):
    aad = bound("govreg key v1", WORKSPACE, purpose, owner, str(number), str(suite), "1")
    return {
        "epoch": 1,
        "epoch_wrapped": wrap(
            ROOT, b"n" * 12, EPOCH, bound("govreg epoch v1", WORKSPACE, "1")
        ).hex(),
        "id": number,
        "purpose": purpose,
        "owner": owner,
        "suite": suite,
        "wrapped": wrap(EPOCH, b"m" * 12, SECRET, aad).hex(),
        "kcv": kcv(SECRET, number),
    }


def key_file():
    guard = Argon2id(salt=b"s" * 16, length=32, iterations=1, lanes=1, memory_cost=64).derive(
        b"correct horse"
    )
    name = "epoch-0001-00000000.key"
    return {
        "name": name,
        "plain": {"format": "govreg-root-key 1", "root": text(ROOT)},
        "passphrase": "correct horse",
        "guarded": {
            "format": "govreg-root-key 1",
            "argon2id": {"memory_kib": 64, "passes": 1, "lanes": 1, "salt": text(b"s" * 16)},
            "root": text(wrap(guard, b"o" * 12, ROOT, name.encode())),
        },
    }


def key_records():
    good = row(300, "subject", "sub_1", 1)
    flipped = bytearray.fromhex(good["wrapped"])
    flipped[20] ^= 1
    changes = [
        ("flipped-bit", {"wrapped": flipped.hex()}, "not_authentic"),
        ("moved-to-another-id", {"id": 301}, "not_authentic"),
        ("moved-to-another-owner", {"owner": "sub_2"}, "not_authentic"),
        ("moved-to-another-purpose", {"purpose": "request"}, "not_authentic"),
        ("moved-to-another-purpose-and-suite", {"purpose": "index", "suite": 32}, "not_authentic"),
        ("purpose-of-another-suite", {"purpose": "index"}, "suite_mismatch"),
        ("suite-downgraded", {"suite": 2}, "suite_mismatch"),
        ("suite-of-nobody", {"suite": 9}, "unknown_suite"),
        ("cut-off", {"wrapped": good["wrapped"][:54]}, "truncated"),
        ("emptied", {"wrapped": ""}, "truncated"),
        ("check-value-of-another-key", {"kcv": "00" * 16}, "wrong_key"),
        ("epoch-moved-to-another-number", {"epoch": 2}, "wrong_root"),
        ("epoch-cut-off", {"epoch_wrapped": good["epoch_wrapped"][:10]}, "wrong_root"),
    ]
    look_up = [
        ("subject.email", "anna@a.example"),
        ("subject.email", ""),
        ("subject.name", "ärla"),
    ]
    references = [["ref", WORKSPACE], ["re", f"f{WORKSPACE}"], [], [""]]
    return {
        "govreg_vectors": 1,
        "format": "key-record 1",
        "workspace": WORKSPACE,
        "file": key_file(),
        "secret": SECRET.hex(),
        "opens": [
            good,
            row(301, "index", "subject.identifier", 32),
            row(302, "signing", "log", 33),
        ],
        "fails": [
            {"name": name, "row": good | change, "code": code} for name, change, code in changes
        ],
        "look_up": [
            {
                "name": name,
                "value": value,
                "made": (b"\1" + hashed(SECRET, name.encode(), b"\0\1", value.encode())).hex(),
            }
            for name, value in look_up
        ],
        "reference": [
            {
                "parts": parts,
                "made": hashed(SECRET, b"govreg reference v1\0", bound(*parts)).hex()[:32],
            }
            for parts in references
        ],
    }


def chunk(file_id, number, plain, *, last):
    """A chunk of a sealed file of key 300, for the place w, s, c, f, r, subject key 7."""
    field = f"f#{file_id.hex()}#{number}{'.' if last else ''}"
    aad = bound(b"\1\1", "300", "w", "s", "c", field, "r", "7")
    nonce = hashlib.sha256(f"{field}{plain!r}".encode()).digest()[:12]
    blob = b"\1\1\xac\2" + nonce + AESGCM(SECRET).encrypt(nonce, b"b" + plain, aad)
    return struct.pack(">I", len(blob)) + blob


def parts(file_id, *plain):
    return [
        chunk(file_id, number, each, last=number == len(plain) - 1)
        for number, each in enumerate(plain)
    ]


def sealed_files():
    mark, one, two = b"govreg-sealed-file\1", b"1" * 16, b"2" * 16
    a, b, c = parts(one, b"first", b"second", b"third")
    x, _, z = parts(two, b"first", b"second", b"third")
    whole = mark + one + a + b + c
    fails = [
        ("chunk-of-another-file", mark + one + x + b + c, "not_authentic"),
        ("last-chunk-of-another-file", mark + one + a + b + z, "not_authentic"),
        ("head-of-another-file", mark + two + a + b + c, "not_authentic"),
        ("chunks-reordered", mark + one + b + a + c, "not_authentic"),
        ("chunk-twice", mark + one + a + a + b + c, "not_authentic"),
        ("last-chunk-twice", whole + c, "not_authentic"),
        ("chunk-left-out", mark + one + a + c, "not_authentic"),
        ("last-chunk-left-out", mark + one + a + b, "not_authentic"),
        ("another-file-appended", whole + x, "not_authentic"),
        ("length-of-no-chunk", mark + one + b"\xff" * 4 + a[4:], "not_authentic"),
        ("cut-off-in-a-chunk", whole[:-1], "truncated"),
        ("cut-off-in-a-length", whole + b"\0\0", "truncated"),
        ("no-chunk", mark + one, "truncated"),
        ("cut-off-in-the-file-id", mark + one[:8], "truncated"),
        ("from-the-future", mark[:-1] + b"\2" + one + a + b + c, "newer_version"),
        ("no-sealed-file", b"PK\3\4" + whole, "not_sealed_file"),
        ("empty", b"", "not_sealed_file"),
    ]
    return {
        "govreg_vectors": 1,
        "format": "sealed-file 1",
        "key": SECRET.hex(),
        "key_id": 300,
        "context": {
            "workspace": "w",
            "source": "s",
            "collection": "c",
            "field": "f",
            "record": "r",
            "subject_key": 7,
        },
        "opens": [
            {"name": "three-chunks", "sealed": whole.hex(), "plain": b"firstsecondthird".hex()},
            {"name": "nothing", "sealed": (mark + one + parts(one, b"")[0]).hex(), "plain": ""},
        ],
        "fails": [{"name": name, "sealed": raw.hex(), "code": code} for name, raw, code in fails],
    }


PLACE = ("crm", "customers", "email")


def cell(suite, number, plain, record):
    """Mark and sealed value, in bytes."""
    head = bytes([1, suite, number])
    person = str(number if suite == 1 else 0)
    aad = bound(head[:2], str(number), WORKSPACE, *PLACE, record, person)
    cipher = AESGCM(SECRET) if suite == 1 else AESCCM(SECRET, tag_length=16)
    return b"g1." + head + b"c" * 12 + cipher.encrypt(b"c" * 12, plain, aad)


def in_text(raw):
    return "g1." + base64.urlsafe_b64encode(raw[3:]).rstrip(b"=").decode()


def look_up(version, bits, normal):
    whole = hashed(SECRET, ".".join(PLACE).encode(), b"\0\1", normal.encode())
    number = int.from_bytes(whole, "big") >> (256 - bits)
    return f"x{version}.{number:0{-(-bits // 4)}x}"


def sealed_cells():
    plain, padded = b"sanna@a.example", b"p" + struct.pack(">I", 5) + b"sanna" + bytes(6)
    person, row = cell(1, 9, plain, '["A1",7]'), ["A1", 7]
    shared = {"key": row, "suite": 1, "id": 9}
    opens = [
        {"name": "person", "cell": in_text(person), "value": "anna@a.example", **shared},
        {
            "name": "field-padded-of-any-row",
            "cell": in_text(cell(2, 8, padded, "")),
            "value": "anna",
            **shared,
            "suite": 2,
            "id": 8,
            "bind": "field",
            "pad": True,
        },
        {"name": "whole-number", "cell": in_text(cell(1, 9, b"i-7", '["A1",7]')), "value": -7}
        | shared,
    ]
    flipped = person[:-1] + bytes([person[-1] ^ 1])
    fails = [
        ("flipped-bit", in_text(flipped), row, "not_authentic"),
        ("another-row", in_text(person), ["A1", "7"], "not_authentic"),
        ("cut-off", in_text(person)[:30], row, "truncated"),
        ("no-version", "g1. Group one", row, "not_sealed"),
        ("another-key", in_text(cell(1, 10, plain, '["A1",7]')), row, "no_key"),
        ("newer", in_text(b"g1.\2" + person[4:]), row, "newer_version"),
    ]
    return {
        "govreg_vectors": 1,
        "format": "sealed-cell 1",
        "secret": SECRET.hex(),
        "workspace": WORKSPACE,
        "place": list(PLACE),
        "opens": opens,
        "fails": [{"name": n, "cell": c, "key": k, "code": code} for n, c, k, code in fails],
        "look_ups": [
            {
                "version": v,
                "bits": b,
                "normal": "anna@a.example",
                "value": look_up(v, b, "anna@a.example"),
            }
            for v, b in ((1, 18), (2, 8), (3, 13))
        ],
    }


def main():
    for name, made in (
        ("key-record", key_records()),
        ("sealed-file", sealed_files()),
        ("sealed-cell", sealed_cells()),
    ):
        (FOLDER / f"{name}.json").write_text(
            json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
