import os
import signal
import time

from odoo import fields, models


class TestCrashRow(models.Model):
    _name = "test.crash.row"
    _description = "Row That a Job Inserts"

    number = fields.Integer(required=True)

    def insert_row(self, number, seconds=0):
        """Insert one row, then take some time before the job is done."""
        self.create({"number": number})
        self.flush_model()
        time.sleep(seconds)

    def kill_worker(self):
        """End the process that runs the job, as the kernel does without memory."""
        os.kill(os.getpid(), signal.SIGKILL)
