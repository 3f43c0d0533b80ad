"""How a list is split into pages, and how its changes are requested."""

from __future__ import annotations

import json

from .collections import Collection

_SIZES = ("limit", "per_page", "page_size", "pageSize", "perPage", "count", "size")
_AFTER = ("starting_after", "since_id", "after_id")
_CURSORS = ("cursor", "page_token", "pageToken", "next_token")
_NEXT = ("next_cursor", "nextCursor", "next_page_token", "nextPageToken", "cursor")
_OFFSETS = ("offset", "skip")
_PAGES = ("page", "page_number", "pageNumber")
_SINCE = (
    *("updated_since", "modified_since", "updated_at_min", "updated_after"),
    *("modified_after", "updatedSince", "modifiedSince", "updated_at[gte]"),
    *("updated_at[$gte]", "updated_at_gte"),
)
_VERSIONS = (
    *("updated_at", "date_modified_gmt", "modified_at", "updatedAt", "modifiedAt"),
    *("last_modified", "update_time"),
)
#: The number of records requested per page, if as many are allowed.
_SIZE = 100


def paging_source(collection: Collection) -> str | None:
    """Return the Python source of the paging of a list, ``None`` if it is not sure."""
    size = _first(collection, _SIZES)
    number = _size(collection, size)
    if "link" in collection.headers:
        return "LinkPaging()"
    if (after := _first(collection, _AFTER)) and size:
        return f"LastIdPaging(size={number}, after={_q(after)}, limit={_q(size)})"
    given = next((key for key in _NEXT if key in collection.list_schema.properties), "")
    if (cursor := _first(collection, _CURSORS)) and given:
        next_cursor = f"lambda response: response.json().get({_q(given)})"
        return f"CursorPaging({next_cursor}, cursor={_q(cursor)})"
    if (offset := _first(collection, _OFFSETS)) and size:
        return f"OffsetPaging(size={number}, offset={_q(offset)}, limit={_q(size)})"
    if (page := _first(collection, _PAGES)) and size and _starts_at_one(collection):
        return f"PagePaging(size={number}, page={_q(page)}, per_page={_q(size)})"
    return None


def since_parameter(collection: Collection) -> str | None:
    """Return the query parameter for the changes since a time, if there is one."""
    return version_key(collection) and _first(collection, _SINCE)


def version_key(collection: Collection) -> str | None:
    """Return the key of the time of the last change of a record."""
    known = collection.record.properties
    return next((key for key in _VERSIONS if key in known), None)


def _starts_at_one(collection: Collection) -> bool:
    page = collection.parameters[_first(collection, _PAGES) or ""]
    return page.minimum != 0 and str(page.default) != "0"


def _size(collection: Collection, name: str | None) -> int:
    most = collection.parameters[name].maximum if name else None
    return _SIZE if most is None else max(1, min(_SIZE, int(most)))


def _first(collection: Collection, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in collection.parameters), None)


def _q(text: str) -> str:
    return json.dumps(text)
