"""Announces the connector `sql`."""

from __future__ import annotations

from collections.abc import Mapping

from govreg.hookspecs import hookimpl


@hookimpl
def govreg_connectors() -> Mapping[str, str]:
    """The connector's name and class."""
    return {"sql": "govreg_sql.connector:SqlConnector"}
