"""Many values asked for and many rows added, on both kinds of store."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.unit.store import stores

from govreg.loading import among, load
from govreg.subjects.tables import subject, subject_identifier
