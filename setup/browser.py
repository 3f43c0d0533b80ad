"""A browser for the tests that need one: the machine's, or Debian's."""

from __future__ import annotations

import os
import shutil
import subprocess

from .errors import SetupError
from .steps import run_logged, say

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def find() -> str | None:
    """Return the path of a browser that starts, or None."""
    for name in NAMES:
        path = shutil.which(name)
        if path and _starts(path):
            return path
    return None


def ensure() -> str | None:
    """Have a browser; return the reason why there is none, None when there is."""
    if find():
        return None
    if not shutil.which("apt-get"):
        return "no chromium on the PATH, and no apt to install it with"
    if os.geteuid() != 0:
        return "no chromium on the PATH, and only root may install it"
    say("==> Chromium: Debian's package ...")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run_logged(["apt-get", "update"], "chromium", "apt-get update failed", env=env)
        run_logged(
            ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
            "chromium",
            "apt could not install chromium",
            env=env,
        )
    except SetupError as error:
        return str(error)
    return None if find() else "the chromium that apt installed does not start"


def _starts(path: str) -> bool:
    try:
        done = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
