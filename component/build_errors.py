"""Error messages of declarations that cannot be built.

Each message names the component, the declared class, its addon and file, and the
fix. Developers read them, so they are not translated.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from .declaration import MetaComponent
from .source import addon_of, declared_classes, describe

if TYPE_CHECKING:
    from .component import AbstractComponent
    from .registry import ComponentRegistry


def no_name(declared: type[AbstractComponent], parents: list[str]) -> str:
    """Return the message of a declaration without ``_name``."""
    advice = (
        f"it inherits from {', '.join(parents)}; set _name to the one it extends, or "
        "to the name of a new component"
        if parents
        else "set _name to create a component, or _inherit to extend one"
    )
    return f"{describe(declared)} must have a _name: {advice}."


def already_exists(
    declared: type[AbstractComponent], registry: ComponentRegistry, name: str
) -> str:
    """Return the message of a second declaration of the same name."""
    first = declared_classes(registry[name])[-1:]
    former = f" It is declared by {describe(first[0])}." if first else ""
    return (
        f"Component {name!r} (in {describe(declared)}) already exists.{former} "
        f"Use _inherit = {name!r} to extend it, or give the new one a different _name."
    )


def nothing_to_extend(
    declared: type[AbstractComponent], registry: ComponentRegistry, name: str
) -> str:
    """Return the message of an extension of a component that does not exist."""
    return (
        f"Component {name!r} does not exist in registry, {describe(declared)} cannot "
        f"extend it. {_where_is(declared, registry, name)}"
    )


def unknown_parent(
    declared: type[AbstractComponent],
    registry: ComponentRegistry,
    name: str,
    parent: str,
) -> str:
    """Return the message of a missing parent, or of a cycle of parents."""
    return (
        f"Component {name!r} inherits from non-existing component {parent!r} (in "
        f"{describe(declared)}). {_where_is(declared, registry, parent, child=name)}"
    )


def extension_made_concrete(
    built: type[AbstractComponent], extension: type[AbstractComponent]
) -> str:
    """Return the message of a ``Component`` that extends an abstract one in place."""
    return (
        f"{describe(extension)} transforms the abstract component {built._name!r} into "
        "a non-abstract component. Extend it with an AbstractComponent, or give the "
        "concrete one its own _name."
    )


def abstract_from_concrete(
    name: str, declared: type[AbstractComponent], parent: type[AbstractComponent]
) -> str:
    """Return the message of an abstract component with a concrete parent."""
    return (
        f"In {describe(declared)}, the abstract component {name!r} cannot inherit from "
        f"the non-abstract component {parent._name!r}. Make it a Component, or inherit "
        "from an abstract one."
    )


def impossible_bases(
    declared: type[AbstractComponent], built: type[AbstractComponent], error: Exception
) -> str:
    """Return the message of parents that Python cannot order."""
    problem = (
        "one of its parents already inherits from it: a cycle"
        if "cycle" in str(error)
        else "its parents are in an order that contradicts the order of their own "
        "parents; list the most specific first"
    )
    return (
        f"Component {built._name!r} cannot be composed with {describe(declared)}: "
        f"{problem} ({error})."
    )


def _where_is(
    declared: type[AbstractComponent],
    registry: ComponentRegistry,
    missing: str,
    child: str | None = None,
) -> str:
    """Explain why a component is missing, from all declared classes."""
    if child and (cycle := _cycle(child, missing)):
        return f"They inherit from each other: {' -> '.join(cycle)}."
    addon = addon_of(declared)
    for origin in _declarations(missing):
        if addon_of(origin) == addon:
            return f"{describe(origin)} declares it, but later: import it first."
        if addon_of(origin) in registry._loaded_modules:
            return f"{describe(origin)} declares it, but could not be built."
        return (
            f"{describe(origin)} declares it: addon {addon_of(origin)} must be "
            f"installed, and in the dependencies of {addon}."
        )
    near = get_close_matches(missing, list(registry), n=3)
    return f"Did you mean {', '.join(near)}?" if near else "No addon declares it."


def _declarations(name: str) -> list[type[AbstractComponent]]:
    """Return the declared classes that create a component of this name."""
    return [
        declared
        for bucket in list(MetaComponent._modules_components.values())
        for declared in list(bucket)
        if declared._name == name and name not in _inherited(declared)
    ]


def _inherited(declared: type[AbstractComponent]) -> list[str]:
    inherit = declared._inherit
    return [inherit] if isinstance(inherit, str) else list(inherit or ())


def _cycle(start: str, parent: str) -> list[str]:
    """Return the names of a cycle from ``start`` back to it, empty if there is none."""
    paths = [[start, parent]]
    seen = set()
    while paths:
        path = paths.pop()
        if path[-1] == start:
            return path
        if path[-1] in seen:
            continue
        seen.add(path[-1])
        for declared in _declarations(path[-1]):
            paths.extend([*path, name] for name in _inherited(declared))
    return []
