"""Source location of a class, as messages and listings show it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .declaration import _get_addon_name

if TYPE_CHECKING:
    from .component import AbstractComponent


def addon_of(declared: type[AbstractComponent]) -> str:
    """Return the technical name of the addon that declares a class."""
    return vars(declared).get("_module") or _get_addon_name(declared.__module__)


def file_and_line(thing: type | Callable) -> tuple[str, int]:
    """Return the file and line of a class or function, ``("", 0)`` if unknown."""
    try:
        path = inspect.getsourcefile(thing) or ""
        return path, inspect.getsourcelines(thing)[1]
    except (OSError, TypeError):
        return "", 0


def location(declared: type[AbstractComponent]) -> str:
    """Return ``addon/path/file.py:line``, short enough for a table."""
    return short_place(addon_of(declared), declared)


def short_place(addon: str, thing: type | Callable) -> str:
    """Return ``addon/path/file.py:line`` of a class or function of an addon."""
    path, line = file_and_line(thing)
    if not path:
        return f"{addon} (unknown file)"
    parts = Path(path).parts
    if addon in parts:
        last = len(parts) - 1 - parts[::-1].index(addon)
        path = "/".join(parts[last:])
    return f"{path}:{line}"


def describe(declared: type[AbstractComponent]) -> str:
    """Return a class with its addon and file, as error messages name it."""
    path, line = file_and_line(declared)
    place = f"{path}:{line}" if path else "unknown file"
    return f"class {declared.__qualname__} of addon {addon_of(declared)} ({place})"


def declared_classes(built: type[AbstractComponent]) -> list[type[AbstractComponent]]:
    """Return the classes that declare a component and extend it, newest first.

    Those of its parents are not included.
    """
    return [base for base in built.__bases__ if "_inherit_children" not in vars(base)]
