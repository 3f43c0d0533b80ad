"""Options of a mapping."""

from __future__ import annotations

from typing import Any


class MapOptions(dict):
    """Options of a mapping, by key or by attribute; missing ones are ``None``.

    An option with the name of a dict method, such as ``items``, can be accessed by key
    only.
    """

    def __missing__(self, key: str) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            # Python looks up protocol methods this way, e.g. to copy.
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value
