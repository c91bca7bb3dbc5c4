"""Announces the connector `files`."""

from __future__ import annotations

from collections.abc import Mapping

from govreg.hookspecs import hookimpl


@hookimpl
def govreg_connectors() -> Mapping[str, str]:
    """The connector's name and class."""
    return {"files": "govreg_files.connector:FilesConnector"}
