"""What is scaffolded is a connector that works, and passes the lint, as it is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs import blocks
from setup import paths, virtualenv
from setup.scaffold import connector_source, model_files
from setup.scaffold.edits import Edits
from setup.scaffold.odoo_models import Catalog
from setup.scaffold.plan import FlowPlan, ModelPlan, ResourcePlan

TEMPLATES = paths.CHECKOUT / "connector" / "scaffold"
#: Template, name given, addon and what its backend's model begins with.
CONNECTORS = [
    ("rest", "connector_tea", "connector_tea", "tea"),
    ("rest_import", "ConnectorGreenTea", "connector_green_tea", "green.tea"),
    ("xmlrpc", "Oolong", "oolong", "oolong"),
    ("rest_export", "3cx", "3cx", "connector.3cx"),
    ("empty", "connector_jasmine", "connector_jasmine", "jasmine"),
]
#: Made by our own command, model by model.
BY_MODEL = "connector_shop"
#: A model of which more is known than its path.
CUSTOMERS = ModelPlan(
    "res.partner",
    ResourcePlan("/customers", list_key="customers", record_key="customer"),
    import_map=[
        '(key("name") >> str.strip, "name"),',
        '(optional("group"), "shop_group"),',
    ],
    export_map=['("name", "name"),'],
    flows=[
        FlowPlan("import_customers", "Import Customers", since="updated_since"),
        FlowPlan("export_customers", "Export Customers", "export"),
    ],
    unknown_value={"name": 7},
    integer_ids=True,
    fields=["shop_group = fields.Char()"],
)


def run(*command: str | os.PathLike, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(odoo, tmp_path_factory) -> Path:
    """A folder with an addon of each template, made by Odoo's own command, and one with
    two models, made by ours."""
    made = tmp_path_factory.mktemp("scaffold")
    for template, name, _addon, _prefix in CONNECTORS:
        scaffold(odoo, template, name, made)
    add_model(made, BY_MODEL, "product.product", "/api/products")
    edits = Edits()
    connector = connector_source.read(made / BY_MODEL, edits)
    catalog = Catalog([*odoo.odoo.addons_path, paths.CHECKOUT])
    model_files.add_model(CUSTOMERS, connector, catalog, edits)
    edits.save()
    return made


def add_model(folder: Path, addon: str, model: str, path: str) -> None:
    words = [addon, "--model", model, "--resource", path, "--folder", folder]
    done = run(sys.executable, "-m", "setup", "scaffold", *words, folder=paths.CHECKOUT)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def espresso(tmp_path_factory) -> Path:
    """A folder with the connector that the tutorial writes, and its contracts."""
    made = tmp_path_factory.mktemp("tutorial")
    for page in ("tutorial.md", "howto/test_connector.md"):
        for block in blocks.of_page(blocks.DOCS / page):
            if block.file:
                blocks.write_file(made, block)
    return made


def scaffold(odoo, template: str, name: str, folder: Path) -> None:
    subprocess.run(
        [
            *(virtualenv.python(), "-m", "odoo", "scaffold"),
            *("-t", TEMPLATES / template, name, folder),
        ],
        env=odoo.environment(),
        check=True,
    )


def test_every_template_is_tried():
    templates = {path.name for path in TEMPLATES.iterdir() if path.is_dir()}
    assert templates == {template for template, *_others in CONNECTORS}


def test_names_are_derived(folder):
    for _template, _name, addon, prefix in CONNECTORS:
        model = (folder / addon / "models" / "backend.py").read_text()
        assert f'_name = "{prefix}.backend"' in model
    made = {path.name for path in folder.iterdir()}
    assert made == {BY_MODEL, *(row[2] for row in CONNECTORS)}


def test_dashes_make_names_of_python(odoo, folder, tmp_path):
    scaffold(odoo, "rest", "connector-tea", tmp_path)
    made, same = tmp_path / "connector-tea", folder / "connector_tea"
    for path in same.rglob("*"):
        if path.is_file():
            assert (made / path.relative_to(same)).read_bytes() == path.read_bytes()


def test_our_command_bears_dashes_and_overwrites_nothing(setup_command, tmp_path):
    done = setup_command("scaffold", "connector-tea", ADDONS_PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    manifest = tmp_path / "connector_tea" / "__manifest__.py"
    manifest.write_text("mine")
    for name in ("connector-tea", "ConnectorTea"):
        done = setup_command("scaffold", name, ADDONS_PATH=str(tmp_path))
        assert done.returncode, done.stdout
        assert f"{manifest.parent} already exists" in done.stderr
    assert manifest.read_text() == "mine"


def test_our_command_wants_to_know_where(setup_command):
    done = setup_command("scaffold", "connector_tea", ADDONS_PATH="")
    assert done.returncode
    assert "ADDONS_PATH" in done.stderr


def test_nothing_of_the_template_is_left(folder):
    for path in folder.rglob("*"):
        assert "{" not in path.name
        if path.suffix in (".py", ".xml", ".md", ".rst", ".csv", ".toml"):
            assert not re.search(r"{%|{{|}}", path.read_text()), path


def test_what_is_scaffolded_installs_and_its_tests_pass(
    folder, espresso, setup_command
):
    add_model(espresso, "connector_espresso", "res.partner.category", "/api/tags")
    addons = [*(row[2] for row in CONNECTORS), BY_MODEL, "connector_espresso"]
    path = f"{folder},{espresso}"
    done = setup_command("test", ",".join(addons), ADDONS_PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    for addon in addons:
        assert re.search(rf"^ +{addon}: \d+ tests$", done.stdout, re.MULTILINE)
    assert "skipped" not in done.stdout


@pytest.mark.parametrize(
    "linter",
    [
        ("ruff", "check", "--config", ".ruff.toml"),
        ("ruff", "format", "--check", "--diff", "--config", ".ruff.toml"),
        (
            *("pylint", "--rcfile", ".pylintrc"),
            # Whose connector it is is for its author to say.
            "--manifest-required-authors=My Company",
        ),
        ("prettier", "--check", "--config", ".prettierrc.mjs"),
    ],
    ids=lambda linter: "-".join(linter[:2]),
)
def test_what_is_scaffolded_passes_the_lint(folder, linter):
    shutil.copy(paths.CHECKOUT / ".editorconfig", folder)
    try:
        files = [
            folder / addon for addon in (BY_MODEL, *(row[2] for row in CONNECTORS))
        ]
        if linter[0] == "prettier":
            files = [path for addon in files for path in addon.rglob("*.[xm][md]*")]
        tool = (sys.executable, "-m", "setup.tool")
        done = run(*tool, *linter, *files, folder=paths.CHECKOUT)
        assert done.returncode == 0, done.stdout
    finally:
        (folder / ".editorconfig").unlink()
