"""The part of mappers that uses the map declared by their model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from .declared import DeclaredMap, bound_sources, declared_map
from .modifier import Source, is_received, read
from .relations import Bound


class DeclaredMapMixin:
    """A Python base class of the mapper, not a component of its own."""

    direct: list[tuple[Source, str]]
    children: list[tuple[str, str, str]]

    #: By class of the model and version of the backend.
    _declared_maps: dict[tuple[type, str | None], DeclaredMap]
    #: Attribute of the binding model with its declared map.
    _declared_map_attribute: str | None = None
    #: Sources of lines that may be missing in a record.
    _optional_children: frozenset[str] = frozenset()
    #: Sources and models of the lines in the declared map.
    _declared_lines: Sequence[tuple[str, str]] = ()

    def _add_declared(self) -> None:
        """Add the map that the model declares; mappings of the class override it."""
        attribute = self._declared_map_attribute
        if not attribute or getattr(type(self.model), attribute, None) is None:
            return
        model_class, version = (
            type(self.model),
            self.backend_record._get_backend_version(),
        )
        key = (model_class, version)
        declared = self._declared_maps.get(key)
        if declared is None:
            declared = declared_map(model_class, attribute, version)
            own = {target for _source, target in self.direct}
            declared = self._declared_maps[key] = replace(
                declared,
                direct=[
                    *(entry for entry in declared.direct if entry[1] not in own),
                    *self.direct,
                ],
                children=[*declared.children, *self.children],
            )
        self.direct, self.children = declared.direct, declared.children
        self._optional_children = declared.optional_children
        self._declared_lines = declared.lines

    @cached_property
    def bound_sources(self) -> list[Bound]:
        """The relations that ``direct`` maps with ``bound``."""
        return list(bound_sources(self.direct))

    def bound_ids(self, record: Any) -> list[tuple[Any, str]]:
        """Return external IDs and binding models of what a received record needs.

        Those of the lines that the model declares are included.
        """
        needed = [
            (source.external_id(self, record), source.binding)
            for source in self.bound_sources
        ]
        for mapper, item in self._lines_of(record):
            needed += mapper.bound_ids(item)
        return needed

    def may_be_gone(self, record: Any, external_id: Any, binding: str) -> bool:
        """Whether a record, or one of its lines, can do without one it is bound to."""
        return any(
            source.missing == "empty"
            and source.binding == binding
            and source.external_id(self, record) == external_id
            for source in self.bound_sources
        ) or any(
            mapper.may_be_gone(item, external_id, binding)
            for mapper, item in self._lines_of(record)
        )

    def _lines_of(self, record: Any) -> Iterator[tuple[Any, Any]]:
        """Yield the lines that the model declares, each with its mapper."""
        for field, model_name in self._declared_lines:
            items = read(record, field) if is_received(field, record) else None
            if items:
                mapper = self.component(usage="import.mapper", model_name=model_name)
                yield from ((mapper, item) for item in items)
