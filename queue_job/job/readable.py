"""Displays documents of jobs, even if what they refer to no longer exists."""

from __future__ import annotations

from pprint import pformat
from typing import Any

from .codec import unwrap
from .marks import MAPPING_MARKS, MARK


def tree_or_text(document: Any) -> Any:
    """Return the JSON of a document without its envelope; text that is not JSON is
    returned as is."""
    try:
        return unwrap(document)
    except (ValueError, RecursionError):
        return document


def readable(value: Any) -> str:
    """Return an encoded argument as a Python literal."""
    return pformat(_plain(value), width=100, compact=True, sort_dicts=False)


def _plain(value):
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get(MARK)
    if kind is None or ("value" not in value and "ids" not in value):
        return {key: _plain(item) for key, item in value.items()}
    if kind == "odoo_recordset":
        return _Words(f"{value['model']}({', '.join(map(str, value['ids']))})")
    content = value["value"]
    if kind == "python_tuple":
        return tuple(map(_plain, content))
    if isinstance(content, str):
        return _Words(content)
    if kind in MAPPING_MARKS:
        return {_Words(repr(_plain(key))): _plain(item) for key, item in content}
    return _Words(f"{kind.removeprefix('python_')}({pformat(_plain(content))})")


class _Words(str):
    """Text displayed without quotes."""

    __slots__ = ()

    def __repr__(self):
        return str(self)
