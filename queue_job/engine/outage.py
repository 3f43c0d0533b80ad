"""Logging and backoff for a lost connection."""

import logging

#: Attempts after which the pause no longer grows.
_MOST_DOUBLINGS = 10


class Outage:
    """Logs a loss once and its end once, with exponential backoff in between.

    ``lost`` and ``back`` are the messages, ``lost`` with a ``%s`` for the error;
    attempts are repeated after ``first`` seconds, then twice as long each time, up to
    ``most``.
    """

    def __init__(self, logger: logging.Logger, lost: str, back: str, first, most):
        self._logger = logger
        self._lost = lost
        self._back = back
        self._first = first
        self._most = most
        self._failures = 0

    def note(self, error: Exception) -> float:
        """Note a loss or a failed attempt; return the seconds until the next one."""
        level = logging.DEBUG if self._failures else logging.WARNING
        self._logger.log(level, self._lost, " ".join(str(error).split()))
        pause = self._first * 2 ** min(self._failures, _MOST_DOUBLINGS)
        self._failures += 1
        return min(pause, self._most)

    def end(self) -> None:
        """Note that the connection works."""
        if self._failures:
            self._failures = 0
            self._logger.info(self._back)
