"""Creates a connector from a template of the connector addon, with Odoo's command."""

from __future__ import annotations

import argparse
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .. import paths, virtualenv
from ..errors import SetupError
from ..odoo_run import Runner
from ..steps import say

TEMPLATES = paths.CHECKOUT / "connector" / "scaffold"


def run(runner: Runner, arguments: Sequence[str]) -> int:
    """Create the connector given by the command line `arguments`.

    :raises SetupError: it is not said where, or there is something already
    """
    known = sorted(path.name for path in TEMPLATES.iterdir() if path.is_dir())
    parser = argparse.ArgumentParser(prog="python3 -m setup scaffold")
    parser.add_argument("name", help="of the addon, like connector_tea")
    parser.add_argument("--template", choices=known, default="rest")
    parser.add_argument(
        "--folder", type=Path, help="of the addon; else the first one of ADDONS_PATH"
    )
    options = parser.parse_args(arguments)
    # Odoo converts camel case to underscores, but keeps dashes.
    name = options.name.strip().replace("-", "_")
    if not re.fullmatch(r"\w+", name, re.ASCII):
        raise SetupError(
            f"{options.name!r} is not a valid addon name: use a name like connector_tea"
        )
    folder = _folder(options.folder)
    made = _snake(name)
    if (folder / made).exists():
        raise SetupError(f"{folder / made} already exists: choose another name")
    code = subprocess.call(
        [
            *(virtualenv.python(), "-m", "odoo", "scaffold"),
            *("--template", TEMPLATES / options.template, name, folder),
        ],
        env=runner.environment(),
    )
    if not code:
        say(f"{folder / made} is a working connector. Test it, then adapt it:")
        say(f"    make test ADDON={made} ADDONS_PATH={folder}")
    return code


def _folder(named: Path | None) -> Path:
    if named:
        return named.expanduser().resolve()
    path = paths.addons_path_extra()
    if not path:
        raise SetupError(
            "say where your addons are: ADDONS_PATH=~/addons, or --folder ~/addons"
        )
    return path[0]


def _snake(name: str) -> str:
    """Return the name of the folder created by Odoo."""
    return re.sub(r"(?<=[^A-Z])\B([A-Z])", r"_\1", name).lower()
