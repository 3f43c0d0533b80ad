"""What tests of the engine share: workers, a clock, claims, running batches."""

import time

from odoo.tests import TransactionCase

from ..engine.claim.averages import Averages
from ..engine.claim.channel_string import read_channels
from ..engine.claim.claimer import Claimer
from ..engine.run.batch import run_batch
from ..engine.run.lease import LeasedBatch


class FakeClock:
    """A clock that a test sets."""

    def __init__(self):
        self.now = time.monotonic()

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class EngineCase(TransactionCase):
    """All parts share one transaction: savepoints replace the commits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("DELETE FROM queue_job")
        cls.channels = cls.env["queue.job.channel"]
        cls.root = cls.env.ref("queue_job.channel_root")
        cls.jobs = cls.env["queue.job"]

    def setUp(self):
        super().setUp()
        # a busy machine must not decide which jobs of a lease are run
        self.clock = FakeClock()
        self.averages = Averages()
        self.workers = [self._make_worker() for _number in range(6)]
        self.configure("")

    def _make_worker(self) -> int:
        self.env.cr.execute(
            "INSERT INTO queue_job_worker (node, pid, kind, slot, heartbeat) "
            "VALUES ('test', 1, 'test', 0, now() AT TIME ZONE 'UTC') RETURNING id"
        )
        return self.env.cr.fetchone()[0]

    def configure(self, text: str) -> None:
        """Set the channel string of the server configuration."""
        self.claimer = Claimer(read_channels(text), self.averages)

    def channel(self, name: str, parent=None, **values):
        """Create a channel record below ``parent`` or the root."""
        return self.channels.create(
            {"name": name, "parent_id": (parent or self.root).id, **values}
        )

    def delay(
        self, description: str, method="_test_job", args=(), kwargs=None, **properties
    ):
        """Store a job; return its record."""
        delayable = self.jobs.with_delay(description=description, **properties)
        return getattr(delayable, method)(*args, **(kwargs or {})).db_record()

    def claim(self, worker: int = 0, settle: bool = False):
        """Claim for one of the six workers."""
        self.env.flush_all()
        claim = self.claimer.claim_in(self.env.cr, self.workers[worker], settle=settle)
        self.env.invalidate_all()
        return claim

    def names(self, claim) -> list[str]:
        """Return the descriptions of the jobs of a claim, in order."""
        return [row["name"] for row in claim.rows]

    def next_name(self, worker: int = 0, settle: bool = False) -> str | None:
        """Claim; return the description of the first job, None without any."""
        return next(iter(self.names(self.claim(worker, settle))), None)

    def batch(self, claim) -> LeasedBatch:
        return LeasedBatch(claim.lease, claim.rows, self.averages, self.clock)

    def run_batch(self, batch: LeasedBatch) -> None:
        """Run the jobs of a lease on a separate cursor."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            run_batch(cr, self.registry, batch)
        self.env.invalidate_all()

    def run_next(self, worker: int = 0) -> str | None:
        """Claim once and run what was leased; return the first job's description."""
        claim = self.claim(worker)
        if claim.lease is None:
            return None
        self.run_batch(self.batch(claim))
        self.env.cr.execute("DELETE FROM queue_job_lease WHERE id = %s", [claim.lease])
        return self.names(claim)[0]

    def run_all(self) -> list[str]:
        """Run until nothing is ready; return the descriptions of the leases' heads."""
        ran = []
        while (name := self.run_next()) is not None:
            ran.append(name)
        return ran
