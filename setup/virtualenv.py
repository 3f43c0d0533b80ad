"""The virtual env: Odoo's requirements, the addons', and the tests'."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from . import disk, paths
from .errors import SetupError
from .steps import ensure, key_of, python_version, run_logged

REQUIREMENTS = (
    paths.CHECKOUT / "setup" / "odoo-requirements.txt",
    paths.CHECKOUT / "requirements.txt",
    paths.CHECKOUT / "test-requirements.txt",
)


def folder() -> Path:
    """Return the virtual env's folder; each version of Python has its own."""
    return paths.cache() / f"venv-{python_version()}"


def python() -> Path:
    """Return the virtual env's interpreter."""
    return folder() / "bin" / "python"


def is_inside() -> bool:
    """Return whether the running interpreter is the virtual env's."""
    return Path(sys.prefix).resolve() == folder().resolve()


def ensure_virtualenv() -> None:
    """Make the virtual env, or bring it up to date with the requirements.

    :raises SetupError: no venv module, or the requirements could not be installed
    """
    files = [path for path in REQUIREMENTS if path.is_file()]
    # not of its patch level or path: any Python of the version can go on with it
    base = python_version()
    ensure("Python: virtual env", _stamp("made"), base, _make)
    if not python().exists():  # someone emptied the folder
        _stamp("made").unlink()
        ensure("Python: virtual env", _stamp("made"), base, _make)
    ensure(
        "Python: Odoo's, the addons' and the tests' packages",
        _stamp("packages"),
        key_of([base, *(path.read_bytes() for path in files)]),
        lambda: _install(files),
    )


def environment() -> dict[str, str]:
    """Return os.environ with the virtual env's programs first on the PATH."""
    path = os.pathsep.join([str(folder() / "bin"), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "VIRTUAL_ENV": str(folder())}


def install(*packages: str) -> None:
    """Install further `packages` into the virtual env."""
    _pip([*packages], f"could not install {', '.join(packages)}")


def _stamp(name: str) -> Path:
    return folder() / f"{name}.stamp"


def _make() -> None:
    missing = [m for m in ("venv", "ensurepip") if not importlib.util.find_spec(m)]
    if missing:
        raise SetupError(
            f"this Python has no {missing[0]} module: install it "
            f"(Debian: apt-get install python{python_version()}-venv)"
        )
    disk.check(paths.cache(), disk.GB)
    shutil.rmtree(folder(), ignore_errors=True)
    run_logged(
        [sys.executable, "-m", "venv", folder()],
        "venv",
        "the virtual env could not be made",
    )


def _install(files: list[Path]) -> None:
    _pip(
        [word for path in files for word in ("-r", str(path))],
        "the Python packages could not be installed: check the network "
        "and run the same again",
    )


def _pip(arguments: list[str], failure: str) -> None:
    run_logged(
        [
            *(python(), "-m", "pip", "install", "--quiet", "--prefer-binary"),
            *("--disable-pip-version-check", *arguments),
        ],
        "pip",
        failure,
    )
