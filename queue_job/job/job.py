"""One job in memory: its call, its properties, and its outcome."""

from __future__ import annotations

import logging
import os
import uuid
import weakref
from datetime import datetime
from typing import TYPE_CHECKING, Any

from . import clock
from .dependencies import JobDependencies
from .execution import JobExecution
from .fields import DEFAULTS
from .loading import JobLoading
from .properties import absolute_eta
from .states import (
    CANCEL,
    CLAIM,
    FAIL,
    FINISH,
    REQUEUE,
    RETRY,
    START,
    WAIT,
    Transition,
    is_known,
)
from .storage import JobStorage
from .target import JobTarget, _is_model_method

_logger = logging.getLogger(__name__)

#: Not read yet; None is a valid value.
_UNKNOWN = object()


class Job(JobTarget, JobDependencies, JobExecution, JobLoading, JobStorage):
    """A method of a recordset to run later, with its state.

    Attributes are plain and may be set from outside; nothing is written to the database
    before :meth:`store`.

    :param func: bound method of a recordset
    :param args: positional arguments (tuple or list)
    :param kwargs: keyword arguments (dict)
    :param priority: lower values run first; 10 by default
    :param eta: earliest start: datetime (naive ones are UTC), timedelta or seconds from
        now
    :param job_uuid: uuid of a stored job
    :param max_retries: executions before a retryable error is final; 0: no limit
    :param description: shown to users, default: first line of the docstring
    :param channel: complete name of a channel, default: the job function's
    :param identity_key: a string, or a callable that gets the job; while a job with the
        same key is waiting, no other one is stored
    :raises TypeError: if ``func`` is not a method of a recordset
    """

    if TYPE_CHECKING:
        # the attributes of the table of fields
        def __getattr__(self, name: str) -> Any: ...

        def __setattr__(self, name: str, value: Any) -> None: ...

    def __init__(
        self,
        func,
        args=None,
        kwargs=None,
        priority=None,
        eta=None,
        job_uuid=None,
        max_retries=None,
        description=None,
        channel=None,
        identity_key=None,
    ):
        if args is None:
            args = ()
        elif isinstance(args, list):
            args = tuple(args)
        assert isinstance(args, tuple), f"{args}: args are not a tuple"
        if kwargs is None:
            kwargs = {}
        assert isinstance(kwargs, dict), f"{kwargs}: kwargs are not a dict"
        if not _is_model_method(func):
            raise TypeError("Job accepts only methods of Models")

        self.recordset = func.__self__
        self.method_name = func.__name__
        self._model_name = self.recordset._name
        self._job_function_name = None
        self._args = args
        self._kwargs = kwargs

        env = self.recordset.env
        self.job_config = (
            env["queue.job.function"].sudo().job_config(self.job_function_name)
        )
        if self.on_fail_method_name and not _is_model_method(
            getattr(self.recordset, self.on_fail_method_name, None)
        ):
            raise TypeError(
                f"{self.on_fail_method_name} is not a method of "
                f"{self.recordset._name}: it cannot be called when a job fails"
            )

        vars(self).update(DEFAULTS)
        if max_retries is not None:
            self.max_retries = max_retries
        if priority is not None:
            self.priority = priority
        self._uuid = job_uuid

        self._depends_on = set()
        self._reverse_depends_on = weakref.WeakSet()
        # values of the row, None: not stored yet
        self._depends_on_uuids = None
        self._reverse_depends_on_uuids = None
        self._dependencies_changed = False

        self.date_created = self._now()
        self._description = description
        self.identity_key = identity_key
        self._company_id = _UNKNOWN
        self._eta = None
        self.eta = eta
        self._channel = channel

        # a generated uuid cannot be in the table yet
        self._may_be_stored = bool(job_uuid)
        # id of the row and the values last written to it or read from it
        self._record_id = None
        self._stored_values = None
        # JSON by column while the row is being created
        self._documents = None

    def _now(self):
        """Return the current naive date and time in UTC, by the database's clock."""
        return clock.database_now(self.env.cr)

    def __repr__(self):
        return f"<Job {self.uuid}, priority:{self.priority}>"

    def __eq__(self, other):
        return isinstance(other, Job) and self.uuid == other.uuid

    def __hash__(self):
        return hash(self.uuid)

    @property
    def uuid(self) -> str:
        """Unique identifier of the job, generated on first use."""
        if self._uuid is None:
            self._uuid = str(uuid.uuid4())
        return self._uuid

    @property
    def company_id(self) -> int | None:
        """Id of the job's company, or a falsy value.

        The context key ``company_id`` takes precedence, even if it is falsy.
        """
        if self._company_id is _UNKNOWN:
            # only now: reading the user's company costs queries that loading a job
            # does not need
            env = self.env
            if "company_id" in env.context:
                self._company_id = env.context["company_id"]
            else:
                self._company_id = env.company.id
        return self._company_id

    @company_id.setter
    def company_id(self, value: Any) -> None:
        self._company_id = value

    @property  # type: ignore[override]
    def eta(self) -> datetime | None:
        return self._eta

    @eta.setter
    def eta(self, value: Any) -> None:
        self._eta = absolute_eta(value, self._now)

    @property
    def exec_time(self) -> float | None:
        """Seconds from start to done, None unless both are known."""
        if self.date_done and self.date_started:
            return (self.date_done - self.date_started).total_seconds()
        return None

    def _move(self, transition: Transition, at: datetime | None = None) -> None:
        """Make a transition to another state, ``at`` this time instead of now."""
        if not is_known(self.state, transition.target):
            # Other addons may do so, and their tests perform pending jobs: the row
            # itself is fenced.
            _logger.debug(
                "Unusual transition: job=%s from=%s to=%s",
                self,
                self.state,
                transition.target,
            )
        if at is None and transition.stamp in DEFAULTS:
            at = self._now()
        for name, value in transition.values(at).items():
            if name in DEFAULTS:
                setattr(self, name, None if value is False else value)

    def set_pending(self, result: Any = None, reset_retry: bool = True) -> None:
        """Set the job to pending, or to waiting if it has unfinished dependencies."""
        self._move(REQUEUE if reset_retry else RETRY)
        if self._has_unfinished_parent():
            self._move(WAIT)
        if result is not None:
            self.result = result

    def set_enqueued(self) -> None:
        """Set the job to enqueued: a worker is about to start it."""
        self._move(CLAIM)

    def set_started(self) -> None:
        """Set the job to started, by this process."""
        self.note_start()
        self.add_lock_record()

    def note_start(self, at: datetime | None = None) -> None:
        """Note that this process runs the job, since ``at``; now by default."""
        self._move(START, at)
        self.worker_pid = os.getpid()

    def set_done(self, result: Any = None) -> Any:
        """Set the job to done, and clear a previous failure."""
        self._move(FINISH)
        if result is not None:
            self.result = result

    def set_cancelled(self, result: Any = None) -> Any:
        """Set the job to cancelled."""
        self._move(CANCEL)
        if result is not None:
            self.result = result

    def set_failed(self, **kw: Any) -> None:
        """Set the job to failed, and attributes from the keywords that are not None."""
        self._move(FAIL)
        for key, value in kw.items():
            if value is not None:
                setattr(self, key, value)
