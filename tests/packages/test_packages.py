"""The wheels bring all of each addon, and Odoo runs what pip installed of them."""

from __future__ import annotations

import compileall
import json
import re
import subprocess
import sysconfig
import venv
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from setup import addons, odoo_run, packages, paths, steps

SUITE = addons.in_folder(paths.CHECKOUT)
METAPACKAGE = "odoo-addons-connector-suite"
# read by Odoo's shell
LOOK = """
import importlib, json
from odoo.tools import file_path
addon = env["ir.module.module"].search([("name", "=", "connector_coffee")])
lang = env["res.lang"]._activate_lang("fr_FR")
addon._update_translations("fr_FR")
view = env.ref("connector_coffee.view_coffee_backend_list")
print("FOUND " + json.dumps({
    "state": addon.state,
    "version": addon.latest_version,
    "file": importlib.import_module("odoo.addons.connector_coffee").__file__,
    "icon": file_path("connector_coffee/static/description/icon.png"),
    "view": view.model,
    "french": view.with_context(lang="fr_FR").model_id.name,
    "channel": env.ref("queue_job.channel_root").complete_name,
}))
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all wheels, as ``make dist`` builds them."""
    folder = tmp_path_factory.mktemp("dist")
    packages.build(folder)
    return folder


@pytest.fixture(scope="module")
def installed(
    wheels: Path, odoo: odoo_run.Runner, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A virtual env with Odoo and its requirements, into which pip put the suite.

    Odoo and the requirements are those of our own environment, which the new one
    sees by way of a .pth file; so no network is needed.
    """
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, with_pip=True)
    site = _site_packages(folder)
    seen = [sysconfig.get_path("purelib"), str(odoo.odoo.home)]
    (site / "odoo_environment.pth").write_text("\n".join(seen) + "\n")
    # Of an Odoo from a checkout pip does not know; Debian's asks for psycopg2, which is
    # here under another name.
    known = site / "odoo-19.0.dist-info"
    known.mkdir()
    (known / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n"
    )
    done = subprocess.run(
        [
            *(folder / "bin" / "python", "-m", "pip", "install", "--no-index"),
            *("--disable-pip-version-check", "--find-links", wheels, METAPACKAGE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_there_is_a_wheel_of_each_addon_in_the_version_of_its_manifest(wheels: Path):
    built = {path.name.split("-py3")[0] for path in wheels.glob("*.whl")}
    expected = {f"odoo_addon_{a.name}-{a.manifest['version']}" for a in SUITE.values()}
    assert {name for name in built if name.startswith("odoo_addon_")} == expected
    assert len(built) == len(expected) + 1


@pytest.mark.parametrize("name", SUITE)
def test_a_wheel_holds_all_files_of_its_addon(name: str, wheels: Path):
    (wheel,) = wheels.glob(f"odoo_addon_{name}-*.whl")
    prefix = f"odoo/addons/{name}/"
    held = {
        path.removeprefix(prefix)
        for path in zipfile.ZipFile(wheel).namelist()
        if path.startswith(prefix)
    }
    folder = SUITE[name].folder
    wanted = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    # the one file that only says how the wheel is built
    assert wanted - held == {"pyproject.toml"}
    assert held <= wanted


def test_a_wheel_asks_for_what_its_addon_needs(wheels: Path):
    (wheel,) = wheels.glob("odoo_addon_connector-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        needs = archive.read(metadata).decode()
    for need in ("odoo==19.0.*", "odoo-addon-component_event==19.0.*", "requests"):
        assert f"Requires-Dist: {need}" in needs


def test_a_build_leaves_no_wheel_of_a_former_version(wheels: Path, tmp_path: Path):
    former = tmp_path / "odoo_addon_component-19.0.1.9.9-py3-none-any.whl"
    former.touch()
    packages.build(tmp_path)
    assert not former.exists()
    assert {path.name for path in tmp_path.iterdir()} == {
        path.name for path in wheels.iterdir()
    }


def test_pip_installs_all_addons_by_the_metapackage(installed: Path):
    for name in SUITE:
        assert (_site_packages(installed) / "odoo/addons" / name).is_dir()


def test_odoo_finds_and_installs_an_addon_from_site_packages(
    installed: Path,
    odoo: odoo_run.Runner,
    make_database: Callable[[Sequence[str]], str],
    tmp_path: Path,
):
    database = make_database(["connector_coffee"])
    site = _site_packages(installed)
    run = _odoo_of(installed, odoo, database, tmp_path)

    log = run("--init=connector_coffee", "--stop-after-init")
    assert not re.findall(" (?:WARNING|ERROR|CRITICAL) .*", log)

    output = run("shell", script=LOOK)
    found = json.loads(output.split("FOUND ")[1].splitlines()[0])
    assert found == {
        "state": "installed",
        "version": SUITE["connector_coffee"].manifest["version"],
        "file": str(site / "odoo/addons/connector_coffee/__init__.py"),
        "icon": str(site / "odoo/addons/connector_coffee/static/description/icon.png"),
        "view": "coffee.backend",
        "french": "Machine à café",
        "channel": "root",
    }


def test_odoo_finds_the_commands_of_addons_in_site_packages(
    installed: Path, odoo: odoo_run.Runner, tmp_path: Path
):
    run = _odoo_of(installed, odoo, "none", tmp_path)
    listed = run("help")
    for command in ("queue_worker", "queue", "component", "component_event"):
        assert f"\n    {command} " in listed, listed


def test_the_commands_of_installed_addons_need_no_configuration_file_to_be_found(
    installed: Path, odoo: odoo_run.Runner, tmp_path: Path
):
    """So it can be named with -c, as for any command of Odoo."""
    env = odoo.environment()
    del env["PYTHONPATH"]
    for command in ("queue_worker", "queue"):
        output = subprocess.check_output(
            [installed / "bin" / "python", "-m", "odoo", command, "--help"],
            env=env,
            cwd=tmp_path,
            text=True,
        )
        assert "-c" in output


def test_the_templates_of_connectors_are_installed_too(
    installed: Path, odoo: odoo_run.Runner, tmp_path: Path
):
    template = _site_packages(installed) / "odoo/addons/connector/scaffold/rest"
    run = _odoo_of(installed, odoo, "none", tmp_path)
    run("scaffold", "--template", str(template), "connector_tea", str(tmp_path))
    made = tmp_path / "connector_tea"
    assert (made / "__manifest__.py").is_file()
    assert compileall.compile_dir(made, quiet=1)


def _site_packages(environment: Path) -> Path:
    return environment / "lib" / f"python{steps.python_version()}" / "site-packages"


def _odoo_of(
    environment: Path, odoo: odoo_run.Runner, database: str, folder: Path
) -> Callable[..., str]:
    """Return what runs Odoo in `environment`, the checkout nowhere on its paths."""
    configuration = folder / "odoo.conf"
    configuration.write_text(
        "[options]\n"
        f"addons_path = {','.join(map(str, odoo.odoo.addons_path))}\n"
        f"data_dir = {folder / 'data'}\n"
    )
    env = {**odoo.environment(), "ODOO_RC": str(configuration)}
    del env["PYTHONPATH"]

    def run(*words: str, script: str = "") -> str:
        options = ["--database", database, "--no-http"]
        if words[0] in ("help", "scaffold"):
            options = []
        done = subprocess.run(
            [environment / "bin" / "python", "-m", "odoo", *words, *options],
            input=script,
            capture_output=True,
            text=True,
            cwd=folder,
            env=env,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    return run
