"""Derived records follow the models of an addon through its updates."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import psycopg2
import pytest

from setup import addons, odoo_run, paths

_FORM = """<odoo>
    <record id="museum_res_partner_view_form" model="ir.ui.view">
        <field name="name">cards of the museum</field>
        <field name="model">museum.res.partner</field>
        <field name="arch" type="xml"><form><field name="odoo_id" /></form></field>
    </record>
"""
_ACTION = """    <record id="museum_piece_action" model="ir.actions.act_window">
        <field name="name">Collection</field>
    </record>
"""


@pytest.fixture
def addon(tmp_path: Path) -> Path:
    """Return a copy of the addon of the tests, to change."""
    name = "test_derived_records"
    copy = tmp_path / "museum"
    shutil.copytree(
        paths.TEST_ADDONS / name, copy, ignore=shutil.ignore_patterns("tests")
    )
    return copy


def test_derived_records_follow_the_models(
    odoo: odoo_run.Runner, make_database, addon: Path
) -> None:
    database = make_database(["connector"])
    _run(odoo, database, addon, "--init=museum")
    installed = _records(database)
    _set(database, "museum_piece_company_rule", "domain_force", "[(1, '=', 1)]")
    _set(database, "access_museum_ticket_user", "perm_read", True)
    _set(database, "museum_piece_action", "view_mode", "form")

    _run(odoo, database, addon, "--update=museum")
    assert _records(database) == installed
    assert _value(database, "museum_piece_action", "name->>'en_US'") == "Collection"
    assert _value(database, "museum_piece_action", "view_mode") == "list,form"
    assert _value(database, "museum_piece_view_list", "inherit_id") is None
    assert _value(database, "museum_piece_company_rule", "domain_force") == (
        "[(1, '=', 1)]"
    ), "what an administrator changed in a rule is kept"
    assert _value(database, "access_museum_ticket_user", "perm_read") is True

    _replace(
        addon / "models.py",
        '_description = "Museum Piece"',
        '_description = "Museum Piece"\n    _derived_records = frozenset({"access"})',
    )
    models = (addon / "models.py").read_text()
    start, end = models.index("class MuseumTicket"), models.index("class MuseumShop")
    _replace(addon / "models.py", models[start:end], "")
    _replace(addon / "components.py", ', "museum.ticket"', "")
    _replace(addon / "__manifest__.py", '"views/overridden_once.xml",', "")
    _replace(addon / "views/overridden.xml", "<odoo>\n", _FORM)
    _replace(addon / "views/overridden.xml", _ACTION, "")
    _run(odoo, database, addon, "--update=museum")
    gone = installed - _records(database)
    assert gone == {
        "access_museum_ticket_manager",
        "museum_piece_action",
        "museum_piece_company_rule",
        "museum_piece_view_form",
        "museum_piece_view_search",
        "menu_museum_piece",
    }
    assert _value(database, "museum_res_partner_view_form", "name") == (
        "cards of the museum"
    )
    assert _value(database, "museum_res_partner_view_form", "inherit_id") is None

    _uninstall(odoo, database, addon)
    assert not _records(database)
    for table, column in (("ir_ui_view", "model"), ("ir_act_window", "res_model")):
        query = f"SELECT count(*) FROM {table} WHERE {column} LIKE 'museum.%'"
        assert _query(database, query) == [(0,)]
    assert _query(
        database, "SELECT count(*) FROM ir_ui_menu WHERE name->>'en_US' LIKE 'Museum%'"
    ) == [(0,)]


_EXTENSION = {
    "__manifest__.py": """{
        "name": "Guide", "depends": ["museum"], "license": "LGPL-3",
        "author": "Odoo Connector Suite contributors"}""",
    "__init__.py": "from . import models",
    "models.py": """
from odoo import fields, models

class Backend(models.Model):
    _inherit = "museum.backend"

    guide_name = fields.Char()

class Guide(models.Model):
    _name = "museum.guide"
    _inherit = "museum.binding"
    _description = "Museum Guide"
