"""Adding a model changes only what it must, and nothing if it is not sure."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from setup import paths
from setup.errors import SetupError
from setup.scaffold import connector_files, connector_source, model_files, suggestions
from setup.scaffold.edits import Edits
from setup.scaffold.odoo_models import Catalog
from setup.scaffold.plan import ConnectorPlan, ModelPlan, ResourcePlan

MANIFEST = '{"name": "Tea", "depends": ["connector"]}\n'
BACKEND = """from odoo import models

from odoo.addons.connector.api import Flow

LABEL = "Thé"


class TeaBackend(models.Model):
    _name = "tea.backend"
    _inherit = "connector.backend.mixin"
    _description = "Tea"
    _connector_defaults = True

    def _sync_flows(self):
        return [*super()._sync_flows()]  # none yet
"""
ADAPTER = """from odoo.addons.component.core import Component


class TeaAdapter(Component):
    _name = "tea.adapter"
    _inherit = "base.backend.adapter.crud"
    _collection = "tea.backend"
"""


@pytest.fixture(scope="module")
def catalog(odoo) -> Catalog:
    return Catalog([*odoo.odoo.addons_path, paths.CHECKOUT])


@pytest.fixture
def tea(tmp_path) -> Path:
    """A small connector, written by hand."""
    return write(tmp_path / "connector_tea", {"__init__.py": "from . import models\n"})


def write(addon: Path, files: dict[str, str]) -> Path:
    common = {"__manifest__.py": MANIFEST, "models.py": BACKEND}
    for name, text in {**common, **files}.items():
        (addon / name).parent.mkdir(parents=True, exist_ok=True)
        (addon / name).write_text(text, "utf-8")
    return addon


def add(catalog: Catalog, addon: Path, model: str, path: str = "/things") -> list[str]:
    """Add a model; return the required fields that are left to map."""
    edits = Edits()
    connector = connector_source.read(addon, edits)
    plan, left = suggestions.suggest(catalog, connector, catalog.model(model), path)
    model_files.add_model(plan, connector, catalog, edits)
    edits.save()
    return left


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in sorted(folder.rglob("*.py"))
    }


def test_what_is_there_stays_as_it_is(catalog, tea):
    before = content(tea)
    assert add(catalog, tea, "res.bank", "/api/tags") == []
    after = content(tea)
    added = {"res_bank.py", "tests/__init__.py", "tests/test_res_bank.py"}
    assert set(after) - set(before) == added
    assert after["__manifest__.py"] == before["__manifest__.py"]
    assert after["__init__.py"] == "from . import models\nfrom . import res_bank\n"
    assert after["models.py"] == BACKEND.replace(
        "import Flow\n",
        "import Flow\n\nfrom .res_bank import TeaBank\n",
    ).replace(
        "[*super()._sync_flows()]",
        """[
            *super()._sync_flows(),
            Flow("import_tags", self.env._("Import Tags"), "import", TeaBank),
        ]""",
    )


def test_a_contract_is_declared_in_fifteen_lines(catalog, tea):
    add(catalog, tea, "res.partner.category")
    test = content(tea)["tests/test_res_partner_category.py"]
    assert len(list(filter(str.strip, test.splitlines()))) <= 15


def test_the_addon_of_the_model_is_a_dependency(catalog, tea):
    add(catalog, tea, "sale.order")
    manifest = ast.literal_eval((tea / "__manifest__.py").read_text())
    assert manifest["depends"] == ["connector", "sale"]
    add(catalog, tea, "product.product")
    assert '["connector", "sale"]' in (tea / "__manifest__.py").read_text()


def test_what_only_the_author_knows_is_a_comment(catalog, tea):
    assert add(catalog, tea, "sale.order") == ["partner_id"]
    assert "# (" in content(tea)["sale_order.py"]


@pytest.mark.parametrize(
    ("model", "required"),
    [
        # Its contact and the mail alias of a team are created with them.
        ("res.users", ["login"]),
        ("crm.team", ["name"]),
        ("product.product", []),
        ("sale.order", ["partner_id"]),
    ],
)
def test_required_is_what_nobody_else_gives(catalog, model, required):
    assert [one.name for one in catalog.model(model).to_give()] == required


def test_a_name_of_a_flow_is_not_taken_twice(catalog, tea):
    add(catalog, tea, "res.partner.category", "/tags")
    add(catalog, tea, "res.partner", "/other/tags")
    backend = content(tea)["models.py"]
    assert '"import_tags"' in backend
    assert '"import_res_partner"' in backend


def test_the_coffee_connector_can_be_extended(catalog, tmp_path):
    coffee = tmp_path / "connector_coffee"
    shutil.copytree(paths.CHECKOUT / "connector_coffee", coffee)
    before = content(coffee)
    add(catalog, coffee, "sale.order", "/api/sales")
    after = content(coffee)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        *("__manifest__.py", "models/__init__.py", "models/coffee_backend.py"),
        "tests/__init__.py",
    }
    assert '"depends": ["connector", "product", "sale"]' in after["__manifest__.py"]
    for name in changed - {"__manifest__.py"}:
        kept = iter(after[name].splitlines())
        assert all(line in kept for line in before[name].splitlines()), name


def plan_of(*models: ModelPlan) -> ConnectorPlan:
    return ConnectorPlan(
        "connector_tea",
        models,
        auth=['_token_login = TokenLogin("/session")'],
        paging="PagePaging(size=50)",
        check_path="/me",
    )


def test_a_system_is_described_with_its_models(catalog, tea):
    bank = ModelPlan("res.bank", ResourcePlan("/banks", update_method="PUT"))
    partner = ModelPlan(
        "res.partner",
        ResourcePlan("/holders", paging='CursorPaging(cursor="after")'),
        import_map=['("name", "name"),', '# (bound("bank", "tea.res.bank"), "bank"),'],
    )
    connector_files.write_plan(plan_of(bank, partner), tea, catalog)
    written = content(tea)
    assert "import PagePaging, TokenLogin\n" in written["components.py"]
    assert '_token_login = TokenLogin("/session")' in written["components.py"]
    assert '_check_path = "/me"' in written["models.py"]
    assert written["models.py"].count("Flow(") == 2
    assert 'Resource("/banks", update_method="PUT")' in written["res_bank.py"]
    assert "import Binding, CursorPaging, Resource\n" in written["res_partner.py"]
    assert 'import_model = "tea.res.partner"' in written["tests/test_res_partner.py"]


def test_no_model_is_written_if_one_cannot_be(catalog, tea):
    before = content(tea)
    bank, other = (ModelPlan("res.bank", ResourcePlan(path)) for path in ("/a", "/b"))
    with pytest.raises(SetupError, match=r"model tea\.res\.bank already"):
        connector_files.write_plan(plan_of(bank, other), tea, catalog)
    assert content(tea) == before


@pytest.mark.parametrize(
    ("files", "model", "path", "message"),
    [
        ({}, "res.partnr", "/x", "no model res.partnr .* did you mean res.partner?"),
        ({}, "mail.thread", "/x", "mail.thread is an abstract model"),
        ({}, "res.partner", "x", "'x' must begin with a slash: /x"),
        ({"res_partner.py": "\n"}, "res.partner", "/x", "res_partner.py is there"),
        (
            {"partner.py": BACKEND.replace("tea.backend", "tea.res.partner")},
            *("res.partner", "/x", "several backends"),
        ),
        (
            {"partner.py": 'class A:\n    _name = "tea.res.partner"\n'},
            *("res.partner", "/x", "has the model tea.res.partner already"),
        ),
        ({"models.py": "\n"}, "res.partner", "/x", "is no connector"),
        ({"models.py": "def"}, "res.partner", "/x", "models.py:1: "),
        (
            {"models.py": BACKEND.replace("_connector_defaults", "_other")},
            *("res.partner", "/x", "set _connector_defaults = True"),
        ),
        ({"adapter.py": ADAPTER}, "res.partner", "/x", "another protocol than REST"),
        (
            {"__manifest__.py": '{"name": "Tea"}\n'},
            *("sale.order", "/x", 'no list of "depends" to add sale to'),
        ),
        (
            {"models.py": BACKEND.replace("[*super()._sync_flows()]", "flows()")},
            *("res.partner", "/x", r"(?s)no _sync_flows .*Nothing was.*Flow\("),
        ),
    ],
)
def test_what_is_wrong_is_told_and_nothing_written(
    catalog, tmp_path, files, model, path, message
):
    addon = write(tmp_path / "connector_tea", files)
    before = content(addon)
    with pytest.raises(SetupError, match=message):
        add(catalog, addon, model, path)
    assert content(addon) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "res.partner"], "a model needs both"),
        (["--model", "res.partner", "--resource", "x"], "must begin with a slash"),
        (["--model", "res.partnr", "--resource", "/x"], "did you mean res.partner?"),
        (
            ["--model", "res.partner", "--resource", "/x", "--template", "rest"],
            "TEMPLATE is for a connector without MODEL",
        ),
    ],
)
def test_a_connector_is_made_completely_or_not_at_all(
    setup_command, tmp_path, arguments, message
):
    done = setup_command(
        "scaffold", "connector_tea", *arguments, ADDONS_PATH=str(tmp_path)
    )
    assert done.returncode
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_make_passes_the_model(tmp_path):
    words = ("NAME=connector_tea", "MODEL=res.partner", "RESOURCE=/customers")
    done = subprocess.run(
        ["make", "scaffold", *words, f"PYTHON={sys.executable}"],
        cwd=paths.CHECKOUT,
        env={**os.environ, "ADDONS_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "connector_tea" / "models" / "res_partner.py").is_file()
