"""Which modules of an addon import which others, read from their source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).resolve().parents[2]


class Import(NamedTuple):
    """``importer`` imports ``imported``, both names of modules below their addon."""

    importer: str
    imported: str
    line: int


def modules_of(addon: str, below: str = "") -> dict[str, Path]:
    """Return the files of an addon's modules by name, such as ``engine.run.lease``; an
    ``__init__`` has the name of its package, that of the addon is empty.

    Tests are left out: they may import everything.
    """
    folder = CHECKOUT / addon
    found = {}
    for path in sorted((folder / below).rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if parts[0] in ("tests", "migrations"):
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = path
    return found


def imports_of(addon: str) -> Iterator[Import]:
    """Yield what the modules of an addon import from it, wherever the import stands."""
    modules = modules_of(addon)
    for name, path in modules.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text())):
            for imported in _imported(node, addon, package, modules):
                if imported != name:
                    yield Import(name, imported, node.lineno)


def _imported(
    node: ast.AST, addon: str, package: str, modules: dict[str, Path]
) -> Iterator[str]:
    full_prefix = f"odoo.addons.{addon}"
    if isinstance(node, ast.Import):
        for alias in node.names:
            if f"{alias.name}.".startswith(f"{full_prefix}."):
                yield alias.name.removeprefix(full_prefix).lstrip(".")
    if not isinstance(node, ast.ImportFrom):
        return
    module = node.module or ""
    if node.level:
        above = package.split(".") if package else []
        kept = above[: len(above) - node.level + 1]
        base = ".".join([*kept, *([module] if module else [])])
    elif f"{module}.".startswith(f"{full_prefix}."):
        base = module.removeprefix(full_prefix).lstrip(".")
    else:
        return
    for alias in node.names:
        submodule = f"{base}.{alias.name}".lstrip(".")
        yield submodule if submodule in modules else base


def package_of(module: str, packages: list[str]) -> str | None:
    """Return the one of ``packages`` that a module belongs to, the longest name first;
    None for a module of none."""
    holds = [name for name in packages if f"{module}.".startswith(f"{name}.")]
    return max(holds, key=len, default=None)
