"""The clock of jobs is that of the database, which compares their dates.

A process measures the offset between its own clock and that of the database, and adds
it to its own time. It measures within a transaction that is already open, at most once
a minute, or after its clock was set; so delaying a job needs no round trip.

In tests the test's clock applies, as tests may replace or freeze it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo.tools import config

if TYPE_CHECKING:
    from odoo.sql_db import Cursor

#: Seconds for which a measurement is valid.
_GOOD_FOR = 60.0
#: Seconds of offset that are ignored, as the answer itself takes some time.
_TOLERANCE = 1.0

_NONE = timedelta()


@dataclass
class _Measurement:
    """``at``: on the monotonic clock; ``set_to``: wall-clock time of its zero."""

    at: float
    set_to: float
    offset: timedelta

    def is_good(self, seconds: float) -> bool:
        is_young = time.monotonic() - self.at < seconds
        return is_young and abs(_zero() - self.set_to) < _TOLERANCE / 2


#: Returns the naive date and time in UTC by the clock of this process.
_local_now: Callable[[], datetime] = datetime.now

#: By the name of the database.
_measured: dict[str, _Measurement] = {}


def _zero() -> float:
    return time.time() - time.monotonic()


def use(local_now: Callable[[], datetime]) -> None:
    """Take ``local_now`` for the clock of this process: naive times in UTC."""
    global _local_now
    _local_now = local_now


def database_now(cr: Cursor) -> datetime:
    """Return the current naive date and time in UTC, by the database's clock."""
    return _local_now() + offset(cr)


def refresh_clock(cr: Cursor) -> None:
    """Measure the database's clock, unless that was done recently; so the next jobs
    need not, which would open a transaction."""
    offset(cr, good_for=30.0)


def offset(cr: Cursor, good_for: float = _GOOD_FOR) -> timedelta:
    """Return how far the database's clock is ahead of the one of this process.

    :param good_for: seconds for which an earlier measurement is valid
    """
    if config["test_enable"]:
        return _NONE
    measurement = _measured.get(cr.dbname)
    if measurement is None or not measurement.is_good(good_for):
        if cr.closed or cr._cnx.get_transaction_status() == TRANSACTION_STATUS_INERROR:
            return measurement.offset if measurement else _NONE
        measurement = _measured[cr.dbname] = _measure(cr)
    return measurement.offset


def _measure(cr) -> _Measurement:
    cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
    ahead = cr.fetchone()[0] - _local_now()
    is_off = abs(ahead) >= timedelta(seconds=_TOLERANCE)
    return _Measurement(time.monotonic(), _zero(), ahead if is_off else _NONE)
