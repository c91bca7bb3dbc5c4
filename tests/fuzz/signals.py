"""Random bytes through every decoder of signals, guided by coverage: `make fuzz`.

Whatever comes is decoded or refused as malformed, without a crash and without the text in the
message; what is decoded is written again and decodes to the same. Heard as the signal of a person
nothing raises at all, what says nothing has its reason, and nothing ends an opt-out.
"""

from __future__ import annotations

import datetime as dt
import string
import sys

import atheris

with atheris.instrument_imports(include=["govreg.consent.signals"]):
    from govreg.consent.signals.gpc import read_gpc_support, sec_gpc
    from govreg.consent.signals.gpp import decode_gpp
    from govreg.consent.signals.heard import hear
    from govreg.consent.signals.meaning import Needs, OptOut, TcfNeeds, meaning
    from govreg.consent.signals.problem import MalformedSignal
    from govreg.consent.signals.signal import decode_signal, encode_signal, findings_of
    from govreg.consent.signals.tcf import decode_tc
    from govreg.consent.signals.usp import decode_usp

from govreg.consent.model import EventKind

ALPHABET = string.ascii_letters + string.digits + "-_.~"
STARTS = {0: "", 1: "C", 2: "DB", 3: "1"}
LONGEST = 4000
LATER = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
MAPPING = {
    "all": Needs(
        tcf=TcfNeeds(purposes=(1,), special_features=(1,), legitimate_interests=(7,)),
        us=frozenset(OptOut),
        gpc=True,
    ),
    "vendor": Needs(tcf=TcfNeeds(purposes=(1,), vendor=7)),
}
SAYS = {
    EventKind.GIVEN,
    EventKind.REFUSED,
    EventKind.OBJECTED,
    EventKind.OPTED_OUT,
    EventKind.LIMITED,
}


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
    as_heard(text)


def as_heard(text: str) -> None:
    """One input as the signal of a person about whom nothing is on record."""
    found = hear(text, now=LATER)
    said = meaning(MAPPING, [found.signal] if found.signal else [], record={})
    if not {one.kind for one in said} <= SAYS:
        raise RuntimeError("a signal says what no signal can say")
    if found.signal is None and (said or not found.findings):
        raise RuntimeError("what may not be relied upon says something, or nobody said why")


if __name__ == "__main__":
    atheris.Setup(sys.argv, once)
    atheris.Fuzz()
