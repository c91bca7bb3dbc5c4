"""Widths and numbers of a TC string that its reader and its writer share."""

from __future__ import annotations

import datetime as dt

PURPOSE_BITS, SPECIAL_FEATURE_BITS = 24, 12
VENDOR_BITS, COUNT_BITS = 16, 12

DISCLOSED, ALLOWED, PUBLISHER = 1, 2, 3
"""The types of the segments after the core."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
TICK = dt.timedelta(milliseconds=100)
"""Moments are counted in tenths of a second."""
