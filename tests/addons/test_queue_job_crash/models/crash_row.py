import mmap
import os
import signal
import time

from odoo import fields, models

#: Memory that jobs took and do not give back.
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
        """Insert one row for good, then take some time before the job is done."""
        if not self.search([("number", "=", number)]):
            self.create({"number": number})
            self.env.cr.commit()  # pylint: disable=invalid-commit
        time.sleep(seconds)

    def wait(self, seconds):
        """Take some time and ask the database for nothing."""
        time.sleep(seconds)

    def insert_and_query(self, number, seconds):
        """Insert one row, then wait for the answer to a long query."""
        self.create({"number": number})
        self.flush_model()
        self.env.cr.execute("SELECT pg_sleep(%s)", [seconds])

    def insert_in_steps(self, number, steps, seconds):
        """Insert one row, and say how far it is with the rest."""
        self.create({"number": number})
        for step in range(1, steps + 1):
            self.env["queue.job"].progress(step, steps, f"step {step}")
            time.sleep(seconds)

    def take_memory(self, gigabytes):
        """Take (virtual) memory for good, as a leak does."""
        _taken.append(mmap.mmap(-1, gigabytes << 30))

    def kill_worker(self):
        """End the process that runs the job, as the kernel does without memory."""
        os.kill(os.getpid(), signal.SIGKILL)
