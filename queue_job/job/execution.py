"""Runs the method of a job, and computes its retries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any

from ..exception import FailedJobError, RetryableJobError
from .retry import RetryPattern, RetryPolicy
from .retry_seconds import seconds_to_wait
from .text import text_of


class JobExecution:
    """The part of a job that runs it; changes attributes and stores nothing."""

    def perform(self) -> Any:
        """Call the method; return its result and keep it in ``result``.

        :raises FailedJobError: after a retryable error on the last attempt
        :raises RetryableJobError: if the job must be retried
        """
        self.retry += 1
        try:
            commits = self.job_config.allow_commit
            with self.in_temporary_env() if commits else nullcontext():
                self.result = self.func(*self.args, **self.kwargs)
        except RetryableJobError as error:
            if error.ignore_retry:
                self.retry -= 1
                raise
            if not self.max_retries or self.retry < self.max_retries:
                raise
            raise FailedJobError(
                f"Max. retries ({self.max_retries}) reached: "
                f"{text_of(error) or type(error)}"
            ) from error
        return self.result

    @contextmanager
    def in_temporary_env(self) -> Iterator[None]:
        """Bind the job to a separate cursor, which is committed on success.

        :raises LeaseLost: if the job lost its lease in the meantime
        """
        env = self.env
        batch, leased = getattr(self, "lease", None) or (None, None)
        with env.registry.cursor() as cr:
            self._env = env(cr=cr)
            try:
                if leased:
                    batch.attend(cr)
                    with leased.interruptible.on(cr._cnx):
                        yield
                    cr.flush()
                    batch.check(cr, leased)
                else:
                    yield
            finally:
                self._env = env

    def _get_retry_seconds(self, seconds=None):
        """Return the seconds to wait before the next attempt.

        ``seconds`` if it is not 0, see :func:`.retry_seconds.seconds_to_wait`; else by
        the retry policy of the job function, see :mod:`.retry`.
        """
        given = seconds_to_wait(seconds) if seconds else 0
        if given:
            return given
        pattern = self.job_config.retry_pattern
        policy = RetryPattern(pattern) if pattern else self._named_retry_policy()
        return seconds_to_wait(policy.wait(self.retry))

    def _named_retry_policy(self) -> RetryPolicy:
        functions = self.env["queue.job.function"].sudo()
        config = functions.engine_config(self.job_function_name)
        return config.retry_policy or RetryPattern()

    def postpone(self, result: Any = None, seconds: float | None = None) -> None:
        """Set the eta of the next attempt; the caller sets the state."""
        self.eta = timedelta(seconds=self._get_retry_seconds(seconds))
        self.exc_name = None
        self.exc_message = None
        self.exc_info = None
        if result is not None:
            self.result = result

    @property
    def on_fail_method_name(self) -> str | None:
        return self.job_config.on_fail_method_name

    def on_fail(self, fail_vals: Any) -> None:
        """Call the on-fail method, with the values of the failure."""
        if self.on_fail_method_name:
            getattr(self.recordset, self.on_fail_method_name)(**fail_vals)

    def related_action(self) -> dict[str, Any] | None:
        """Return the related action of the job, or None.

        :raises ValueError: if the configured method name is not a string
        """
        record = self.db_record()
        if not self.job_config.related_action_enable:
            return None
        func_name = self.job_config.related_action_func_name
        if not func_name:
            func_name = record._default_related_action
        if not isinstance(func_name, str):
            raise ValueError(
                "func_name of the related action must be the name of a method, "
                f"not {func_name!r}"
            )
        return getattr(record, func_name)(**self.job_config.related_action_kwargs)
