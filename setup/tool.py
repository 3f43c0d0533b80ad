"""Run a linter or formatter in the version the suite asks for, from anywhere.

``python3 -m setup.tool ruff check`` is what the hooks call: it works in ``make lint``
as in a git hook, and fetches what is missing the first time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from . import node, paths, virtualenv
from .errors import SetupError
from .lock import exclusive


def ensure_tools() -> None:
    """Install the linters and formatters that are missing.

    :raises SetupError: one could not be installed
    """
    cache = paths.cache()
    cache.mkdir(parents=True, exist_ok=True)
    with exclusive(cache / "setup.lock", "another run prepares this cache: waiting"):
        if not virtualenv.is_inside():  # else it would be replaced under our feet
            virtualenv.ensure_virtualenv()
        node.ensure_tools()


def environment() -> dict[str, str]:
    """Return os.environ with the linters and formatters first on the PATH."""
    return node.environment(virtualenv.environment())


def main(command: Sequence[str]) -> int:
    """Become `command`; return only if that fails."""
    try:
        ensure_tools()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return error.exit_code
    try:
        os.execvpe(command[0], list(command), environment())
    except FileNotFoundError:
        print(f"setup: there is no tool {command[0]}", file=sys.stderr)
    return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
