import logging

from odoo.addons.queue_job.controllers.main import RunJobController

_logger = logging.getLogger(__name__)

_original = RunJobController._runjob.__func__


def _runjob(cls, env, job):
    _logger.info("patched _runjob database=%s", env.cr.dbname)
    return _original(cls, env, job)


RunJobController._runjob = classmethod(_runjob)
