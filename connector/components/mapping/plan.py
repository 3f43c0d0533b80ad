"""What a mapper does for every record, determined once per component and model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from .definitions import MappingDefinition
from .modifier import Source

#: Source, target, and whether the value is used as it is (``False`` if empty). A plain
#: tuple, as it is unpacked for each record.
Direct = tuple[Source, str, bool]


class Plan(NamedTuple):
    """The mappings of a mapper for records of one model, in order of execution."""

    #: Copy of the direct mappings that the plan was made of.
    declared: Sequence[tuple[Source, str]]
    direct: Sequence[Direct]
    #: Names of the fields that the direct mappings read.
    sources: Sequence[str]
    definitions: dict[str, MappingDefinition]
    #: Names of the mapping methods.
    for_create: Sequence[str]
    for_update: Sequence[str]

    def direct_of(self, fields: Collection[str]) -> Sequence[Direct]:
        """Return the direct mappings that read one of these fields."""
        return [
            one
            for one, source in zip(self.direct, self.sources, strict=True)
            if source in fields
        ]


def is_asked(definition: MappingDefinition, options: dict) -> bool:
    """Whether a mapping method is called for these options."""
    if definition.only_create and not options["for_create"]:
        return False
    fields, changed_by = options["fields"], definition.changed_by
    return not fields or not changed_by or not changed_by.isdisjoint(fields)


def is_function(method: Callable, function: Callable) -> bool:
    """Whether a method is this function: neither overridden nor patched."""
    return getattr(method, "__func__", None) is function
