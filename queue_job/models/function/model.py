"""Settings of the jobs of one method: channel, retries, related action, on-fail."""

from __future__ import annotations

import logging
import re
from collections import namedtuple
from typing import TYPE_CHECKING, Any

from odoo import api, exceptions, fields, models, tools

from ...fields import JsonLiteral
from ...job.retry import names_policy
from ..data_file import update_from_data
from .engine_settings import FunctionEngineSettings
from .literals import FunctionLiterals
from .retry_policy import FunctionRetryPolicy

if TYPE_CHECKING:
    from typing import Self

_logger = logging.getLogger(__name__)

regex_job_function_name = re.compile(r"^<([0-9a-z_\.]+)>\.([0-9a-zA-Z_]+)$")


class QueueJobFunction(
    FunctionEngineSettings, FunctionLiterals, FunctionRetryPolicy, models.Model
):
    """The settings of a method that runs as a job, ``<model.name>.method``."""

    _name = "queue.job.function"
    _description = "Job Functions"
    _log_access = False

    JobConfig = namedtuple(
        "JobConfig",
        "channel "
        "retry_pattern "
        "related_action_enable "
        "related_action_func_name "
        "related_action_kwargs "
        "job_function_id "
        "allow_commit "
        "on_fail_method_name",
    )

    name = fields.Char(
        compute="_compute_name",
        inverse="_inverse_name",
        index=True,
        store=True,
    )
    # not required, so that a job function can be created from its name alone
    model_id = fields.Many2one("ir.model", ondelete="cascade")
    method = fields.Char()
    on_fail_method = fields.Char(
        help="Method of the same model, called when a job fails permanently, with the "
        "keyword arguments exc_info, exc_name and exc_message.",
    )
    channel_id = fields.Many2one(
        comodel_name="queue.job.channel",
        required=True,
        default=lambda self: self._default_channel(),
    )
    channel = fields.Char(related="channel_id.complete_name", store=True, readonly=True)
    retry_pattern = JsonLiteral(string="Retry Pattern (serialized)", base_type=dict)
    related_action = JsonLiteral(string="Related Action (serialized)", base_type=dict)
    shadowed_by_id = fields.Many2one(
        comodel_name="queue.job.function",
        compute="_compute_shadowed_by_id",
        help="Older record for the same method, which takes precedence.",
    )
    allow_commit = fields.Boolean(
        help="Allow the job to commit. It runs on a separate database cursor and must "
        "be idempotent: if its worker is lost between two commits, it runs again.",
    )

    @api.depends("model_id.model", "method")
    def _compute_name(self):
        for record in self:
            if not (record.model_id and record.method):
                record.name = ""
                continue
            record.name = self.job_function_name(record.model_id.model, record.method)

    @api.depends("name")
    def _compute_shadowed_by_id(self):
        first = {}
        domain = [("name", "in", self.mapped("name"))]
        for record in self.search(domain, order="id"):
            first.setdefault(record.name, record)
        for record in self:
            winner = first.get(record.name, record) if record.name else record
            record.shadowed_by_id = winner - record

    def _inverse_name(self):
        for record in self:
            match = regex_job_function_name.match(record.name or "")
            if not match:
                raise exceptions.UserError(
                    self.env._(
                        "Invalid job function: %s. Enter a model and its method as "
                        "<res.partner>.my_method.",
                        record.name,
                    )
                )
            model_name, method = match.groups()
            model = self.env["ir.model"].sudo().search([("model", "=", model_name)])
            if not model:
                raise exceptions.UserError(
                    self.env._(
                        "Model %s not found. Correct its name, or install its addon.",
                        model_name,
                    )
                )
            record.write({"model_id": model.id, "method": method})

    def _default_channel(self):
        return self.env.ref("queue_job.channel_root")

    @staticmethod
    def job_function_name(model_name: str, method_name: str) -> str:
        """Return the name of the job function of a method."""
        return f"<{model_name}>.{method_name}"

    @tools.ormcache()
    def job_default_config(self) -> Any:
        """Return the config of a method without a record."""
        return self.JobConfig(
            channel="root",
            retry_pattern={},
            related_action_enable=True,
            related_action_func_name=None,
            related_action_kwargs={},
            job_function_id=None,
            allow_commit=False,
            on_fail_method_name=None,
        )

    def _parse_retry_pattern(self):
        """Return the retry pattern with int keys and int or tuple values; an empty one
        if it names a policy."""
        if names_policy(self.retry_pattern):
            return {}
        try:
            return {
                int(count): tuple(int(second) for second in seconds)
                if isinstance(seconds, list | tuple)
                else int(seconds)
                for count, seconds in self.retry_pattern.items()
            }
        except (ValueError, TypeError, AttributeError):
            _logger.error(
                "Invalid retry pattern: job_function=%s retry_pattern=%r",
                self.name,
                self.retry_pattern,
            )
            return {}

    @tools.ormcache("name")
    def job_config(self, name: str) -> Any:
        """Return the config of the job function of this name.

        Methods without a record have the default one.
        """
        record = self.search([("name", "=", name)], order="id", limit=1)
        if not record:
            return self.job_default_config()
        return self.JobConfig(
            channel=record.channel,
            retry_pattern=record._parse_retry_pattern(),
            related_action_enable=record.related_action.get("enable", True),
            related_action_func_name=record.related_action.get("func_name"),
            related_action_kwargs=record.related_action.get("kwargs") or {},
            job_function_id=record.id,
            allow_commit=record.allow_commit,
            on_fail_method_name=record.on_fail_method,
        )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        """Create job functions; data files that declare the same name share one."""
        if self.env.context.get("install_mode"):
            records = self.browse()
            for vals in vals_list:
                existing = self._declared_before(vals)
                if existing:
                    update_from_data(existing, vals)
                records += existing or super().create([vals])
        else:
            records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def _declared_before(self, vals):
        """Return the record that another data file created for the same method."""
        name = vals.get("name")
        if not name and vals.get("model_id") and vals.get("method"):
            model = self.env["ir.model"].sudo().browse(vals["model_id"])
            name = self.job_function_name(model.model, vals["method"])
        if not name:
            return self.browse()
        return self.search([("name", "=", name)], order="id", limit=1)

    def write(self, values: Any) -> bool:
        res = super().write(values)
        self.env.registry.clear_cache()
        return res

    def unlink(self) -> bool:
        res = super().unlink()
        self.env.registry.clear_cache()
        return res
