"""The virtual env is made, or the error says what is missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from setup import virtualenv
from setup.errors import SetupError


def test_a_missing_venv_module_names_debians_package(
    scratch_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name == "ensurepip" else find_spec(name),
    )
    with pytest.raises(SetupError, match=r"apt-get install python3\.\d+-venv"):
        virtualenv.ensure_virtualenv()
