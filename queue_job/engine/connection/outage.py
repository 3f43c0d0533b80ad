"""Logging and backoff for a lost connection."""

from __future__ import annotations

import logging

#: Attempts after which the pause no longer grows.
_MAX_DOUBLINGS = 10


class Outage:
    """Logs once that something is lost, and once that it is back.

    ``lost`` and ``back`` are the events logged, with the name of the database; in
    between, attempts are repeated after ``first`` seconds, then twice as long each
    time, up to ``most``.
    """

    def __init__(
        self,
        logger: logging.Logger,
        database: str,
        lost: str,
        back: str,
        first: float,
        most: float,
    ) -> None:
        self._logger = logger
        self._database = database
        self._lost = lost
        self._back = back
        self._first = first
        self._most = most
        self._failures = 0

    def note(self, error: Exception) -> float:
        """Note a loss or a failed attempt; return the seconds until the next one."""
        level = logging.DEBUG if self._failures else logging.WARNING
        pause = min(self._most, self._first * 2 ** min(self._failures, _MAX_DOUBLINGS))
        self._failures += 1
        self._logger.log(
            level,
            "%s: database=%s next_attempt_in=%gs error=%s",
            self._lost,
            self._database,
            pause,
            " ".join(str(error).split()),
        )
        return pause

    def end(self) -> None:
        """Note that the connection works."""
        if self._failures:
            self._failures = 0
            self._logger.info("%s: database=%s", self._back, self._database)
