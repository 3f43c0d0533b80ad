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


class CurrentOptions:
    """Context manager: the options of a mapper during a mapping.

    A class, as it is entered for each record.
    """

    __slots__ = ("_former", "_mapper", "_options")

    def __init__(self, mapper: Any, options: MapOptions | None) -> None:
        self._mapper = mapper
        self._options = options

    def __enter__(self) -> None:
        self._former = self._mapper._options
        self._mapper._options = self._options

    def __exit__(self, *exc_info: object) -> None:
        # A mapper is reused after an error, by the synchronizer that caught it.
        self._mapper._options = self._former
