"""The retry policy of the jobs of one method, stored in ``retry_pattern``."""

import logging

from odoo import api, exceptions, fields

from ...job.retry import POLICY, ExponentialBackoff, named_policy, names_policy
from ..part import Part

_logger = logging.getLogger(__name__)

_EXPONENTIAL = "exponential"


class FunctionRetryPolicy(Part):
    _name = "queue.job.function"
    _register = False

    retry_backoff = fields.Integer(
        string="Exponential Backoff (s)",
        compute="_compute_retry_backoff",
        inverse="_inverse_retry_backoff",
        help="Seconds before the first retry, doubled for each further one and "
        "randomized, so that jobs that failed together are not retried together. "
        "Replaces the retry pattern. 0: use the retry pattern.",
    )
    retry_backoff_max = fields.Integer(
        string="Maximum Backoff (s)",
        compute="_compute_retry_backoff",
        inverse="_inverse_retry_backoff",
        help="Maximum number of seconds between two attempts.",
    )

    @api.depends("retry_pattern")
    def _compute_retry_backoff(self):
        for record in self:
            policy = record._named_retry_policy()
            is_exponential = isinstance(policy, ExponentialBackoff)
            record.retry_backoff = policy.base if is_exponential else 0
            record.retry_backoff_max = (
                policy.max if is_exponential else ExponentialBackoff.max
            )

    def _inverse_retry_backoff(self):
        for record in self:
            if base := record.retry_backoff:
                longest = record.retry_backoff_max or ExponentialBackoff.max
                record.retry_pattern = {
                    POLICY: _EXPONENTIAL,
                    "base": base,
                    "max": longest,
                }
            elif record.retry_pattern.get(POLICY) == _EXPONENTIAL:
                record.retry_pattern = {}

    def _named_retry_policy(self):
        """Return the policy that the retry pattern names, None if it names none."""
        if not names_policy(self.retry_pattern):
            return None
        try:
            return named_policy(self.retry_pattern)
        except ValueError as error:
            _logger.error(
                "Retry policy ignored: job_function=%s error=%s", self.name, error
            )
            return None

    @api.constrains("retry_pattern")
    def _check_retry_policy(self):
        for record in self:
            if not names_policy(record.retry_pattern):
                continue
            try:
                named_policy(record.retry_pattern)
            except ValueError as error:
                raise exceptions.UserError(
                    self.env._(
                        "Job function %(function)s: %(error)s",
                        function=record.name,
                        error=error,
                    )
                ) from error
