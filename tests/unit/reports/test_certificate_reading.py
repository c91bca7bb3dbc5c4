"""A statement read back is the document that it was written from."""

from __future__ import annotations

import copy
import json

import pytest
from tests.unit.reports.samples import certificate, clean

from govreg.errors import IntegrityProblem
from govreg.gate.scope import Cap, CapCode, Step, StepCode
from govreg.reports.canonical import plain
from govreg.reports.certificate_document import Replaced
from govreg.reports.certificate_file import certificate_bytes
from govreg.reports.certificate_reading import read_statement

CAP = Cap(
    code=CapCode.FAN_OUT,
    number=7,
    collection="s.c",
    step=Step(code=StepCode.OVER, collection="s.c", through="id→s.d"),
)


@pytest.mark.parametrize("document", [certificate(), clean(), certificate(caps=(CAP,))])
def test_what_is_read_back_is_signed_as_the_same_bytes(document):
    statement = json.loads(certificate_bytes(document))["statement"]
    assert read_statement(statement) == document
    assert certificate_bytes(read_statement(statement)) == certificate_bytes(document)


def _without(statement):
    del statement["times"]["due"]


def _unknown(statement):
    statement["head"]["extra"] = 1


def _kind(statement):
    statement["cells"]["erased"] = "318"


def _moment(statement):
    statement["times"]["received"] = "yesterday"


def _spelling(statement):
    statement["times"]["received"] = "2026-03-05T10:30:00+02:00"


@pytest.mark.parametrize("spoil", [_without, _unknown, _kind, _moment, _spelling])
def test_what_is_not_of_the_form_is_refused(spoil):
    statement = copy.deepcopy(plain(clean()))
    spoil(statement)
    with pytest.raises(IntegrityProblem) as problem:
        read_statement(statement)
    assert problem.value.code == "malformed"


def test_a_replaced_one_is_read_back():
    from dataclasses import replace

    held = Replaced(certificate_id="cert_a", hash="0" * 64, reason="recipients")
    document = clean()
    document = replace(document, head=replace(document.head, replaces=held))
    assert read_statement(plain(document)).head.replaces == held
