"""The clock of jobs is that of the database, which compares their dates.

A process measures the offset between its own clock and that of the database, and adds
it to its own time. It measures within a transaction that is already open, at most once
a minute, or after its clock was set; so delaying a job needs no round trip.

In tests the test's clock applies, as tests may replace or freeze it.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo.tools import config

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


#: By the name of the database.
_measured: dict[str, _Measurement] = {}


def _zero() -> float:
    return time.time() - time.monotonic()


def offset(cr, clock, good_for: float = _GOOD_FOR) -> timedelta:
    """Return how far the database's clock is ahead of ``clock``.

    :param clock: object whose ``now()`` returns the naive date and time in UTC
    :param good_for: seconds for which an earlier measurement is valid
    """
    if config["test_enable"]:
        return _NONE
    measurement = _measured.get(cr.dbname)
    if measurement is None or not measurement.is_good(good_for):
        if cr.closed or cr._cnx.get_transaction_status() == TRANSACTION_STATUS_INERROR:
            return measurement.offset if measurement else _NONE
        measurement = _measured[cr.dbname] = _measure(cr, clock)
    return measurement.offset


def _measure(cr, clock) -> _Measurement:
    cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
    ahead = cr.fetchone()[0] - clock.now()
    is_off = abs(ahead) >= timedelta(seconds=_TOLERANCE)
    return _Measurement(time.monotonic(), _zero(), ahead if is_off else _NONE)
