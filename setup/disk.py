"""Enough room for what is about to be made."""

from __future__ import annotations

import shutil
from pathlib import Path

from .errors import SetupError

GB = 1024**3


def check(folder: Path, needed: int) -> None:
    """Raise SetupError when `folder` has less than `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SetupError(
            f"too little disk: {folder} has {free / GB:.1f} GB free and "
            f"{needed / GB:.1f} GB are needed; free some, or name a folder on "
            "another disk with CONNECTOR_SUITE_CACHE"
        )
