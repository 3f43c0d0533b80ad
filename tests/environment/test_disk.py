"""Too little disk space is reported before it is used up."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from setup import disk
from setup.errors import SetupError


def test_too_little_disk_says_how_much_is_needed_and_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, disk.GB // 2))
    with pytest.raises(SetupError) as failure:
        disk.check(tmp_path, 2 * disk.GB)
    message = str(failure.value)
    assert f"{tmp_path} has 0.5 GB free and 2.0 GB are needed" in message
    assert "CONNECTOR_SUITE_CACHE" in message


def test_enough_disk_is_enough(tmp_path: Path) -> None:
    disk.check(tmp_path, 1)
