"""A certificate's statement as the document that it was written from.

What is read back gives the same canonical bytes again; a statement that does not is refused.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any

from govreg.errors import IntegrityProblem
from govreg.reports.canonical import canonical, may_be_left_out, plain
from govreg.reports.certificate_document import CertificateDocument


def read_statement(statement: Mapping[str, Any]) -> CertificateDocument:
    """The document in a statement.

    Raises:
        IntegrityProblem: `malformed` if it is no statement of this version.
    """
    try:
        document: CertificateDocument = _read(CertificateDocument, statement)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _malformed() from None
    if canonical(plain(document)) != canonical(statement):
        raise _malformed()
    return document


def _malformed() -> IntegrityProblem:
    return IntegrityProblem("malformed", "the certificate's statement cannot be read back")


def _read(kind: Any, held: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in {typing.Union, types.UnionType}:
        rest = [each for each in typing.get_args(kind) if each is not types.NoneType]
        return None if held is None else _read(rest[0], held)
    if origin is tuple:
        return tuple(_read(typing.get_args(kind)[0], each) for each in held)
    if origin is Mapping:
        value = typing.get_args(kind)[1]
        return {str(name): _read(value, each) for name, each in held.items()}
    if dataclasses.is_dataclass(kind):
        return _facts(kind, held)
    return _plain(kind, held)


def _facts(kind: Any, held: Mapping[str, Any]) -> Any:
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    names = [f.name for f in fields if f.name in held or not may_be_left_out(f)]
    if held.keys() != set(names):
        raise ValueError
    return kind(**{name: _read(hints[name], held[name]) for name in names})


def _plain(kind: Any, held: Any) -> Any:
    if kind is dt.datetime:
        return dt.datetime.fromisoformat(held)
    if kind is dt.date:
        return dt.date.fromisoformat(held)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(held)
    if not isinstance(held, kind):
        raise TypeError
    return held
