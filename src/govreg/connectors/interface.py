"""The contract of a source connector: nouns in `record` and `plan`, the protocol here.

A connector is a class with a pydantic `Config` and `open()`. It is announced by name in the hook
`govreg_connectors`. What it must keep:

- Every row that is asked for is given or its absence is an error; a page that could not be read is
  never passed over.
- `find` and `follow` return no row whose fields do not match under the fold; a wider hit than the
  identifier's own rule is re-checked by the caller.
- `apply` changes exactly the rows of its plan, or none. It refuses a plan whose schema hash is not
  the live one, and rolls back when a row's fingerprint differs (`conflict`) or the number of rows
  affected is not the number planned.
- An update writes `assign` to every row and of `each` its own value to each; a connector that
  passed `each` over would leave in clear what is said to be sealed.
- No error, log line or rendered statement carries a value out of the source.
- A collection without a key is never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, Self

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from govreg.connectors.plan import Journal, Rendered, SourcePlan
from govreg.connectors.record import (
    Capabilities,
    Cleaning,
    Count,
    Health,
    Outcome,
    Page,
    RowKey,
    VerdictKind,
)
from govreg.register.catalogue import Catalogue, Fold


class ConnectorConfig(BaseModel):
    """The settings of a connector; unknown keys are refused, input never appears in errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the core lends a connector while a source is open."""

    source: str
    """The source's name, for errors."""
    workspace: Path
    """Relative paths in a config start here."""
    secret: Callable[[str], str]
    """Resolves `env:NAME`, `file:PATH`, `keyring:NAME`."""


class Session(Protocol):
    """One open connection to a source. A context manager; used by one thread."""

    def __enter__(self) -> Self:
        """Return the session itself."""

    def __exit__(self, *exc: object) -> None:
        """Release the connection."""

    def check(self) -> Health:
        """Say what is there.

        Raises:
            SourceProblem: unreachable, refused, or not what it claims to be.
        """

    def discover(self) -> Catalogue:
        """The source's own account of its collections, keys, links and triggers."""

    def capabilities(self, collection: str) -> Capabilities:
        """What can be done with a collection."""

    def sample(self, collection: str, rows: int) -> pa.RecordBatch:
        """Up to `rows` rows, the same ones for the same content."""

    def scan(
        self,
        collection: str,
        columns: Sequence[str],
        *,
        cursor: str | None = None,
        batch_rows: int = 10_000,
    ) -> Iterator[Page]:
        """Every row once, in pages, in key order; resumable after any page's cursor."""

    def count(self, collection: str) -> Count:
        """How many rows the collection has."""

    def find(
        self,
        collection: str,
        field: str,
        wanted: Sequence[str],
        *,
        fold: Fold,
        columns: Sequence[str],
    ) -> Iterator[Page]:
        """Rows whose `field` equals one of `wanted` under `fold`. `wanted` is already folded."""

    def follow(
        self,
        collection: str,
        fields: Sequence[str],
        keys: Sequence[RowKey],
        *,
        columns: Sequence[str],
        limit: int | None = None,
    ) -> Iterator[Page]:
        """Rows whose `fields` equal one of `keys`, after type conversion. At most `limit` rows."""

    def tally(self, collection: str, fields: Sequence[str], keys: Sequence[RowKey]) -> int:
        """How many rows `follow` would give, counted at the source."""

    def render(self, plan: SourcePlan) -> tuple[Rendered, ...]:
        """A plan as the source will carry it out, with placeholders; writes nothing."""

    def apply(self, plan: SourcePlan, journal: Journal) -> tuple[Outcome, ...]:
        """Carry a plan out, all of it or nothing of it per transaction; one outcome per change.

        Returns outcomes also when the transaction rolled back: the cause at its position
        (`conflict`, or `refused` with a code) and `refused` with code `rolled_back` for the rest.
        When the answer to a commit was lost, every outcome is `unknown`.
        """

    def verify(
        self, collection: str, key: Sequence[str], rows: Sequence[RowKey]
    ) -> tuple[VerdictKind, ...]:
        """For each row, whether it is still there."""

    def clean(self, collections: Sequence[str]) -> Cleaning:
        """Remove what a change leaves in the source's own files, as far as allowed."""


class Connector(Protocol):
    """A kind of source."""

    Config: ClassVar[type[ConnectorConfig]]
    api_version: ClassVar[int]

    def open(self, config: ConnectorConfig, context: Context) -> Session:
        """Open a source.

        Raises:
            SourceProblem: unreachable or refused, without the driver's own words.
        """
