"""The metadata of a list response."""

from __future__ import annotations

from typing import Any

import requests

from .link_header import link_relations

# Headers with the total number of records.
_TOTALS = ("X-Total-Count", "X-WP-Total", "X-Total")


def response_json(response: requests.Response) -> Any:
    """Return the JSON of a response, ``None`` if there is no content (204)."""
    return response.json() if response.content.strip() else None


def extract_records(response: requests.Response) -> list:
    content = response_json(response)
    return content["items"] if isinstance(content, dict) else content


def extract_total(response: requests.Response) -> int | None:
    total = next(filter(None, map(response.headers.get, _TOTALS)), None)
    if total is None:
        content = response_json(response)
        total = content.get("total") if isinstance(content, dict) else None
    return None if total is None else int(total)


def extract_has_more(response: requests.Response) -> bool | None:
    content = response_json(response)
    if isinstance(content, dict):
        for key in ("has_more", "hasMore"):
            if isinstance(content.get(key), bool):
                return content[key]
        if "next" in content:
            return bool(content["next"])
    relations = link_relations(response)
    return "next" in relations if relations & {"first", "prev", "last"} else None


def unwrap(record: Any, key: str | None) -> Any:
    """Return a record that may be wrapped as ``{key: record}``."""
    if key and isinstance(record, dict) and isinstance(record.get(key), dict):
        return record[key]
    return record
