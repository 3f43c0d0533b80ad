"""External data in a form that PostgreSQL's text and jsonb can store."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from odoo.addons.queue_job.jobs import text

#: Deeper data is truncated.
_DEEPEST = 50


def storable_text(value: str) -> str:
    """Return a storable text: NUL and lone surrogates are escaped."""
    return text.storable(value, text.MOST_OF_TEXT)


def storable(data: Any, _depth: int = 0) -> Any:
    """Return any data as JSON that jsonb can store.

    ``NaN``, ``Infinity`` and types unknown to JSON become texts; data nested too deeply
    becomes ``…``.
    """
    if _depth > _DEEPEST:
        return "…"
    if isinstance(data, str):
        return storable_text(data)
    if isinstance(data, float):
        return data if math.isfinite(data) else str(data)
    if data is None or isinstance(data, int):
        return data
    if isinstance(data, Mapping):
        return {
            storable_text(str(key)): storable(value, _depth + 1)
            for key, value in data.items()
        }
    if isinstance(data, list | tuple | set):
        return [storable(value, _depth + 1) for value in data]
    return storable_text(str(data))
