"""Removes what the setup made."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import paths
from .errors import SetupError
from .lock import Users
from .steps import say


def clean() -> int:
    """Remove the cache folder.

    :raises SetupError: a run is using it, or it holds more than the cache
    """
    cache = paths.cache()
    for kept in (Path.home().resolve(), paths.CHECKOUT):
        if kept.is_relative_to(cache):
            raise SetupError(
                f"the cache folder {cache} holds {kept}: remove by hand what is not "
                "wanted, and name a folder of its own with CONNECTOR_SUITE_CACHE"
            )
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
