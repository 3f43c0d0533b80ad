"""Apply the circuit breaker and the rate limit of a backend to requests."""

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

# A delay up to this long, in seconds, is waited for in the worker: sending each waiting
# job back to the queue would take longer.
_WORTH_WAITING = 1
# Spread of the workers that waited until the same time, in seconds.
_APART = 0.2
# Jobs on hold resume spread over the same duration again, at most, in seconds.
_LEAST_SPREAD, _LARGEST_SPREAD = 3, 300

#: Seconds of the periods of a rate limit.
PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}

#: Backends that this thread is currently calling.
_calling: ContextVar[frozenset] = ContextVar("calling", default=frozenset())


#: Errors that only a working backend returns.
_RESPONSES = (RemoteAccessDenied, RemoteInvalidData, IDMissingInBackend)


class RateLimit(NamedTuple):
    """At most ``calls`` requests in any period of ``seconds``."""

    calls: int
    seconds: float

    @property
    def burst(self) -> int:
        """Requests allowed at once, after a pause."""
        return 1 + self.calls // 10

    @property
    def interval(self) -> float:
        """Seconds between requests, such that a burst and the following requests keep
        the limit."""
        return self.seconds / (self.calls - self.burst + 1)


class CostLimit(NamedTuple):
    """A request that costs some points of a budget that is restored steadily.

    :param cost: points of the request
    :param maximum: points of the full budget
    :param restore_rate: points restored per second
    """

    cost: float
    maximum: float
    restore_rate: float

    @property
    def burst(self) -> float:
        """Such requests allowed at once, with the full budget."""
        return max(self.maximum / self.cost, 1)

    @property
    def interval(self) -> float:
        """Seconds until the cost is restored."""
        return self.cost / self.restore_rate


class _NotSent(RemoteBusy):
    """No request was sent: nothing is known about the state of the backend."""


class CircuitBreaker:
    """The circuit breaker and rate limiter of one backend, see the model
    ``connector.circuit.breaker``.

    Used as a context manager around a call::

        with CircuitBreaker(backend, rate, caller="GET /api/things"):
            response = ...

    A nested request, such as a login, is part of the outer one.

    :param rate: rate limit for all servers together, ``None``: unlimited
    :param caller: identifies this request, or its job
    :param cost: cost of this request, ``None``: unknown
    :raise RemoteBusy: gives the time of the retry
    :raise RemoteRefused: the backend is archived
    """

    def __init__(
        self,
        backend,
        rate: RateLimit | None = None,
        caller: str | None = None,
        cost: CostLimit | None = None,
    ):
        self._backend = backend.sudo()
        env = self._backend.env
        self._circuit = env["connector.circuit.breaker"]
        self._limiter = env["connector.rate.limiter"]
        self._limits = {"requests": rate, "cost": cost}
        self._caller = caller
        self._anyway = self._backend.env.context.get("bypass_circuit_breaker")
        self._key = (self._backend.env.cr.dbname, backend._name, backend.id)
        self._failures = 0
        self._probe = False
        self._token = None

    def __enter__(self):
        if self._key in _calling.get():
            self._take_slot()
            return self
        self.check()
        self._token = _calling.set(_calling.get() | {self._key})
        return self

    def __exit__(self, _type, error, _traceback):
        if self._token:
            _calling.reset(self._token)
            if error is None or isinstance(error, Exception):
                self.record(error)

    def check(self) -> None:
        """Return if a request is allowed now."""
        status = self._circuit._get_status(self._backend)
        self._failures = status.failures
        if self._anyway:
            return
        if not getattr(self._backend, "active", True):
            raise RemoteRefused(
                self._backend.env._(
                    "%s is archived: it cannot be synchronized.",
                    self._backend.display_name,
                )
            )
        if status.state == "throttled" and status.blocked_for <= _WORTH_WAITING:
            time.sleep(status.blocked_for + random.uniform(0, _APART))
            status = self._circuit._get_status(self._backend)
        if status.blocked_for:
            raise _NotSent(status.reason, seconds=self._spread(status))
        self._take_slot()
        if status.open_for is not None:
            self._probe = self._circuit._acquire_probe(self._backend)
            if not self._probe:
                # Another request is probing, or has just closed the circuit breaker.
                status = self._circuit._get_status(self._backend)
                if status.state != "closed":
                    raise _NotSent(status.reason, seconds=self._spread(status))

    def is_worth_waiting(self, error: RemoteBusy) -> bool:
        """Whether to retry in this worker after the requested delay, with a new
        circuit breaker.

        Otherwise a job with many requests would restart for each throttled one.
        """
        has_response = not isinstance(error, _NotSent) and bool(self._token)
        return (
            has_response and not self._anyway and (error.seconds or 0) <= _WORTH_WAITING
        )

    def _take_slot(self) -> None:
        for bucket, limit in self._limits.items():
            if self._anyway or not limit:
                continue
            booked, seconds = self._limiter._reserve(
                self._backend, limit.interval, limit.burst, _WORTH_WAITING, bucket
            )
            if not booked:
                raise _NotSent(
                    self._backend.env._(
                        "%s has reached its rate limit.", self._backend.display_name
                    ),
                    seconds=int(seconds) + 1,
                )
            time.sleep(seconds)

    def record(self, error: Exception | None) -> None:
        """Record the outcome of a request."""
        if isinstance(error, _NotSent):
            return
        if isinstance(error, RemoteBusy):
            seconds = error.seconds or _LEAST_SPREAD
            self._circuit._throttle(self._backend, seconds, str(error))
        elif isinstance(error, RemoteUnavailable):
            status = self._circuit._record_failure(
                self._backend,
                str(error),
                unreachable=error.ignore_retry,
                caller=self._caller if isinstance(error, RemoteCallFailed) else None,
            )
            if status.open_for is not None:
                # The job that detected the outage did not cause it.
                error.ignore_retry = True
                error.seconds = self._spread(status)
        elif (error is None or isinstance(error, _RESPONSES)) and self._failures:
            self._circuit._record_success(
                self._backend, conclusive=bool(self._probe or self._anyway)
            )
            self._failures = 0

    def _spread(self, status) -> int:
        """Return the delay in seconds, randomized: all jobs at once would cause the
        next outage."""
        longest = max(status.blocked_for, status.open_for or 0, _LEAST_SPREAD)
        return int(
            status.blocked_for + 1 + random.uniform(0, min(longest, _LARGEST_SPREAD))
        )
