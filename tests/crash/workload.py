"""Jobs that insert one row each, and checks of the result."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Callable

from .cluster import Cluster

_TARGET = {
    "_type": "odoo_recordset",
    "ids": [],
    "uid": 1,
    "su": True,
    "context": {},
}
_INSERT = """
INSERT INTO queue_job (
    uuid, name, model_name, method_name, func_string, channel_method_name, channel,
    state, priority, retry, max_retries, date_created, user_id, records, args, kwargs)
VALUES (
    %(uuid)s, %(name)s, %(model)s, %(method)s, %(model)s || '()',
    '<' || %(model)s || '>.' || %(method)s, %(channel)s, 'pending', %(priority)s, 0,
    %(max_retries)s, clock_timestamp() AT TIME ZONE 'UTC', 1, %(records)s, %(args)s,
    '{}')
"""


class Workload:
    """The jobs of one test in one database."""

    def __init__(self, cluster: Cluster, database: str, begins_empty: bool = True):
        self._cluster = cluster
        self._database = database
        self.count = 0
        self.seconds = 0.0
        if begins_empty:
            for table in ("queue_job", "test_crash_row", "queue_job_throttle"):
                self.query(f"DELETE FROM {table}")

    def query(self, statement: str, params=()) -> list[tuple]:
        return self._cluster.execute(self._database, statement, params)

    def add(
        self,
        method: str = "insert_row",
        args=(),
        channel: str = "root",
        priority: int = 10,
        max_retries: int = 5,
        model: str = "test.crash.row",
    ) -> str:
        """Store a job; return its uuid."""
        job_uuid = str(uuid.uuid4())
        self.query(
            _INSERT,
            {
                "uuid": job_uuid,
                "name": f"job {self.count}",
                "model": model,
                "method": method,
                "channel": channel,
                "priority": priority,
                "max_retries": max_retries,
                "records": json.dumps({**_TARGET, "model": model}),
                "args": json.dumps(list(args)),
            },
        )
        self.count += 1
        return job_uuid

    def add_rows(self, count: int, chance: random.Random, most: float) -> None:
        """Store jobs that insert one row each and take up to ``most`` seconds."""
        for number in range(count):
            seconds = round(chance.uniform(0, most), 3)
            self.seconds += seconds
            self.add(args=(number, seconds))

    def states(self) -> dict[str, int]:
        return dict(self.query("SELECT state, count(*) FROM queue_job GROUP BY state"))

    def is_done(self) -> bool:
        return self.states() == {"done": self.count}

    def wait(self, seconds: float, is_over: Callable[[], bool] | None = None) -> None:
        """Wait until all jobs are done.

        :raises AssertionError: with what is left, if that takes too long
        """
        deadline = time.monotonic() + seconds
        while not (is_over or self.is_done)():
            if time.monotonic() > deadline:
                raise AssertionError(f"not over after {seconds} s: {self.left()}")
            time.sleep(0.1)

    def left(self) -> str:
        rows = self.query(
            "SELECT state, lease_id, retry, worker_deaths, date_enqueued, exc_message "
            "FROM queue_job WHERE state != 'done' LIMIT 10"
        )
        return f"{self.states()}, such as {rows}"

    def assert_each_row_once(self) -> None:
        numbers = [n for (n,) in self.query("SELECT number FROM test_crash_row")]
        assert sorted(numbers) == list(range(self.count))
