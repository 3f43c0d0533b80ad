"""A record to be mapped."""

from __future__ import annotations

from typing import Any

from .options import MapOptions


class MapRecord:
    """The result of :meth:`Mapper.map_record`; ``values()`` can be called
    repeatedly."""

    def __init__(self, mapper, source: Any, parent: MapRecord | None = None):
        self._source = source
        self._mapper = mapper
        self._parent = parent
        self._forced_values: dict = {}

    @property
    def source(self) -> Any:
        """The record to map: external data, or a binding."""
        return self._source

    @property
    def parent(self) -> MapRecord | None:
        """The parent record of a line."""
        return self._parent

    def values(
        self,
        for_create: bool | None = None,
        fields: list[str] | None = None,
        **kwargs: Any,
    ) -> dict:
        """Map the record.

        :param for_create: the values are for a new record
        :param fields: skip mappings that depend only on other fields
        :param kwargs: additional options, available to mappings in ``self.options``
        """
        options = MapOptions(for_create=for_create, fields=fields, **kwargs)
        values = self._mapper._apply(self, options=options)
        values.update(self._forced_values)
        return values

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Force values, as in :meth:`dict.update`: they override all mapped ones."""
        self._forced_values.update(*args, **kwargs)
