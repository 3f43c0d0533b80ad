"""Which addons there are, and what they depend on."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import paths
from .errors import SetupError


@dataclass(frozen=True)
class Addon:
    """An addon on disk, its manifest and the names of the addons it depends on."""

    name: str
    folder: Path
    depends: tuple[str, ...]
    manifest: dict[str, Any] = field(compare=False, repr=False)


def read(folder: Path) -> Addon | None:
    """Return the addon in `folder`, or None where there is none to install."""
    try:
        manifest = ast.literal_eval((folder / "__manifest__.py").read_text())
    except OSError:
        return None
    except (SyntaxError, ValueError) as wrong:
        raise SetupError(f"{folder}/__manifest__.py: {wrong}") from None
    if not manifest.get("installable", True):
        return None
    depends = tuple(manifest.get("depends", ["base"]))
    return Addon(folder.name, folder, depends, manifest)


def in_folder(folder: Path) -> dict[str, Addon]:
    """Return the addons in `folder` by name."""
    if not folder.is_dir():
        return {}
    found = (read(entry) for entry in sorted(folder.iterdir()) if entry.is_dir())
    return {addon.name: addon for addon in found if addon}


def of_suite() -> dict[str, Addon]:
    """Return the suite's addons and those that only its tests use."""
    return {**in_folder(paths.CHECKOUT), **in_folder(paths.TEST_ADDONS)}


def own() -> dict[str, Addon]:
    """Return the suite's addons and those of ADDONS_PATH."""
    found = of_suite()
    for folder in paths.addons_path_extra():
        found.update(in_folder(folder))
    return found


def own_addons_path() -> list[Path]:
    """Return the folders of `own`; Odoo warns of a folder without addons."""
    folders = [paths.CHECKOUT, paths.TEST_ADDONS, *paths.addons_path_extra()]
    return [folder for folder in folders if in_folder(folder)]


def foreign_dependencies(names: Iterable[str]) -> list[str]:
    """Return what the addons `names` need, directly or not, that is not our own."""
    known = own()
    todo, seen, foreign = list(names), set(), set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in known:
            todo.extend(known[name].depends)
        else:
            foreign.add(name)
    return sorted(foreign | {"base"})
