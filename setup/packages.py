"""Builds what pip installs: a wheel for each addon, and one that brings all of them.

The tools are fetched once, into a virtual env of their own; after that a build needs
no network. A wheel holds the addon as it is in the checkout, whether git knows of it
or not, under the version of its manifest.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from . import addons, paths
from .lock import exclusive
from .steps import ensure, key_of, python_version, run_logged

REQUIREMENTS = paths.CHECKOUT / "setup" / "dist-requirements.txt"
METAPACKAGE = paths.CHECKOUT / "setup" / "_metapackage"
_PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")
_JUNK = shutil.ignore_patterns("__pycache__", "*.py[co]", "build", "*.egg-info")
# An addon's version is its manifest's: without these, it would depend on what git says,
# and a checkout without git would get another one.
_ENVIRONMENT = {"WHOOL_POST_VERSION_STRATEGY_OVERRIDE": "none", "GIT_DIR": os.devnull}


def build(target: Path) -> list[Path]:
    """Build all wheels into `target`, where those of former builds are removed.

    :raises SetupError: a tool could not be fetched, or a wheel not be built
    """
    python = ensure_tools()
    suite = [addon.folder for addon in addons.in_folder(paths.CHECKOUT).values()]
    target.mkdir(parents=True, exist_ok=True)
    for former in target.glob("odoo_addon*.whl"):
        former.unlink()
    with tempfile.TemporaryDirectory() as scratch:
        sources = []
        for folder in [*suite, METAPACKAGE]:
            # the name stays: it is the addon's
            sources.append(Path(scratch, folder.name))
            shutil.copytree(folder, sources[-1], ignore=_JUNK)
        run_logged(
            [
                *(str(python), *_PIP, "wheel", "--no-index", "--no-deps"),
                *("--no-build-isolation", "--wheel-dir", str(target.resolve())),
                *map(str, sources),
            ],
            "dist",
            "the packages could not be built",
            env={**os.environ, **_ENVIRONMENT},
            cwd=Path(scratch),
        )
    return sorted(target.glob("odoo_addon*.whl"))


def ensure_tools() -> Path:
    """Return the interpreter of the virtual env that builds, made when missing.

    :raises SetupError: it could not be made, or the tools not be fetched
    """
    cache = paths.cache()
    folder = cache / f"dist-{python_version()}"
    python = folder / "bin" / "python"
    with exclusive(cache / "dist.lock", "another run fetches the same tools: waiting"):
        ensure(
            "Python: what builds packages",
            cache / f"{folder.name}.stamp",
            key_of([python_version(), REQUIREMENTS.read_bytes()]),
            lambda: _make(folder, python),
        )
    return python


def _make(folder: Path, python: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    run_logged(
        [sys.executable, "-m", "venv", folder],
        "venv",
        "the virtual env of the build could not be made",
    )
    run_logged(
        [python, *_PIP, "install", "--requirement", REQUIREMENTS],
        "pip",
        "what builds packages could not be installed: check the network and run the "
        "same again",
    )
