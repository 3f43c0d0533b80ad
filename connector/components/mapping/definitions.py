"""The mappings of a mapper, collected when its component is built.

A mapper inherits the mappings of its parents: built components, classes declared by an
addon, or plain mixins.
"""

from __future__ import annotations

from collections import namedtuple

#: ``changed_by``: set of field names; ``only_create``: bool.
MappingDefinition = namedtuple("MappingDefinition", ["changed_by", "only_create"])


def collect(bases: tuple[type, ...]) -> dict[str, MappingDefinition]:
    """Return the mappings of a component with these bases, by name of method.

    They are in execution order: last base first. Declarations of several bases are
    merged into new sets; the bases are not modified.
    """
    collected: dict[str, MappingDefinition] = {}
    for base in reversed(bases):
        inherited = getattr(base, "_map_methods", None)
        if hasattr(base, "_map_methods"):
            for name, definition in (inherited or {}).items():
                _add(collected, name, definition, keep_flag=True)
        else:
            for name, definition in _declared(base):
                _add(collected, name, definition, keep_flag=False)
    return collected


def _declared(base: type):
    for name in dir(base):
        func = getattr(base, name, None)
        if getattr(func, "is_mapping", None):
            yield (
                name,
                MappingDefinition(
                    set(getattr(func, "changed_by", ())),
                    bool(getattr(func, "only_create", False)),
                ),
            )


def _add(
    collected: dict[str, MappingDefinition],
    name: str,
    definition: MappingDefinition,
    keep_flag: bool,
) -> None:
    former = collected.get(name, MappingDefinition(set(), False))
    collected[name] = MappingDefinition(
        former.changed_by | definition.changed_by,
        # A class that redeclares a mapping overrides it; components are merged.
        definition.only_create or (keep_flag and former.only_create),
    )
