"""What the calls of one adapter learn and obey of the backend's shared health."""

import random
import time
from contextvars import ContextVar
from typing import NamedTuple

from ...exception import IDMissingInBackend
from ...exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteCallFailed,
    RemoteInvalidData,
    RemoteRefused,
    RemoteUnavailable,
)

# A moment this near is waited for in the worker, in seconds: sending every job that
# waits back to the queue would take longer.
_WORTH_WAITING = 1
# What workers that waited for the same moment keep apart, in seconds.
_APART = 0.2
# Jobs that waited come back within as long again, in seconds.
_LEAST_SPREAD, _LARGEST_SPREAD = 3, 300

#: Seconds of what a rate may be given for.
PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}

#: Backends that this thread is just calling.
_calling: ContextVar[frozenset] = ContextVar("calling", default=frozenset())


#: Errors that only a backend that works can answer.
_ANSWERS = (RemoteAccessDenied, RemoteInvalidData, IDMissingInBackend)


class Rate(NamedTuple):
    """At most so many calls in any period of so many seconds."""

    calls: int
    seconds: float

    @property
    def burst(self) -> int:
        """Calls that may come at once, after a rest."""
        return 1 + self.calls // 10

    @property
    def each(self) -> float:
        """Seconds between calls, such that a burst and what follows keep the limit."""
        return self.seconds / (self.calls - self.burst + 1)


class _Held(RemoteBusy):
    """We did not call: nothing was learnt about the backend."""


class Gate:
    """The gate of one backend, see the model ``connector.backend.gate``.

    Used as a context manager around a call::

        with Gate(backend, rate, caller="GET /api/things"):
            response = ...

    A call made for another one, like a login, is part of it.

    :param rate: what all nodes together may call, none: no limit
    :param caller: tells this call, or the job it is made for, from others
    :raise RemoteBusy: when it may be called
    :raise RemoteRefused: the backend is archived
    """

    def __init__(self, backend, rate: Rate | None = None, caller: str | None = None):
        self._backend = backend.sudo()
        self._model = self._backend.env["connector.backend.gate"]
        self._rate = rate
        self._caller = caller
        self._anyway = self._backend.env.context.get("connector_try_anyway")
        self._key = (self._backend.env.cr.dbname, backend._name, backend.id)
        self._failures = 0
        self._probe = False
        self._token = None

    def __enter__(self):
        if self._key in _calling.get():
            self._take_slot()
            return self
        self.pass_or_raise()
        self._token = _calling.set(_calling.get() | {self._key})
        return self

    def __exit__(self, _type, error, _traceback):
        if self._token:
            _calling.reset(self._token)
            if error is None or isinstance(error, Exception):
                self.learn(error)

    def pass_or_raise(self) -> None:
        """Return when a call may be made now."""
        health = self._model._look(self._backend)
        self._failures = health.failures
        if self._anyway:
            return
        if not getattr(self._backend, "active", True):
            raise RemoteRefused(
                self._backend.env._(
                    "%s is archived: it cannot be synchronized.",
                    self._backend.display_name,
                )
            )
        if health.state == "busy" and health.closed_for <= _WORTH_WAITING:
            time.sleep(health.closed_for + random.uniform(0, _APART))
            health = self._model._look(self._backend)
        if health.closed_for:
            raise _Held(health.reason, seconds=self._spread(health))
        self._take_slot()
        if health.down_for is not None:
            self._probe = self._model._may_probe(self._backend)
            if not self._probe:
                # Another one probes, or has just found that all is well.
                health = self._model._look(self._backend)
                if health.state != "working":
                    raise _Held(health.reason, seconds=self._spread(health))

    def is_worth_waiting(self, error: RemoteBusy) -> bool:
        """Whether to call again at the end of the wait asked for, in the next gate.

        Else a job of many calls would begin anew, and again, for each that is refused.
        """
        told = not isinstance(error, _Held) and bool(self._token)
        return told and not self._anyway and (error.seconds or 0) <= _WORTH_WAITING

    def _take_slot(self) -> None:
        if self._anyway or not self._rate:
            return
        booked, seconds = self._model._take_slot(
            self._backend, self._rate.each, self._rate.burst, _WORTH_WAITING
        )
        if not booked:
            raise _Held(
                self._backend.env._(
                    "%s has reached its rate limit.", self._backend.display_name
                ),
                seconds=int(seconds) + 1,
            )
        time.sleep(seconds)

    def learn(self, error: Exception | None) -> None:
        """Take note of how a call ended."""
        if isinstance(error, _Held):
            return
        if isinstance(error, RemoteBusy):
            seconds = error.seconds or _LEAST_SPREAD
            self._model._close_for(self._backend, seconds, str(error))
        elif isinstance(error, RemoteUnavailable):
            health = self._model._failed(
                self._backend,
                str(error),
                unreachable=error.ignore_retry,
                caller=self._caller if isinstance(error, RemoteCallFailed) else None,
            )
            if health.down_for is not None:
                # The outage is not the fault of who happened to notice it.
                error.ignore_retry = True
                error.seconds = self._spread(health)
        elif (error is None or isinstance(error, _ANSWERS)) and self._failures:
            self._model._went_well(
                self._backend, sure=bool(self._probe or self._anyway)
            )
            self._failures = 0

    def _spread(self, health) -> int:
        """Return the seconds to wait: all jobs at once would be the next outage."""
        longest = max(health.closed_for, health.down_for or 0, _LEAST_SPREAD)
        return int(
            health.closed_for + 1 + random.uniform(0, min(longest, _LARGEST_SPREAD))
        )
