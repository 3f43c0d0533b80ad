import logging

from odoo.addons.queue_job.controllers.main import RunJobController

_logger = logging.getLogger(__name__)


class OtherController(RunJobController):
    """Independent of the class in the other file."""

    @classmethod
    def _runjob(cls, env, job):
        _logger.info("other _runjob database=%s", env.cr.dbname)
        return super()._runjob(env, job)
