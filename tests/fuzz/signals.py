"""Random bytes through every decoder of signals, guided by coverage: `make fuzz`.

Whatever comes is decoded or refused as malformed, without a crash and without the text in the
message; what is decoded is written again and decodes to the same.
"""

from __future__ import annotations

import string
import sys

import atheris

with atheris.instrument_imports(include=["govreg.consent.signals"]):
    from govreg.consent.signals.gpc import read_gpc_support, sec_gpc
    from govreg.consent.signals.gpp import decode_gpp
    from govreg.consent.signals.problem import MalformedSignal
    from govreg.consent.signals.signal import decode_signal, encode_signal, findings_of
    from govreg.consent.signals.tcf import decode_tc
    from govreg.consent.signals.usp import decode_usp

ALPHABET = string.ascii_letters + string.digits + "-_.~"
STARTS = {0: "", 1: "C", 2: "DB", 3: "1"}
LONGEST = 4000


def once(data: bytes) -> None:
    """One input: the first byte chooses how the rest becomes text."""
    if len(data) < 2:
        return
    body = data[1:LONGEST]
    if data[0] % 5 == len(STARTS):
        text = body.decode("latin-1")
    else:
        letters = (ALPHABET[byte % len(ALPHABET)] for byte in body)
        text = STARTS[data[0] % 5] + "".join(letters)
    for decode in (decode_signal, decode_tc, decode_gpp, decode_usp):
        try:
            signal = decode(text)
        except MalformedSignal as problem:
            if len(text) > 12 and text in str(problem):
                raise RuntimeError("a message repeats the signal") from None
            continue
        findings_of(signal)
        written = encode_signal(signal)
        if written is not None and encode_signal(decode_signal(written)) != written:
            raise RuntimeError("what is written does not decode to the same")
    read_gpc_support(body)
    sec_gpc([text])


if __name__ == "__main__":
    atheris.Setup(sys.argv, once)
    atheris.Fuzz()
