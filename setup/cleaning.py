"""Removes what the setup made."""

from __future__ import annotations

import shutil

from . import paths
from .errors import SetupError
from .lock import Users
from .steps import say


def clean() -> int:
    """Remove the cache folder.

    :raises SetupError: a run is using it
    """
    cache = paths.cache()
    if not cache.exists():
        say(f"nothing to remove: {cache} does not exist")
        return 0
    users = Users(cache / "postgres.users")
    users.enter()
    if not users.leave_is_last():
        raise SetupError(f"{cache} is in use by another run: stop that first")
    shutil.rmtree(cache)
    users.close()
    say(f"removed {cache}")
    return 0
