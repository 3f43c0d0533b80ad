"""The addon of the same name from the package index, to update a database from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PEER = "odoo-addon-queue_job==19.0.*"


@pytest.fixture(scope="session")
def peer_addons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an addons folder with the peer; the test is skipped without an index."""
    folder = tmp_path_factory.mktemp("peer")
    for packages in ([PEER, "--no-deps"], ["openupgradelib"]):
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--target", folder, *packages],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            pytest.skip(f"the package index has no {packages[0]}: {done.stderr[-300:]}")
    return folder / "odoo" / "addons"
