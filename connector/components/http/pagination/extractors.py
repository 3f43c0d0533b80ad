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
    answer = response_json(response)
    return answer["items"] if isinstance(answer, dict) else answer


def extract_total(response: requests.Response) -> int | None:
    told = next(filter(None, map(response.headers.get, _TOTALS)), None)
    if told is None:
        answer = response_json(response)
        told = answer.get("total") if isinstance(answer, dict) else None
    return None if told is None else int(told)


def extract_has_more(response: requests.Response) -> bool | None:
    answer = response_json(response)
    if isinstance(answer, dict):
        for key in ("has_more", "hasMore"):
            if isinstance(answer.get(key), bool):
                return answer[key]
        if "next" in answer:
            return bool(answer["next"])
    relations = link_relations(response)
    return "next" in relations if relations & {"first", "prev", "last"} else None


def unwrap(record: Any, key: str | None) -> Any:
    """Return a record that may be wrapped as ``{key: record}``."""
    if key and isinstance(record, dict) and isinstance(record.get(key), dict):
        return record[key]
    return record
