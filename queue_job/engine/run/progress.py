"""The progress reported by a running job, until the job monitor writes it."""

from __future__ import annotations

from ...job.text import text_of
from .leased_job import LeasedJob


class Progress:
    """The last reported progress of the running job of a batch."""

    def __init__(self) -> None:
        self._values: dict | None = None

    def set(
        self, leased: LeasedJob | None, done: float, total: float, message: str | None
    ) -> None:
        """Keep the progress of a job; None: no job runs.

        :raises TypeError: if ``done`` or ``total`` is not a number
        """
        values = {
            "done": float(done),
            "total": float(total),
            "message": None if message is None else text_of(message),
        }
        if leased:
            self._values = {"job": leased.id, **values}

    def pop(self) -> dict | None:
        """Return the values to write, None if there is nothing new."""
        values, self._values = self._values, None
        return values
