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
    """Return our list or dict plus what Odoo never had of the remote one.

    The order is that of the remote list if our items have the same order in it, so
    that a list without differences is returned as it is.

    :param key: key of the value in the exported data
    """
    sent = set(memory.get(key + _ITEMS) or ())
    if isinstance(remote, Mapping):
        known = sent | {digest(_identity(name, item_key)) for name in ours or ()}
        kept = {
            name: value
            for name, value in remote.items()
            if digest(_identity(name, item_key)) not in known
        }
        return {**kept, **(ours or {})}
    if not isinstance(remote, list):
        return ours
    return _merge_lists(list(ours or ()), remote, sent, item_key)


def _merge_lists(ours: list, remote: list, sent: set[str], item_key: str) -> list:
    names = [digest(_identity(item, item_key)) for item in ours]
    remote_names = [digest(_identity(item, item_key)) for item in remote]
    by_name = dict(zip(remote_names, remote, strict=True))
    if ours and not isinstance(ours[0], Mapping):
        # We send IDs where the external system returns records.
        remote = [_id_of(item, item_key) for item in remote]
        merged = ours
    else:
        # Keys of an item that Odoo does not know are kept as well.
        merged = [
            {**found, **item}
            if isinstance(found := by_name.get(name), Mapping)
            else item
            for name, item in zip(names, ours, strict=True)
        ]
    kept = [
        (name, item)
        for name, item in zip(remote_names, remote, strict=True)
        if name in names or name not in sent
    ]
    if [name for name, _item in kept if name in names] == names:
        ordered = iter(merged)
        return [next(ordered) if name in names else item for name, item in kept]
    return [*merged, *(item for name, item in kept if name not in names)]


def _identity(item: Any, item_key: str) -> str:
    identity = _id_of(item, item_key)
    return str(identity) if isinstance(identity, int | str) else digest(identity)


def _id_of(item: Any, item_key: str) -> Any:
    return item[item_key] if isinstance(item, Mapping) and item_key in item else item
