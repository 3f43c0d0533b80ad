"""The commands. First the environment is brought up with the machine's Python; then
the same command line goes on inside the virtual env.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from . import environment, paths
from .errors import SetupError, Stopped
from .processes import signals_stop

COMMANDS = {
    "env": "make the environment (every other command does so when needed)",
    "demo": "run a whole coffee sync on real Odoo and show what happened",
    "serve": "the same, and stay: Odoo is yours in the browser",
    "machine": "a coffee machine to connect with, on COFFEE_PORT or 8100",
    "shop": "a Medusa shop and Odoo, synchronized and compared field by field",
    "test": "all tests, or those of the addons named",
    "lint": "all checks of style and of Odoo's conventions",
    "shell": "Odoo's Python shell on a database of its own",
    "bench": "the benchmarks",
    "odoo": "Odoo itself with the suite's addons: odoo ARGUMENTS",
    "scaffold": "write a connector of your own: scaffold NAME --template rest",
    "i18n": "export the addons' terms and merge the translations; --check only tells",
    "docs": "build the guides",
    "dist": "build a wheel for each addon and the metapackage into dist/",
    "clean": "remove the cache folder",
}
WITHOUT_ENVIRONMENT = {"clean"}


def main(argv: Sequence[str]) -> int:
    """Run the command line `argv`; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python3 -m setup",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="commands:\n"
        + "\n".join(f"  {name:9}{text}" for name, text in COMMANDS.items()),
    )
    parser.add_argument("command", choices=[*COMMANDS, "help"], metavar="COMMAND")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)
    if options.command == "help":
        parser.print_help()
        return 0
    try:
        with signals_stop():
            return _run(options.command, options.arguments)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr, flush=True)
        return error.exit_code
    except Stopped as stopped:
        print("setup: stopped", file=sys.stderr, flush=True)
        return stopped.exit_code


def _run(command: str, arguments: list[str]) -> int:
    if command in WITHOUT_ENVIRONMENT:
        from . import cleaning

        return cleaning.clean()
    python = environment.ensure()
    if python is not None:
        os.chdir(paths.CHECKOUT)
        words = [str(python), "-m", "setup", command, *arguments]
        os.execve(python, words, {**os.environ, environment.READY: "1"})
    from . import commands

    return getattr(commands, f"run_{command}")(arguments)