""",
}


def test_an_addon_that_extends_a_connector_has_records_of_its_own(
    odoo: odoo_run.Runner, make_database, addon: Path
) -> None:
    extension = addon.parent / "museum_guide"
    extension.mkdir()
    for name, text in _EXTENSION.items():
        (extension / name).write_text(text)
    database = make_database(["connector"])
    _run(odoo, database, addon, "--init=museum,museum_guide")
    before = _records(database)
    own = _records(database, "museum_guide")
    assert own == {
        "access_museum_guide_manager",
        "access_museum_guide_user",
        "museum_guide_company_rule",
        "museum_guide_view_form",
        "museum_guide_view_list",
        "museum_guide_view_search",
        "museum_guide_action",
        "menu_museum_guide",
    }
    section = _row(database, "menu_museum_backend_root")[1]
    parent = _value(database, "menu_museum_guide", "parent_id", "museum_guide")
    assert parent == section
    form = "arch_db->>'en_US'"
    assert "country_id" in _value(database, "museum_backend_view_form", form)
    assert "guide_name" not in _value(database, "museum_backend_view_form", form)

    # The data files of the connector, which change its records, are not loaded now.
    _run(odoo, database, addon, "--update=museum_guide")
    assert _value(database, "museum_piece_action", "name->>'en_US'") == "Collection"

    _uninstall(odoo, database, extension)
    assert not _records(database, "museum_guide")
    assert _records(database) == before


def _uninstall(odoo: odoo_run.Runner, database: str, addon: Path) -> None:
    shell = [*odoo.program("shell"), *_options(odoo, database, addon)]
    module = f"base.module_{addon.name}"
    _check(odoo, shell, f"env.ref({module!r}).button_immediate_uninstall()")


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, f"{old!r} is not in {path}"
    path.write_text(text.replace(old, new))


def _run(odoo: odoo_run.Runner, database: str, addon: Path, option: str) -> None:
    command = odoo.command(
        database, stop=True, options=[option, *_options(odoo, database, addon)]
    )
    log = _check(odoo, command)
    for level in (" WARNING ", " ERROR ", " CRITICAL "):
        lines = [line for line in log.splitlines() if level in line]
        assert not lines, lines


def _options(odoo: odoo_run.Runner, database: str, addon: Path) -> list[str]:
    folders = [*odoo.odoo.addons_path, *addons.own_addons_path(), addon.parent]
    return [f"--database={database}", f"--addons-path={','.join(map(str, folders))}"]


def _check(odoo: odoo_run.Runner, command: list, script: str = "") -> str:
    done = subprocess.run(
        command,
        env=odoo.environment(),
        input=script,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert not done.returncode, done.stdout[-5000:]
    assert "Traceback" not in done.stdout, done.stdout[-5000:]
    return done.stdout


def _records(database: str, module: str = "museum") -> set[str]:
    """Return the XML IDs of access, rules, views, actions and menus of the addon."""
    kinds = (
        *("ir.model.access", "ir.rule", "ir.ui.view"),
        *("ir.actions.act_window", "ir.ui.menu"),
    )
    rows = _query(
        database,
        "SELECT name FROM ir_model_data WHERE module = %s AND model IN %s",
        (module, kinds),
    )
    return {name for (name,) in rows}


def _value(database: str, name: str, column: str, module: str = "museum"):
    """Return a value of a record of the addon."""
    table, record = _row(database, name, module)
    [(value,)] = _query(
        database, f"SELECT {column} FROM {table} WHERE id = %s", (record,)
    )
    return value


def _set(database: str, name: str, column: str, value) -> None:
    """Change a value of a record of the addon, as an administrator can."""
    table, record = _row(database, name)
    query = f"UPDATE {table} SET {column} = %s WHERE id = %s"
    _query(database, query, (value, record))


def _row(database: str, name: str, module: str = "museum") -> tuple[str, int]:
    [(model, record)] = _query(
        database,
        "SELECT model, res_id FROM ir_model_data WHERE module = %s AND name = %s",
        (module, name),
    )
    tables = {"ir.actions.act_window": "ir_act_window"}
    return tables.get(model, model.replace(".", "_")), record


def _query(database: str, query: str, parameters: tuple = ()) -> list[tuple]:
    connection = psycopg2.connect(dbname=database)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
