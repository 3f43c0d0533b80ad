"""Digests of the values that the external system is known to have.

A JSON dict stored on the binding: a short digest of the value of each key, sufficient
to compare but not to read. For lists and dicts that are merged with those of the
external system, the digests of their items are kept too: an item that was sent once and
is now missing was removed in Odoo; one that was never sent is unknown to Odoo.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

#: Version of a record after an export whose response has none.
UNKNOWN_VERSION = "?"

#: Suffix of the keys of item digests.
_ITEMS = "[]"


def digest(value: Any) -> str:
    """Return a short digest of a JSON value."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def store_digest(
    memory: dict, key: str, value: Any, item_key: str | None = None
) -> None:
    """Record that the external system has a value.

    :param item_key: key that identifies the items, if their digests are kept too
    """
    memory[key] = digest(value)
    if item_key is not None and isinstance(value, list | Mapping):
        memory[key + _ITEMS] = sorted(digest(_identity(i, item_key)) for i in value)


def merge_unknown(
    ours: Any, remote: Any, key: str, memory: dict, item_key: str = "id"
) -> Any:
    """Return our list or dict plus the remote items that Odoo never had.

    :param key: key of the value in the exported data
    """
    if not isinstance(remote, list | Mapping):
        return ours
    known = set(memory.get(key + _ITEMS) or ())
    known |= {digest(_identity(item, item_key)) for item in ours or ()}
    kept = [i for i in remote if digest(_identity(i, item_key)) not in known]
    if isinstance(remote, Mapping):
        return {**{name: remote[name] for name in kept}, **(ours or {})}
    if ours and not isinstance(ours[0], Mapping):
        # We send IDs where the external system returns records.
        kept = [_id_of(item, item_key) for item in kept]
    return [*(ours or ()), *kept]


def _identity(item: Any, item_key: str) -> str:
    identity = _id_of(item, item_key)
    return str(identity) if isinstance(identity, int | str) else digest(identity)


def _id_of(item: Any, item_key: str) -> Any:
    return item[item_key] if isinstance(item, Mapping) and item_key in item else item
