"""What the exports remember of the values that the other system has.

A dict in JSON, kept on the binding: for each key a short digest of its value, enough to
compare, nothing to read. Of lists and dicts that are merged into what the other system
has, the digests of their items are kept too: an item that was sent once and is not
there any more was taken away in Odoo, one that never was sent Odoo does not know.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

#: Version of a record after an export whose response has none.
UNKNOWN_VERSION = "?"

#: What the key of the items' digests ends in.
_ITEMS = "[]"


def digest(value: Any) -> str:
    """Return a short digest of a value of JSON."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def store_digest(
    memory: dict, key: str, value: Any, item_key: str | None = None
) -> None:
    """Remember that the other system has a value.

    :param item_key: key of what tells items from each other, where they are kept too
    """
    memory[key] = digest(value)
    if item_key is not None and isinstance(value, list | Mapping):
        memory[key + _ITEMS] = sorted(digest(_identity(i, item_key)) for i in value)


def merge_unknown(
    ours: Any, theirs: Any, key: str, memory: dict, item_key: str = "id"
) -> Any:
    """Return a list or dict of ours with the items of theirs that Odoo never knew.

    :param key: of the value in what is exported
    """
    if not isinstance(theirs, list | Mapping):
        return ours
    known = set(memory.get(key + _ITEMS) or ())
    known |= {digest(_identity(item, item_key)) for item in ours or ()}
    kept = [i for i in theirs if digest(_identity(i, item_key)) not in known]
    if isinstance(theirs, Mapping):
        return {**{name: theirs[name] for name in kept}, **(ours or {})}
    if ours and not isinstance(ours[0], Mapping):
        # We send ids where the other system answers with records.
        kept = [_id_of(item, item_key) for item in kept]
    return [*(ours or ()), *kept]


def _identity(item: Any, item_key: str) -> str:
    identity = _id_of(item, item_key)
    return str(identity) if isinstance(identity, int | str) else digest(identity)


def _id_of(item: Any, item_key: str) -> Any:
    return item[item_key] if isinstance(item, Mapping) and item_key in item else item
