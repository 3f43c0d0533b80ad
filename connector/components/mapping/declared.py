"""The map that a binding model declares, as its mappers use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from odoo import models

from ...versions import serves
from .modifier import Source, chain
from .modifiers import key
from .relations import Bound, Lines


@dataclass(frozen=True)
class ForVersion:
    """Entries of a map for some versions of the external system."""

    specifier: str
    entries: tuple[tuple[Source | Lines, str], ...]


#: ``(source, target)``, or entries for some versions only.
Entry = tuple[Source | Lines, str] | ForVersion


def for_version(specifier: str, *entries: tuple[Source | Lines, str]) -> ForVersion:
    """Declare entries of a map for some versions of the backend.

    :param specifier: like ``">=2,<3"``, see :mod:`odoo.addons.connector.versions`
    """
    return ForVersion(specifier, entries)


def declared_entries(
    model_class: type[models.BaseModel], attribute: str
) -> list[Entry]:
    """Return the entries of all classes of a model, extensions of other addons last.

    :param attribute: ``_import_map`` or ``_export_map``
    """
    return [
        entry
        for base in reversed(model_class.__mro__)
        for entry in vars(base).get(attribute) or ()
    ]


def entries_for(
    entries: Sequence[Entry], version: str | None
) -> list[tuple[Source | Lines, str]]:
    """Return the entries for a version, one for each target: the last one wins."""
    chosen: dict[str, Source | Lines] = {}
    for entry in entries:
        if isinstance(entry, ForVersion):
            applies = version and serves(entry.specifier, version)
            own = entry.entries if applies else ()
        else:
            own = (entry,)
        for source, target in own:
            chosen[target] = source
    return [(source, target) for target, source in chosen.items()]


@dataclass(frozen=True)
class DeclaredMap:
    """The declared entries of a model, in the form in which mappers have theirs."""

    direct: list[tuple[Source, str]]
    #: ``(source, target, model of the lines)``
    children: list[tuple[str, str, str]]
    #: Sources of lines that may be missing in a record.
    optional_children: frozenset[str]
    #: ``(source, model of the lines)``
    lines: list[tuple[str, str]]


def declared_map(
    model_class: type[models.BaseModel], attribute: str, version: str | None
) -> DeclaredMap:
    """Return the map that a model declares for a version of the backend."""
    entries = entries_for(declared_entries(model_class, attribute), version)
    children = [(one, target) for one, target in entries if isinstance(one, Lines)]
    direct = [(one, target) for one, target in entries if not isinstance(one, Lines)]
    return DeclaredMap(
        [
            (key(one) if isinstance(one, str) and "." in one else one, target)
            for one, target in direct
        ],
        [(one.field, target, one.binding) for one, target in children],
        frozenset(one.field for one, _target in children if one.is_optional),
        [(one.field, one.binding) for one, _target in children],
    )


def bound_sources(direct: Sequence[tuple[Source, str]]) -> Iterator[Bound]:
    """Yield the relations among sources, those inside of other modifiers included."""
    for source, _target in direct:
        yield from (one for one in chain(source) if isinstance(one, Bound))


def nested(values: dict[str, Any], targets: Sequence[str]) -> dict[str, Any]:
    """Return values with those of dotted targets in dicts.

    ``{"price.amount": 2}`` becomes ``{"price": {"amount": 2}}``.
    """
    result = {name: value for name, value in values.items() if name not in targets}
    for target in targets:
        if target in values:
            *path, last = target.split(".")
            place = result
            for key in path:
                place = place.setdefault(key, {})
            place[last] = values[target]
    return result
