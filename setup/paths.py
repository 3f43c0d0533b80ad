"""Where things are: the checkout, and the cache folder outside of it."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
TESTS = CHECKOUT / "tests"
TEST_ADDONS = TESTS / "addons"


def cache() -> Path:
    """Return the cache folder: CONNECTOR_SUITE_CACHE, or one in the user's cache."""
    named = os.environ.get("CONNECTOR_SUITE_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().resolve() / "connector-suite"


def logs() -> Path:
    """Return the folder of the logs of the last runs, made when missing."""
    folder = cache() / "log"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def new_log(name: str, suffix: str = "log") -> Path:
    """Return the path of a log of this run's own; those of past days are removed."""
    yesterday = time.time() - 24 * 3600
    for old in logs().glob(f"{name}-*.{suffix}"):
        if old.stat().st_mtime < yesterday:
            old.unlink(missing_ok=True)
    return logs() / f"{name}-{uuid.uuid4().hex[:8]}.{suffix}"


def addons_path_extra() -> list[Path]:
    """Return the folders of further addons, from ADDONS_PATH (comma separated)."""
    named = os.environ.get("ADDONS_PATH", "")
    return [Path(part).expanduser().resolve() for part in named.split(",") if part]
