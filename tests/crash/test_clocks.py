"""The clock of a host is wrong: that of the database counts."""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from setup import virtualenv

#: Read by the interpreter when it starts.
_SHIFTED = """
import datetime, os, time

shift = datetime.timedelta(seconds=float(os.environ["CLOCK_SHIFT"]))
true_datetime, true_time = datetime.datetime, time.time


class Kind(type):
    def __instancecheck__(cls, value):
        return isinstance(value, true_datetime)


class Shifted(true_datetime, metaclass=Kind):
    @classmethod
    def now(cls, tz=None):
        return true_datetime.now(tz) + shift

    @classmethod
    def utcnow(cls):
        return cls.now(datetime.timezone.utc).replace(tzinfo=None)

    @classmethod
    def today(cls):
        return cls.now()


datetime.datetime = Shifted
time.time = lambda: true_time() + shift.total_seconds()
"""

#: Seconds by which the dates of jobs differ from the database's time.
_OFF = """
SELECT greatest(
    abs(extract(epoch FROM (now() AT TIME ZONE 'UTC') - date_created)),
    abs(extract(epoch FROM (now() AT TIME ZONE 'UTC') - date_done)),
    abs(extract(epoch FROM (now() AT TIME ZONE 'UTC') - date_started)))::float8
  FROM queue_job WHERE state = 'done'
"""
_WAITS = """
SELECT extract(epoch FROM eta - (now() AT TIME ZONE 'UTC'))::float8
  FROM queue_job WHERE state = 'pending' AND eta IS NOT NULL
"""


@pytest.fixture(params=[-600, 600])
def start_with_wrong_clock(request, tmp_path, start_job_server):
    (tmp_path / "sitecustomize.py").write_text(_SHIFTED)

    def start():
        return start_job_server(
            1,
            environment={"CLOCK_SHIFT": str(request.param)},
            python_path=tmp_path,
        )

    return start


def _eta_of_what_waits(work, expected) -> None:
    work.wait(60, lambda: bool(work.query(_WAITS)) or work.is_done())
    waits = work.query(_WAITS)
    assert waits, "it did not wait"
    # part of it may have passed by now
    assert expected - 3 < waits[0][0] <= expected + 1


def test_an_eta_in_so_many_seconds_is_kept_by_a_server_with_a_wrong_clock(
    work, start_with_wrong_clock
):
    work.add("insert_later", args=(0, 4))
    start_with_wrong_clock()
    _eta_of_what_waits(work, 4)
    # the job that it delays is a different one
    work.wait(15, lambda: work.states() == {"done": 2})
    assert all(off < 30 for (off,) in work.query(_OFF)), work.query(_OFF)


def test_a_retry_waits_as_long_as_it_says_on_a_server_with_a_wrong_clock(
    work, start_with_wrong_clock
):
    work.add("insert_at_second_try", args=(0, 4))
    start_with_wrong_clock()
    _eta_of_what_waits(work, 4)
    work.wait(15)
    work.assert_each_row_once()
    assert all(off < 30 for (off,) in work.query(_OFF)), work.query(_OFF)


def test_the_clock_of_such_a_server_is_wrong_indeed(tmp_path):
    """Otherwise the tests above would prove nothing."""
    (tmp_path / "sitecustomize.py").write_text(_SHIFTED)
    output = subprocess.check_output(
        [virtualenv.python(), "-c", "import time; print(time.time())"],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "CLOCK_SHIFT": "600"},
        text=True,
    )
    assert abs(float(output) - time.time() - 600) < 60
