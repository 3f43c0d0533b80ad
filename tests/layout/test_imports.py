"""Imports between the packages of an addon go one way, and there are no circles."""

from __future__ import annotations

import ast
import re

import pytest

from .imports import imports_of, modules_of, package_of

#: The packages (or single modules) of each addon, the lowest first: each imports from
#: those above it in the list only. Those on one line belong together.
ORDERS = {
    "queue_job": [
        "exception job fields graph utils delayable_graph delay",
        "engine.clock",
        "engine.sql",
        "engine.copies",
        "engine.claim",
        "engine.config",
        "engine.connection",
        "engine.schema",
        "engine.run",
        "engine.process",
        "engine.diagnostics",
        "models post_init_hook uninstall_hook",
        "wizards",
        "controllers",
        "jobrunner",
        "cli",
    ],
    "component": [
        "exception cache",
        "component composition databases declaration build_errors explanation matching "
        "near_misses ranking registry source work_context",
        "resolution",
        "core",
        "builder console inspection",
        "commands hooks utils",
        "components models",
        "cli",
    ],
    "component_event": [
        "failure",
        "collected core delivery record_events skipping suppression",
        "components",
        "inspection",
        "commands models",
        "cli",
    ],
    "connector": [
        "exception exceptions_http cursor_value database versions empty_hook "
        "declared_setting declaration_place",
        "components.company components.differences components.result "
        "components.sanitize components.signatures",
        "components.binding components.http resource line_of",
        "components.graphql",
        "components.mapping components.exporting components.webhook",
        "components.importing",
        "components",
        "flow",
        "declaration_map_check declaration_binding_check",
        "declaration_check",
        "binding",
        "api",
        "models.sync",
        "models.backend models.binding",
        "models",
        "controllers wizards",
    ],
    "connector_coffee": [
        "components",
        "models",
    ],
}


def order_of(addon: str) -> dict[str, int]:
    """Return the place of each package of an addon, the lowest is 0."""
    return {
        name: place for place, line in enumerate(ORDERS[addon]) for name in line.split()
    }


@pytest.mark.parametrize("addon", ORDERS)
def test_packages_import_from_lower_ones_only(addon):
    order = order_of(addon)
    wrong = []
    for importer, imported, line in imports_of(addon):
        if not importer:
            # the addon itself imports all that Odoo is to load
            continue
        upper, lower = (package_of(name, [*order]) for name in (importer, imported))
        if upper is None or lower is None:
            unknown = importer if upper is None else imported
            wrong.append(f"{importer}:{line}: {unknown} is in no line of ORDERS")
        elif order[lower] > order[upper]:
            wrong.append(f"{importer}:{line}: {upper} must not import {lower}")
    assert not wrong, "\n".join(wrong)


def test_relative_absolute_and_late_imports_are_found():
    found = {(importer, imported) for importer, imported, _ in imports_of("queue_job")}
    assert ("jobrunner.runner", "engine.process.runner") in found
    assert ("jobrunner.runner", "engine.config") in found, "a module of a package"
    assert ("cli.queue", "engine.diagnostics.explain") in found, "inside a function"


@pytest.mark.parametrize("addon", ORDERS)
def test_the_table_names_what_is_there(addon):
    modules = modules_of(addon)
    for name in order_of(addon):
        assert any(package_of(module, [name]) for module in modules), name


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        # the engine knows nobody who calls it
        ("engine", "controllers"),
        ("engine", "jobrunner"),
        ("engine", "models"),
        # what may start is decided without running anything
        ("engine.claim", "engine.run"),
    ],
)
def test_the_engine_does_not_import(importer, imported):
    wrong = [
        found
        for found in imports_of("queue_job")
        if package_of(found.importer, [importer])
        and package_of(found.imported, [imported])
    ]
    assert not wrong


#: How statements begin; transactions may be begun and ended anywhere.
_STATEMENT = re.compile(
    r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|LOCK|SET|RESET|NOTIFY|LISTEN|"
    r"CREATE|DROP|ALTER|TRUNCATE|PREPARE|EXECUTE)\b"
)


def test_statements_of_the_engine_stand_in_its_sql_modules_only():
    wrong = []
    for name, path in modules_of("queue_job", "engine").items():
        if {"sql", "schema"}.intersection(name.split(".")):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _is_execute(node) and node.args:
                for text in _texts(node.args[0]):
                    if _STATEMENT.match(text):
                        wrong.append(f"{name}:{node.lineno}: {text.strip()[:40]}")
            elif isinstance(node, ast.Assign):
                for text in _texts(node.value):
                    if _STATEMENT.match(text) and "\n" in text:
                        wrong.append(f"{name}:{node.lineno}: {text.strip()[:40]}")
    assert not wrong, "\n".join(wrong)


def test_statements_on_tables_of_the_queue_stand_in_modules_for_them():
    allowed = {
        # put together from the columns of the new rows
        "job.insert",
        # the definition of the view that its model reads
        "models.cause",
    }
    wrong = []
    for name, path in modules_of("queue_job").items():
        if {"sql", "schema"}.intersection(name.split(".")) or name in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr | ast.Constant):
                text = "".join(_texts(node))
                if _STATEMENT.match(text) and re.search(r"\bqueue_job", text):
                    wrong.append(f"{name}:{node.lineno}: {text.strip()[:40]}")
    assert not wrong, "\n".join(wrong)


def _is_execute(call: ast.Call) -> bool:
    function = call.func
    name = getattr(function, "attr", getattr(function, "id", ""))
    return name in ("execute", "_execute", "executemany", "rows")


def _texts(node: ast.AST) -> list[str]:
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
