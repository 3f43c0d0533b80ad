"""What a running job says of its progress, until the job monitor writes it."""

from __future__ import annotations

from ...job.text import text_of
from .leased_job import LeasedJob


class Progress:
    """The progress of the running job of a batch, the last value that it gave."""

    def __init__(self) -> None:
        self._values: dict | None = None

    def set(
        self, leased: LeasedJob | None, done: float, total: float, message: str | None
    ) -> None:
        """Keep the progress of a job; None: no job runs.

        :raises TypeError: when ``done`` or ``total`` is no number
        """
        values = {
            "done": float(done),
            "total": float(total),
            "message": None if message is None else text_of(message),
        }
        if leased:
            self._values = {"job": leased.id, **values}

    def pop(self) -> dict | None:
        """Return the values to be written, each once; None without any."""
        values, self._values = self._values, None
        return values
