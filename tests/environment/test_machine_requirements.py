"""What the machine lacks is said in one line that tells what to do."""

from __future__ import annotations

import ast
import importlib.util
import shutil
import socket
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from setup import disk, paths, ports, virtualenv
from setup.__main__ import refusal
from setup.errors import SetupError


@pytest.mark.parametrize("version", [(2, 7), (3, 9), (3, 14)])
def test_a_python_that_odoo_does_not_run_on_is_refused(
    version: tuple[int, int],
) -> None:
    said = refusal(version)
    assert said is not None
    assert ".".join(map(str, version)) in said
    assert "PYTHON=" in said


@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 12), (3, 13)])
def test_the_pythons_of_odoo_19_are_accepted(version: tuple[int, int]) -> None:
    assert refusal(version) is None


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_old_pythons_can_read_the_files_that_refuse_them(name: str) -> None:
    source = (paths.CHECKOUT / "setup" / name).read_text()
    ast.parse(source, feature_version=(3, 6))


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


def test_too_little_disk_says_how_much_is_needed_and_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, disk.GB // 2))
    with pytest.raises(SetupError) as failure:
        disk.check(tmp_path, 2 * disk.GB)
    said = str(failure.value)
    assert f"{tmp_path} has 0.5 GB free and 2.0 GB are needed" in said
    assert "CONNECTOR_SUITE_CACHE" in said


def test_enough_disk_is_enough(tmp_path: Path) -> None:
    disk.check(tmp_path, 1)


def test_a_taken_port_names_the_variable_for_another() -> None:
    with socket.socket() as taken:
        taken.bind((ports.HOST, 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(SetupError) as failure:
            ports.require_free(number, "ODOO_PORT", "Odoo")
    said = str(failure.value)
    assert f"port {number} is taken, Odoo can't listen there" in said
    assert f"ODOO_PORT={number + 1}" in said
    ports.require_free(number, "ODOO_PORT", "Odoo")


@pytest.mark.parametrize("text", ["coffee", "-1", "0", "70000", "80.5"])
def test_a_port_that_is_none_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COFFEE_PORT", text)
    with pytest.raises(SetupError, match=f"COFFEE_PORT={text} is no port"):
        ports.from_environment("COFFEE_PORT", 8100)


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
