"""What the calls of one adapter learn and obey of the backend's shared health."""

import random
import time

from ...exceptions_http import RemoteBusy, RemoteRefused, RemoteUnavailable

# A slot of the rate budget this near is waited for in the worker, in seconds.
_WORTH_WAITING = 0.5


class Gate:
    """The gate of one backend, see the model ``connector.backend.gate``.

    :param per_second: calls allowed for all nodes together, none: no limit
    """

    def __init__(self, backend, per_second: float | None):
        self._backend = backend.sudo()
        self._model = self._backend.env["connector.backend.gate"]
        self._per_second = per_second
        self._failures = 0

    def pass_or_raise(self) -> None:
        """Return when a call may be made now.

        :raise RemoteBusy: when it may be made
        :raise RemoteRefused: the backend is archived
        """
        seconds, reason, self._failures = self._model._look(self._backend)
        if self._backend.env.context.get("connector_try_anyway"):
            return
        if not getattr(self._backend, "active", True):
            raise RemoteRefused(
                self._backend.env._(
                    "%s is archived: nothing is exchanged with it.",
                    self._backend.display_name,
                )
            )
        if seconds:
            # Spread, or all jobs that waited would come at once.
            raise RemoteBusy(reason, seconds=int(seconds + 1 + random.uniform(0, 3)))
        if self._per_second:
            wait = self._model._take_slot(
                self._backend, self._per_second, _WORTH_WAITING
            )
            if wait > _WORTH_WAITING:
                raise RemoteBusy(
                    self._backend.env._(
                        "%s has used up its calls for now.", self._backend.display_name
                    ),
                    seconds=random.randint(1, 3),
                )
            time.sleep(wait)

    def learn(self, error: Exception | None) -> None:
        """Take note of how a call ended."""
        if isinstance(error, RemoteBusy):
            self._model._close_for(self._backend, error.seconds, str(error))
        elif isinstance(error, RemoteUnavailable):
            self._model._failed(self._backend, str(error), down=error.ignore_retry)
        elif self._failures:
            self._model._went_well(self._backend)
            self._failures = 0
