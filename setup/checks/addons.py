"""Check that each addon is complete and that its manifest tells the truth.

``python3 -m setup.checks.addons`` fails and tells, for each addon: a data file that
is not listed, an import that the manifest does not declare, a missing or wrong icon,
packaging or readme; and a metapackage that does not bring all addons.
"""

import argparse
import ast
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .. import paths
from ..addons import Addon, in_folder

WEBSITE = "https://github.com/odoo-connector-suite/connector-suite"
DATA_FOLDERS = ("data", "report", "security", "views", "wizards")
DATA_SUFFIXES = (".csv", ".xml")
# what every Odoo 19 brings; requests and urllib3 too, but who talks to another
# system declares them all the same
WITH_ODOO = frozenset(
    {
        *("babel", "dateutil", "docutils", "gevent", "greenlet", "lxml", "markupsafe"),
        *("odoo", "passlib", "PIL", "psutil", "psycopg2", "pytz", "werkzeug"),
    }
)


def check(addon: Addon, suite: Mapping[str, Addon]) -> Iterator[str]:
    """Tell what is wrong with `addon`, one line each."""
    for problem in (
        *_wrong_files(addon),
        *_unlisted_data(addon),
        *_undeclared_imports(addon, suite),
    ):
        yield f"{addon.name}: {problem}"


def check_metapackage(root: Path, suite: Mapping[str, Addon]) -> Iterator[str]:
    """Tell which addons the metapackage does not bring."""
    path = root / "setup" / "_metapackage" / "pyproject.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for name in suite:
        if f'"odoo-addon-{name}==' not in text:
            yield f"setup/_metapackage/pyproject.toml: does not depend on {name}"


def _wrong_files(addon: Addon) -> Iterator[str]:
    for key in ("name", "summary", "version", "license", "author", "depends"):
        if not addon.manifest.get(key):
            yield f"the manifest has no {key}"
    if addon.manifest.get("website") != WEBSITE:
        yield f"the manifest's website is not {WEBSITE}"
    if not (addon.folder / "readme" / "DESCRIPTION.md").exists():
        yield "readme/DESCRIPTION.md is missing"
    pyproject = addon.folder / "pyproject.toml"
    if not pyproject.exists() or "whool.buildapi" not in pyproject.read_text():
        yield "pyproject.toml does not name the build backend whool"
    icon = addon.folder / "static" / "description" / "icon.png"
    if not icon.exists():
        yield "static/description/icon.png is missing"
    elif struct.unpack(">II", icon.read_bytes()[16:24]) != (128, 128):
        yield "static/description/icon.png is not 128 x 128"


def _unlisted_data(addon: Addon) -> Iterator[str]:
    listed = {*addon.manifest.get("data", ()), *addon.manifest.get("demo", ())}
    for folder in DATA_FOLDERS:
        for path in sorted((addon.folder / folder).rglob("*")):
            name = path.relative_to(addon.folder).as_posix()
            if path.suffix in DATA_SUFFIXES and name not in listed:
                yield f"the manifest does not list {name}"


def _undeclared_imports(addon: Addon, suite: Mapping[str, Addon]) -> Iterator[str]:
    python = addon.manifest.get("external_dependencies", {}).get("python", ())
    declared = {name.lower().replace("-", "_") for name in python}
    known = WITH_ODOO | sys.stdlib_module_names | declared
    below = _all_depends(addon, suite)
    for path in sorted(addon.folder.rglob("*.py")):
        name = path.relative_to(addon.folder)
        if name.parts[0] in ("tests", "migrations"):
            continue
        for line, module in _imports(path):
            where = f"{name}:{line}: imports {module}"
            parts = module.split(".")
            if parts[:2] == ["odoo", "addons"] and len(parts) > 2:
                if parts[2] not in {*below, addon.name}:
                    yield f"{where}, which is of no addon it depends on"
            elif parts[0] not in known:
                yield f"{where}, which external_dependencies does not declare"


def _all_depends(addon: Addon, suite: Mapping[str, Addon]) -> set[str]:
    found = {"base"}
    for name in addon.manifest.get("depends", ()):
        found.add(name)
        if name in suite:
            found |= _all_depends(suite[name], suite)
    return found


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """The modules that the file `path` cannot do without, with the line."""
    tree = ast.parse(path.read_bytes(), str(path))
    optional = {
        id(node)
        for attempt in ast.walk(tree)
        if isinstance(attempt, ast.Try) and _expects_import_error(attempt)
        for statement in attempt.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) in optional:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            if node.module == "odoo.addons":
                for alias in node.names:
                    yield node.lineno, f"odoo.addons.{alias.name}"
            else:
                yield node.lineno, node.module


def _expects_import_error(attempt: ast.Try) -> bool:
    return any(
        isinstance(handler.type, ast.Name) and handler.type.id == "ImportError"
        for handler in attempt.handlers
    )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--root", type=Path, default=paths.CHECKOUT, help="folder of the addons"
    )
    options = parser.parse_args(argv)
    suite = in_folder(options.root)
    problems = [line for addon in suite.values() for line in check(addon, suite)]
    problems += check_metapackage(options.root, suite)
    for line in problems:
        print(line, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
