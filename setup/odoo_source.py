"""Odoo 19 itself: an own checkout, Debian's package, or the public git repository."""

from __future__ import annotations

import ast
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import apt, disk, paths
from .errors import SetupError
from .steps import ensure, is_done, key_of, run_logged, say

PACKAGE = "odoo-19"
SERIES = "19.0"
REPOSITORY = "https://github.com/odoo/odoo.git"
# what Odoo's web client links to; newer releases of the last two moved their files
LINKED = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-ocr-b",
)
LINKED_OLD = ("fonts-font-awesome", "fonts-inconsolata")
SUITE, SUITE_OLD = "sid", "trixie"
ADVICE = (
    "point ODOO_HOME at a checkout of Odoo 19.0 "
    f"(git clone --depth 1 -b {SERIES} {REPOSITORY})"
)


@dataclass(frozen=True)
class Odoo:
    """An Odoo that can be run: where Python finds it, and its own addons."""

    home: Path
    label: str

    @property
    def addons_path(self) -> list[Path]:
        """Return the folders of Odoo's own addons."""
        core, more = self.home / "odoo" / "addons", self.home / "addons"
        # Debian's package has all in the first, and leftovers of it in the second
        return [core] if (core / "web" / "static").is_dir() else [core, more]

    def version(self) -> str:
        """Return the version, for example ``19.0``."""
        return release(self.home)


def release(home: Path) -> str:
    """Return the version that ``odoo/release.py`` below `home` states, or ''."""
    try:
        tree = ast.parse((home / "odoo" / "release.py").read_text())
    except (OSError, SyntaxError):
        return ""
    for node in tree.body:
        if isinstance(node, ast.Assign) and "version_info" in [
            getattr(target, "id", "") for target in node.targets
        ]:
            parts = node.value.elts[:2]  # type: ignore[attr-defined]
            return ".".join(str(getattr(part, "value", "?")) for part in parts)
    return ""


def find(state: Path) -> Odoo:
    """Return Odoo, fetched into the folder `state` when there is none yet.

    :raises SetupError: ODOO_HOME is not an Odoo 19, or nothing could be fetched
    """
    if named := os.environ.get("ODOO_HOME"):
        return _own_checkout(Path(named).expanduser().resolve())
    packaged = state / "debian"
    cloned = state / "git"
    packages_key = key_of([PACKAGE, *LINKED, SUITE, *LINKED_OLD, SUITE_OLD])
    if is_done(state / "git.stamp", SERIES):
        return Odoo(cloned, "git")
    try:
        ensure(
            "Odoo 19: Debian's package (130 MB to fetch, 1.3 GB unpacked)",
            state / "debian.stamp",
            packages_key,
            lambda: _fetch_package(packaged),
        )
        return Odoo(packaged / "usr/lib/python3/dist-packages", "Debian")
    except SetupError as no_package:
        say(f"    {no_package}")
        _clone(state, cloned, no_package)
        return Odoo(cloned, "git")


def _own_checkout(home: Path) -> Odoo:
    found = release(home)
    if not found:
        raise SetupError(
            f"ODOO_HOME={home} is no Odoo: it must be the folder that holds odoo/ "
            "(and addons/)"
        )
    if found != SERIES:
        raise SetupError(f"ODOO_HOME={home} is Odoo {found}: {SERIES} is needed")
    return Odoo(home, "ODOO_HOME")


def _fetch_package(root: Path) -> None:
    apt.require_tools()
    disk.check(paths.cache(), int(2.5 * disk.GB))
    state = paths.cache() / "apt"
    mirror = apt.mirror(state)
    if not mirror:
        raise SetupError(
            "this machine's apt knows no Debian mirror: name one with DEBIAN_MIRROR"
        )
    keyring = apt.keyring(state)
    private = apt.PrivateApt(
        state,
        "".join(
            f"deb [signed-by={keyring}] {mirror} {suite} main\n"
            for suite in (SUITE, SUITE_OLD)
        ),
    )
    private.update("Debian")
    if not private.has(PACKAGE):
        raise SetupError(f"Debian carries no {PACKAGE} any more")
    wanted = [PACKAGE, *LINKED, *(f"{name}/{SUITE_OLD}" for name in LINKED_OLD)]
    debs = state / "debs"
    archives = private.fetch(wanted, debs)
    partial = root.with_name(root.name + ".partial")
    for leftover in (partial, root):
        shutil.rmtree(leftover, ignore_errors=True)
    apt.unpack(archives, partial)
    partial.rename(root)
    shutil.rmtree(debs)


def _clone(state: Path, target: Path, no_package: SetupError) -> None:
    failure = SetupError(f"no Odoo 19 could be fetched ({no_package}): {ADVICE}")
    if not shutil.which("git"):
        raise failure
    partial = target.with_name(target.name + ".partial")

    def clone() -> None:
        disk.check(paths.cache(), 3 * disk.GB)
        for leftover in (partial, target):
            shutil.rmtree(leftover, ignore_errors=True)
        branch = ["--depth", "1", "--branch", SERIES, REPOSITORY]
        # without a terminal git must fail, not ask for a name and password
        env = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
        run_logged(["git", "clone", *branch, partial], "git", "git clone", env=env)
        partial.rename(target)

    try:
        ensure("Odoo 19: git checkout", state / "git.stamp", SERIES, clone)
    except SetupError:
        raise failure from None
