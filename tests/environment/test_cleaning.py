"""``make clean`` removes the cache folder, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from setup import cleaning, paths
from setup.errors import SetupError
from setup.lock import Users


def test_the_cache_folder_is_removed(scratch_cache: Path) -> None:
    (scratch_cache / "venv").mkdir()
    assert cleaning.clean() == 0
    assert not scratch_cache.exists()
    assert cleaning.clean() == 0, "a second time there is nothing to do"


def test_a_cache_folder_that_a_run_uses_stays(scratch_cache: Path) -> None:
    run = Users(scratch_cache / "postgres.users")
    run.enter()
    with pytest.raises(SetupError, match="in use by another run"):
        cleaning.clean()
    run.close()
    assert scratch_cache.exists()


@pytest.mark.parametrize("kept", ["home", "checkout"])
def test_a_folder_that_holds_more_than_the_cache_stays(
    kept: str, scratch_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = scratch_cache / "mine"
    inside.mkdir()
    if kept == "home":
        monkeypatch.setenv("HOME", str(inside))
    else:
        monkeypatch.setattr(paths, "CHECKOUT", inside)
    with pytest.raises(SetupError, match="remove by hand what is not wanted"):
        cleaning.clean()
    assert inside.exists()
