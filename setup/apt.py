"""Debian packages fetched and unpacked without installing them, and without root.

apt runs on a state folder of its own in the cache, whose only sources are the ones
given here; the machine's own package lists and packages are not touched. apt checks
the signatures of the lists, `fetch` checks each archive once more.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .errors import SetupError
from .steps import run_logged, write_atomically

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_URI_LINE = re.compile(
    r"^'(?P<uri>[^']+)' (?P<name>\S+) (?P<size>\d+)(?: SHA256:(?P<sha256>\w+))?"
)


def require_tools() -> None:
    """Raise SetupError when apt or dpkg is missing."""
    missing = [tool for tool in ("apt-get", "dpkg-deb") if not shutil.which(tool)]
    if missing:
        raise SetupError(
            f"{' and '.join(missing)} not found: Debian's package of Odoo needs apt; "
            "point ODOO_HOME at a checkout of Odoo 19.0 instead"
        )


class PrivateApt:
    """apt on the state folder `folder`; `sources` in the format of sources.list.

    With `sources` None the machine's own sources are used.
    """

    def __init__(self, folder: Path, sources: str | None) -> None:
        self.folder = folder
        for part in ("lists/partial", "cache/archives/partial", "empty"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()
        options = {
            "Dir::State": folder,
            "Dir::State::status": folder / "status",
            "Dir::State::lists": folder / "lists",
            "Dir::Cache": folder / "cache",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        if sources is not None:
            write_atomically(folder / "sources.list", sources)
            options["Dir::Etc::sourcelist"] = folder / "sources.list"
            options["Dir::Etc::sourceparts"] = folder / "empty"
        if os.geteuid() == 0:
            # apt's own unprivileged user can't enter a folder below root's home
            options["APT::Sandbox::User"] = "root"
        self.options = [
            word for item in options.items() for word in ("-o", f"{item[0]}={item[1]}")
        ]

    def update(self, what: str) -> None:
        """Fetch the package lists; `what` names them for the error."""
        run_logged(
            ["apt-get", *self.options, "--error-on=any", "update"],
            "apt",
            f"apt could not fetch the package lists of {what}: check the network, "
            "or point ODOO_HOME at a checkout of Odoo 19.0",
        )

    def query(self, *arguments: str, cwd: Path | None = None) -> str:
        """Return what ``apt-get arguments`` prints, or nothing where it fails."""
        done = subprocess.run(
            ["apt-get", *self.options, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=cwd,
        )
        return done.stdout if done.returncode == 0 else ""

    def has(self, package: str) -> bool:
        """Return whether the sources carry `package`."""
        return bool(self.query("download", "--print-uris", package))

    def fetch(self, packages: Sequence[str], folder: Path) -> list[Path]:
        """Download `packages` into `folder`; return the archives, each one checked.

        :raises SetupError: not carried, download failed, or not what was announced
        """
        listed = self.query("download", "--print-uris", *packages)
        announced = [
            match for line in listed.splitlines() if (match := _URI_LINE.match(line))
        ]
        if len(announced) != len(packages):
            raise SetupError(
                f"apt does not find all of {', '.join(packages)}: "
                "point ODOO_HOME at a checkout of Odoo 19.0 instead"
            )
        partial = folder / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        missing = [a for a in announced if not _is_whole(folder / a["name"], a)]
        if missing:
            wanted = {item["name"].split("_")[0] for item in missing}
            names = [name for name in packages if name.split("/")[0] in wanted]
            run_logged(
                ["apt-get", *self.options, "download", *names],
                "apt",
                "the download broke off: check the network and run the same again",
                cwd=partial,
            )
        for item in missing:
            if not _is_whole(partial / item["name"], item):
                raise SetupError(
                    f"the download of {item['name']} is damaged: run the same again"
                )
            (partial / item["name"]).replace(folder / item["name"])
        return [folder / item["name"] for item in announced]


def _is_whole(archive: Path, announced: re.Match[str]) -> bool:
    """Return whether `archive` has the announced size and checksum."""
    if not archive.is_file() or archive.stat().st_size != int(announced["size"]):
        return False
    if not announced["sha256"]:
        return True
    digest = hashlib.sha256()
    with archive.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest() == announced["sha256"]


def unpack(archives: Sequence[Path], root: Path) -> None:
    """Unpack `archives` below `root`, running nothing of theirs."""
    root.mkdir(parents=True, exist_ok=True)
    for archive in archives:
        run_logged(
            ["dpkg-deb", "-x", archive, root],
            "apt",
            f"{archive.name} could not be unpacked: is the disk full?",
        )


def mirror(state: Path) -> str | None:
    """Return the address of the Debian mirror this machine uses.

    DEBIAN_MIRROR names another. None where the machine's sources are not Debian's.
    """
    if named := os.environ.get("DEBIAN_MIRROR"):
        return named
    listed = _index_targets(["apt-get"])
    if not listed:  # a new machine has no package lists yet
        own = PrivateApt(state / "machine", None)
        own.update("this machine")
        listed = _index_targets(["apt-get", *own.options])
    for line in listed.splitlines():
        address, _, label = line.partition("|")
        if label == "Debian":
            return address
    return None


def _index_targets(apt: Sequence[str]) -> str:
    done = subprocess.run(
        [*apt, "indextargets", "--format", "$(REPO_URI)|$(LABEL)"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    return done.stdout


def keyring(state: Path) -> Path:
    """Return Debian's keyring; where the machine has none, its package is fetched."""
    if KEYRING.is_file():
        return KEYRING
    root = state / "keyring"
    unpacked = root / KEYRING.relative_to("/")
    if not unpacked.is_file():
        own = PrivateApt(state / "machine", None)
        own.update("this machine")
        unpack(own.fetch(["debian-archive-keyring"], root / "debs"), root)
    return unpacked
