"""An environment that cannot be made says what to do, in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_without_apt_and_git_the_way_out_is_an_own_checkout(
    scratch_cache: Path,
    programs: Callable[..., Path],
    setup_command: Callable,
) -> None:
    programs(alone=True)
    done = setup_command("env")
    assert done.returncode == 1
    last = done.stderr.strip()
    assert last.startswith("setup: ")
    assert "\n" not in last
    assert "apt-get and dpkg-deb not found" in last
    assert "ODOO_HOME" in last
    assert "Traceback" not in done.stdout + done.stderr


def test_a_cache_folder_that_cannot_be_made_is_said(
    tmp_path: Path, setup_command: Callable
) -> None:
    (tmp_path / "file").write_text("")
    done = setup_command(
        "env",
        CONNECTOR_SUITE_CACHE=str(tmp_path / "file" / "cache"),
        CONNECTOR_SUITE_READY="",
    )
    assert done.returncode == 1
    assert "CONNECTOR_SUITE_CACHE" in done.stderr
    assert "Traceback" not in done.stderr
