"""Database copies: their jobs are held until a manager allows them to run."""

import logging

from odoo import api
from odoo.exceptions import AccessError, UserError

from ...engine.copies import sql
from ...engine.copies.identity import COPY, allow_copy, read_status, record_identity
from ...engine.copies.messages import copy_message
from ...engine.sql import NOTIFY_WORKERS
from ..part import Part

_logger = logging.getLogger(__name__)

_MANAGERS = "queue_job.group_queue_job_manager"


class JobDatabaseCopy(Part):
    _name = "queue.job"
    _register = False

    @api.model
    def copy_status(self) -> dict:
        """Return what the web client shows above the jobs of a copy.

        ``kind``: ``neutralized``, ``copy`` or False for an original; ``is_held``;
        ``message``: a sentence; ``waiting``: number of waiting jobs; ``can_manage``.
        """
        self.check_access("read")
        status = read_status(self.env.cr)
        return {
            "kind": status.kind or False,
            "is_held": status.is_held,
            "message": copy_message(self.env, status),
            "waiting": self._count_waiting() if status.is_held else 0,
            "can_manage": self.env.user.has_group(_MANAGERS),
        }

    @api.model
    def run_jobs_in_copy(self) -> bool:
        """Allow jobs to run in this copy of a database, which remains a copy.

        :raises AccessError: for users who are not job queue managers
        :raises UserError: in a database that is not a copy
        """
        status = self._managed_copy()
        self._decide(allow_copy(self.env.cr, status, True), "its jobs run")
        return self._start_jobs_of_copy()

    @api.model
    def hold_jobs_in_copy(self) -> bool:
        """Hold the jobs of this copy again; running jobs are not stopped.

        :raises AccessError: for users who are not job queue managers
        :raises UserError: in a database that is not a copy
        """
        status = self._managed_copy()
        self._decide(allow_copy(self.env.cr, status, False), "its jobs are held")
        return True

    @api.model
    def adopt_moved_database(self) -> bool:
        """Record that this database is not a copy but renamed, moved or restored.

        :raises AccessError: for users who are not job queue managers
        :raises UserError: in a database that is not a copy, or is neutralized
        """
        status = self._managed_copy()
        if status.kind != COPY:
            raise UserError(
                self.env._("A neutralized database cannot be marked as moved.")
            )
        self._decide(record_identity(self.env.cr, status), "it is not a copy")
        return self._start_jobs_of_copy()

    def _managed_copy(self):
        if not (self.env.su or self.env.user.has_group(_MANAGERS)):
            raise AccessError(
                self.env._(
                    "Only job queue managers can hold or run the jobs of a copy."
                )
            )
        status = read_status(self.env.cr)
        if status.kind is None:
            raise UserError(
                self.env._(
                    "This database is not a copy. To hold its jobs, pause the root "
                    "channel."
                )
            )
        return status

    def _decide(self, is_stored: bool, decision: str) -> None:
        if not is_stored:
            raise UserError(
                self.env._(
                    "Nothing was changed: the system parameter %s is missing, or was "
                    "changed in the meantime. Try again, or update the queue_job "
                    "addon.",
                    sql.PARAMETER,
                )
            )
        _logger.info(
            "Copy of a database, %s: database=%s user=%s",
            decision,
            self.env.cr.dbname,
            self.env.user.login,
        )

    def _start_jobs_of_copy(self) -> bool:
        # Odoo deactivates scheduled actions when it neutralizes a database
        cron = self.env.ref("queue_job.ir_cron_run_jobs", raise_if_not_found=False)
        if cron and not cron.sudo().active:
            cron.sudo().active = True
        self.env.cr.execute(NOTIFY_WORKERS)
        return True

    def _count_waiting(self) -> int:
        self.flush_model(["state"])
        self.env.cr.execute(sql.COUNT_WAITING)
        return self.env.cr.fetchone()[0]
