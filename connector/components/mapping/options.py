"""Options of a mapping."""

from __future__ import annotations

from typing import Any


class MapOptions(dict):
    """Options given to a mapping, by key or by attribute; a missing one is ``None``.

    An option that has the name of a method of dicts, like ``items``, can be reached by
    key only.
    """

    def __missing__(self, key: str) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            # Python asks for its protocols this way, e.g. to copy.
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value
