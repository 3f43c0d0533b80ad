"""Adds to every model the methods that delay its methods as jobs.

A test helper replaces ``DelayableRecordset`` in this module: use it as a global.
"""

from __future__ import annotations

import functools
from typing import Any

from odoo import api, models

from ..delay import Delayable, DelayableRecordset
from ..utils import must_run_without_delay


class Base(models.AbstractModel):
    _inherit = "base"

    @api.private
    def with_delay(
        self,
        priority: int | None = None,
        eta: Any = None,
        max_retries: int | None = None,
        description: str | None = None,
        channel: str | None = None,
        identity_key: Any = None,
        **options: Any,
    ) -> Any:
        """Return a handle that stores the next method called on it as a job.

        ``record.with_delay(eta=60).export()`` stores a job and returns its ``Job``,
        or the waiting ``queue.job`` record with the same identity key.

        :param priority: lower values run first; 10 by default
        :param eta: earliest start: datetime, timedelta, or seconds from now
        :param max_retries: executions before a retryable error is final, 5 by
            default, 0 for no limit
        :param description: shown to users, by default the docstring's first line
        :param channel: complete name of a channel, by default the job function's
        :param identity_key: a string, or a callable that gets the job, such as
            ``identity_exact``
        :param options: further ones, see :data:`.job.fields.OPTIONS`:

            * ``concurrency_key``: of the jobs with the same key, only
              ``concurrency_limit`` run at once, 1 by default; those over it wait
              without blocking others
        :raises TypeError: for an unknown option
        """
        return DelayableRecordset(
            self,
            priority=priority,
            eta=eta,
            max_retries=max_retries,
            description=description,
            channel=channel,
            identity_key=identity_key,
            **options,
        )

    @api.private
    def delayable(
        self,
        priority: int | None = None,
        eta: Any = None,
        max_retries: int | None = None,
        description: str | None = None,
        channel: str | None = None,
        identity_key: Any = None,
        **options: Any,
    ) -> Any:
        """Return a Delayable, which can be put in a graph before it is delayed.

        Same parameters as :meth:`with_delay`::

            one = record.delayable().prepare()
            one.on_done(record.delayable().export()).delay()
        """
        return Delayable(
            self,
            priority=priority,
            eta=eta,
            max_retries=max_retries,
            description=description,
            channel=channel,
            identity_key=identity_key,
            **options,
        )

    def _patch_job_auto_delay(self, method_name, context_key=None):
        """Return a replacement of ``method_name`` that delays itself.

        To be used in ``_register_hook``::

            def _register_hook(self):
                setattr(
                    type(self),
                    "export",
                    self._patch_job_auto_delay("export", context_key="delay_export"),
                )
                return super()._register_hook()

        Inside a job, in no-delay mode, or if ``context_key`` is given and falsy in
        the context, the original method runs. Job options come from the method
        ``<method_name>_job_options`` of the model, which gets the same arguments.
        """
        original = getattr(type(self), method_name)

        def auto_delay(self: Any, *args: Any, **kwargs: Any) -> Any:
            if (
                self.env.context.get("job_uuid")
                or (context_key and not self.env.context.get(context_key))
                or must_run_without_delay(self.env)
            ):
                return auto_delay.origin(self, *args, **kwargs)
            options = getattr(self, f"{method_name}_job_options", None)
            values = options(*args, **kwargs) if options else {}
            delayed = self.with_delay(**values)
            return getattr(delayed, method_name)(*args, **kwargs)

        auto_delay.origin = original
        return functools.update_wrapper(auto_delay, original)

    @api.model
    def _job_store_values(self, job):
        """Return additional values for the row of ``job``, a dict of queue.job fields.

        Called each time the job is stored, so values may depend on its state. For one
        method, define ``_job_store_values_for_<method>(job)``: it takes precedence.
        """
        return {}

    @api.model
    def _job_prepare_context_before_enqueue_keys(self):
        """Return the context keys kept in jobs, as a tuple."""
        return ("tz", "lang", "allowed_company_ids", "force_company", "active_test")

    def _job_prepare_context_before_enqueue(self):
        """Return the part of the context kept in jobs."""
        context = self.env.context
        return {
            key: context[key]
            for key in self._job_prepare_context_before_enqueue_keys()
            if key in context
        }
