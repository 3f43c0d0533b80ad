"""Browser tests get a browser, or the reason why there is none is printed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from setup import browser

# a shell's builtins only: the PATH of these tests holds nothing else
CHROMIUM = "echo Chromium 1.0"


def installs(folder: Path, script: str) -> str:
    """An apt-get that puts a chromium with `script` on the PATH."""
    program = folder / "bin" / "chromium"
    return (
        f'case "$*" in *install*) printf "#!/bin/sh\\n{script}\\n" > {program}; '
        f"/bin/chmod +x {program};; esac"
    )


def test_the_machines_browser_is_used(programs: Callable[..., Path]) -> None:
    folder = programs(alone=True, chromium=CHROMIUM, apt_get="exit 9")
    assert browser.ensure() is None
    assert browser.find() == str(folder / "chromium")


def test_a_browser_that_does_not_start_is_none(
    programs: Callable[..., Path],
) -> None:
    programs(alone=True, chromium="exit 1")
    assert browser.find() is None


def test_root_gets_debians_chromium(
    scratch_cache: Path,
    programs: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    programs(alone=True, apt_get=installs(tmp_path, CHROMIUM))
    assert browser.ensure() is None
    assert browser.find()


def test_an_installed_chromium_that_does_not_start_is_said(
    scratch_cache: Path,
    programs: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    programs(alone=True, apt_get=installs(tmp_path, "exit 1"))
    assert browser.ensure() == "the chromium that apt installed does not start"


def test_a_failing_installation_is_the_reason(
    scratch_cache: Path,
    programs: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    programs(alone=True, apt_get="echo no network; exit 100")
    reason = browser.ensure()
    assert reason is not None
    assert "apt-get update failed" in reason
    assert "no network" in reason


def test_others_than_root_are_told_to_install_one(
    programs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    programs(alone=True, apt_get="exit 0")
    reason = browser.ensure()
    assert reason == "no chromium on the PATH, and only root may install it"


def test_without_apt_the_reason_says_so(programs: Callable[..., Path]) -> None:
    programs(alone=True)
    assert browser.ensure() == (
        "no chromium on the PATH, and no apt to install it with"
    )
