"""Medusa and the Node that runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from setup import paths
from setup.errors import SetupError
from setup.lock import exclusive
from setup.steps import ensure, key_of, run_logged

LOWEST = 20
PROJECT = Path(__file__).parent / "medusa"
OWN_FILES = ("package.json", "medusa-config.js", "src/subscribers/webhooks.js")
DOWNLOAD = "about 700 MB, once"


class NoNode(SetupError):
    """There is no Node that can run Medusa."""


def require_node() -> str:
    """Return the path of a Node that can run Medusa, with npm beside it.

    :raises NoNode: there is none, or it is too old
    """
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        raise NoNode(
            f"the shop is Medusa, which needs Node {LOWEST} or newer with npm: "
            "install it, so that `node` and `npm` are on the PATH"
        )
    done = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    )
    version = re.match(r"v(\d+)\.", done.stdout)
    if not version or int(version[1]) < LOWEST:
        raise NoNode(
            f"{node} is {done.stdout.strip() or 'no Node'}: the shop is Medusa, which "
            f"needs Node {LOWEST} or newer; install it, so that it is first on the PATH"
        )
    return node


def packages_key() -> str:
    """Return a key that changes with the versions of Medusa's packages."""
    packages = json.loads((PROJECT / "package.json").read_text())["dependencies"]
    return key_of(f"{name}@{version}" for name, version in packages.items())


def ensure_packages() -> Path:
    """Return the folder that has Medusa's packages, fetched when missing.

    :raises SetupError: they could not be installed
    """
    require_node()
    folder = paths.cache() / "shop" / f"packages-{packages_key()}"
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder.with_suffix(".lock"), "another run fetches Medusa: waiting"):
        ensure(
            f"Medusa ({DOWNLOAD})",
            folder / "packages.stamp",
            packages_key(),
            lambda: _install(folder),
        )
    return folder


def _install(folder: Path) -> None:
    shutil.copy(PROJECT / "package.json", folder)
    run_logged(
        ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"],
        "shop-npm",
        "Medusa could not be installed: check the network and run the same again",
        cwd=folder,
        env={**os.environ, "npm_config_update_notifier": "false"},
    )


def make_project(folder: Path) -> None:
    """Make a project of the shop in `folder`: Medusa starts in it."""
    packages = ensure_packages()
    for name in OWN_FILES:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, target)
    (folder / "node_modules").symlink_to(packages / "node_modules")
