import logging

from odoo.addons.queue_job.controllers.main import RunJobController

_logger = logging.getLogger(__name__)


class DerivedController(RunJobController):
    @classmethod
    def _acquire_job(cls, env, job_uuid):
        _logger.info("derived _acquire_job database=%s", env.cr.dbname)
        return super()._acquire_job(env, job_uuid)

    @classmethod
    def _try_perform_job(cls, env, job):
        _logger.info("derived _try_perform_job database=%s", env.cr.dbname)
        return super()._try_perform_job(env, job)

    @classmethod
    def _runjob(cls, env, job):
        _logger.info("derived _runjob database=%s", env.cr.dbname)
        return super()._runjob(env, job)

    @classmethod
    def _enqueue_dependent_jobs(cls, env, job):
        _logger.info("derived _enqueue_dependent_jobs database=%s", env.cr.dbname)
        return super()._enqueue_dependent_jobs(env, job)
