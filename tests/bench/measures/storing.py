"""Storing jobs: one by one, in graphs, with identity keys."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from odoo.addons.queue_job.delay import chain, group

from ..clock import per_second
from ..figure import Figure
from ..lab import Lab

LOOP = 100


def measure(lab: Lab) -> Iterator[Figure]:
    """Yield how many jobs are stored per second, each transaction with its commit."""
    keys = count()
    with lab.environment(lab.database(lab.suite)) as env:
        partner = env["res.partner"].browse(1)

        def one_by_one():
            for _job in range(LOOP):
                partner.with_delay().exists()
            env.cr.commit()

        def with_identity():
            for _job in range(LOOP):
                partner.with_delay(identity_key=f"key {next(keys)}").exists()
            env.cr.commit()

        def grouped():
            group(*(partner.delayable().exists() for _job in range(1000))).delay()
            env.cr.commit()

        def chained():
            chain(*(partner.delayable().exists() for _job in range(300))).delay()
            env.cr.commit()

        for name, call, jobs, hold in (
            ("with_delay() in a loop", one_by_one, LOOP, 0.6),
            ("group() of 1,000", grouped, 1000, 1.7),
            ("chain() of 300", chained, 300, 1.7),
            ("with_delay(identity_key=...) in a loop", with_identity, LOOP, 0.5),
        ):
            rate = per_second(call, lab.seconds) * jobs
            yield Figure(name, rate, "jobs/s", rate / lab.raw, hold=hold)
            env.cr.execute("TRUNCATE queue_job CASCADE")
            env.cr.commit()
