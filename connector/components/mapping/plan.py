"""What a mapper does for every record, determined once per component and model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from .definitions import MappingDefinition
from .modifiers import Source


class Direct(NamedTuple):
    """A direct mapping."""

    source: Source
    target: str
    #: Name of the field that the source reads.
    field: str
    #: Whether the value is used as it is, or ``False`` if empty.
    is_plain: bool


class Plan(NamedTuple):
    """The mappings of a mapper for records of one model, in order of execution."""

    #: Copy of the direct mappings that the plan was made of.
    declared: Sequence[tuple[Source, str]]
    direct: Sequence[Direct]
    definitions: dict[str, MappingDefinition]
    #: Names of the mapping methods.
    for_create: Sequence[str]
    for_update: Sequence[str]

    def methods(
        self, for_create: bool | None, fields: Collection[str] | None
    ) -> Sequence[str]:
        """Return the names of the mapping methods to call.

        :param fields: only those that depend on one of these fields, or on none
        """
        names = self.for_create if for_create else self.for_update
        if not fields:
            return names
        return [
            name
            for name in names
            if is_asked(self.definitions[name].changed_by, fields)
        ]


def is_asked(changed_by: set[str], fields: Collection[str] | None) -> bool:
    """Whether to call a method that depends on some fields, or on none."""
    return not fields or not changed_by or not changed_by.isdisjoint(fields)
