import io
import mmap
import os
import signal
import time

from odoo import fields, models

from odoo.addons.queue_job.exception import RetryableJobError

#: Memory that jobs allocated and do not release.
_taken = []


class TestCrashRow(models.Model):
    _name = "test.crash.row"
    _description = "Row That a Job Inserts"

    number = fields.Integer(required=True)

    def insert_row(self, number, seconds=0):
        """Insert one row, then take some time before the job is done."""
        self.create({"number": number})
        self.flush_model()
        time.sleep(seconds)

    def insert_and_commit(self, number, seconds):
        """Insert and commit one row, then take some time before the job is done."""
        if not self.search([("number", "=", number)]):
            self.create({"number": number})
            self.env.cr.commit()  # pylint: disable=invalid-commit
        time.sleep(seconds)

    def wait(self, seconds):
        """Take some time without a query."""
        time.sleep(seconds)

    def insert_and_query(self, number, seconds):
        """Insert one row, then wait for a long query."""
        self.create({"number": number})
        self.flush_model()
        self.env.cr.execute("SELECT pg_sleep(%s)", [seconds])

    def insert_later(self, number, seconds):
        """Delay the insertion of one row."""
        self.with_delay(eta=seconds).insert_row(number)

    def insert_at_second_try(self, number, seconds):
        """Insert one row, but not on the first attempt."""
        uuid = self.env.context["job_uuid"]
        job = self.env["queue.job"].search([("uuid", "=", uuid)])
        if job.retry < 1:
            raise RetryableJobError("later", seconds=seconds)
        self.create({"number": number})

    def query_long(self, seconds):
        """Keep the database server busy for some time."""
        self.env.cr.execute("SELECT pg_sleep(%s)", [seconds])

    def compute_long(self, seconds):
        """Compute in Python for some time, in a transaction."""
        self.search_count([])
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            sum(range(1000))

    def copy_slowly(self, seconds):
        """Read what the server sends, and send what it reads, much slower than it."""

        class Slow(io.StringIO):
            pauses = 0.0

            def write(self, text):
                self.pause()
                return len(text)

            def read(self, size=-1):
                self.pause()
                return super().read(1)

            def pause(self):
                if self.pauses < seconds / 2:
                    self.pauses += 0.5
                    time.sleep(0.5)

        self.env.cr.copy_expert(
            "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 50000)) TO STDOUT",
            Slow(),
        )
        self.env.cr.execute("CREATE TEMPORARY TABLE slow (text text)")
        self.env.cr.copy_expert("COPY slow FROM STDIN", Slow("a\nb\nc\nd\n" * 4))

    def send_much(self, seconds):
        """Send long statements."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.env.cr.execute("SELECT length(%s)", ["x" * 50_000_000])

    def insert_in_steps(self, number, steps, seconds):
        """Insert one row, and report progress on the rest."""
        self.create({"number": number})
        for step in range(1, steps + 1):
            self.env["queue.job"].progress(step, steps, f"step {step}")
            time.sleep(seconds)

    def take_memory(self, gigabytes):
        """Allocate (virtual) memory permanently, as a leak does."""
        _taken.append(mmap.mmap(-1, gigabytes << 30))

    def kill_worker(self):
        """End the process that runs the job, as the kernel does when out of memory."""
        os.kill(os.getpid(), signal.SIGKILL)
