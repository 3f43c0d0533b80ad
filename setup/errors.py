"""What can go wrong in a way the user can mend."""

from __future__ import annotations


class SetupError(Exception):
    """One line that says what is wrong and what to do; shown without a traceback."""

    exit_code = 1


class Stopped(BaseException):
    """The user or the system asked to stop (a signal); everything is being stopped.

    Not an ``Exception``, so that no handler of ordinary errors swallows it.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.exit_code = 128 + signum
