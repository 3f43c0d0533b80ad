"""All of the environment at once: Odoo and the virtual env."""

from __future__ import annotations

import os
from pathlib import Path

from . import odoo_source, paths, virtualenv
from .errors import SetupError
from .lock import exclusive

READY = "CONNECTOR_SUITE_READY"


def ensure() -> Path | None:
    """Make what is missing; return the interpreter to go on with, None for this one.

    :raises SetupError: something could not be made
    """
    if virtualenv.is_inside() and os.environ.get(READY):
        return None
    cache = paths.cache()
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"the cache folder {cache} can't be made ({error.strerror}): name another "
            "with CONNECTOR_SUITE_CACHE"
        ) from None
    with exclusive(cache / "setup.lock", "another run prepares this cache: waiting"):
        find_odoo()
        virtualenv.ensure_virtualenv()
    return virtualenv.python()


def find_odoo() -> odoo_source.Odoo:
    """Return the Odoo to run, fetched when there is none."""
    return odoo_source.find(paths.cache() / "odoo")
