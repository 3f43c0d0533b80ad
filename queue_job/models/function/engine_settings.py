"""How the engine runs the jobs of one method: time and concurrency."""

from collections import namedtuple

from odoo import api, exceptions, fields, models, tools

from ..part import Part

EngineConfig = namedtuple(
    "EngineConfig",
    "time_limit retry_policy concurrency_limit concurrency_by",
)
_DEFAULT = EngineConfig(0, None, 0, None)


class FunctionEngineSettings(Part):
    _name = "queue.job.function"
    _register = False

    time_limit = fields.Integer(
        string="Time Limit (s)",
        help="Seconds after which a running job is ended, rolled back and failed. "
        "0: it may take as long as it likes.",
    )
    concurrency_limit = fields.Integer(
        help="How many jobs of this function run at once for each value of what they "
        "are limited by. 0: as many as their channel lets through.",
    )
    concurrency_by = fields.Char(
        string="Limited By",
        help="What is counted: 'record' (default), 'company', or the path of a field "
        "of the records such as backend_id. Jobs over the limit wait without holding "
        "up others.",
    )

    _limits_not_negative = models.Constraint(
        "CHECK(COALESCE(time_limit, 0) >= 0 AND COALESCE(concurrency_limit, 0) >= 0)",
        "Limits and waits of a job function cannot be negative.",
    )

    @api.constrains("concurrency_by", "model_id")
    def _check_concurrency_by(self):
        for function in self:
            path = function.concurrency_by
            model = function.model_id.model
            if path in (False, "record", "company") or model not in self.env:
                continue
            try:
                self.env[model].mapped(path)
            except (KeyError, AttributeError) as error:
                raise exceptions.ValidationError(
                    self.env._(
                        "Jobs can be limited by 'record', by 'company' or by a field "
                        "of %(model)s; %(path)s is none.",
                        model=model,
                        path=path,
                    )
                ) from error

    @tools.ormcache("name")
    def engine_config(self, name: str) -> EngineConfig:
        """Return how the engine runs the jobs of the function of this name."""
        function = self.search([("name", "=", name)], order="id", limit=1)
        if not function:
            return _DEFAULT
        return EngineConfig(
            time_limit=function.time_limit,
            retry_policy=function._named_retry_policy(),
            concurrency_limit=function.concurrency_limit,
            concurrency_by=function.concurrency_by or None,
        )
