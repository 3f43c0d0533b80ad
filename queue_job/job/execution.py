"""Running the method of a job, and what a retry means."""

from contextlib import contextmanager, nullcontext
from datetime import timedelta

from ..exception import FailedJobError, RetryableJobError
from .retry import RetryPattern, RetryPolicy
from .retry_seconds import seconds_to_wait
from .text import text_of


class JobExecution:
    """The part of a job that acts; it changes attributes and stores nothing."""

    def perform(self):
        """Call the method; return and keep its result.

        :raises FailedJobError: when a retryable error came on the last try
        :raises RetryableJobError: when the job must be tried again
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
    def in_temporary_env(self):
        """Bind the job to a cursor of its own, committed when all went well.

        :raises LeaseLost: when the job was taken away meanwhile
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
        """Return the seconds to wait before the next try.

        ``seconds`` wins when it is not 0, see :func:`.retry_seconds.seconds_to_wait`;
        then the retry policy of the job function, see :mod:`.retry`.
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

    def postpone(self, result=None, seconds=None):
        """Set the eta of the next try; the state is left to the caller."""
        self.eta = timedelta(seconds=self._get_retry_seconds(seconds))
        self.exc_name = None
        self.exc_message = None
        self.exc_info = None
        if result is not None:
            self.result = result

    @property
    def on_fail_method_name(self):
        return self.job_config.on_fail_method_name

    def on_fail(self, fail_vals):
        """Call the method configured for failures, with the failure's values."""
        if self.on_fail_method_name:
            getattr(self.recordset, self.on_fail_method_name)(**fail_vals)

    def related_action(self):
        """Return the action that shows what the job is about, or None.

        :raises ValueError: when the configured method name is not text
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
