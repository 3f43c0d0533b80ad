"""External data in a form that PostgreSQL's text and jsonb can store."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from odoo.addons.queue_job.job import text

#: Deeper data is truncated.
_DEEPEST = 50


def sanitize_text(value: str) -> str:
    """Return a storable text: NUL and lone surrogates are escaped."""
    return text.storable(value, text.MOST_OF_TEXT)


def sanitize_json(data: Any, _depth: int = 0) -> Any:
    """Return any data as JSON that jsonb can store.

    ``NaN``, ``Infinity`` and types unknown to JSON become texts; data nested too deeply
    becomes ``…``.
    """
    if _depth > _DEEPEST:
        return "…"
    if isinstance(data, str):
        return sanitize_text(data)
    if isinstance(data, float):
        return data if math.isfinite(data) else str(data)
    if data is None or isinstance(data, int):
        return data
    if isinstance(data, Mapping):
        return {
            sanitize_text(str(key)): sanitize_json(value, _depth + 1)
            for key, value in data.items()
        }
    if isinstance(data, list | tuple | set):
        return [sanitize_json(value, _depth + 1) for value in data]
    return sanitize_text(str(data))
