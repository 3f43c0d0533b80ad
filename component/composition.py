"""Composition of declared classes into the built classes of one registry.

A declared class either extends a component in place (its own name, or the single
name it inherits) or makes a new component (prototype inheritance). Built classes
inherit from the built classes of their parents, so that what a later addon adds
to a parent reaches the children through the method resolution order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo.tools.misc import LastOrderedSet, OrderedSet

from . import build_errors

if TYPE_CHECKING:
    from .component import AbstractComponent
    from .registry import ComponentRegistry


def compose(
    declared: type[AbstractComponent],
    registry: ComponentRegistry,
    root: type[AbstractComponent],
) -> type[AbstractComponent]:
    """Build ``declared`` into ``registry``; ``root`` is ``AbstractComponent``.

    :raises TypeError: the declaration cannot be built; the registry is unchanged
    """
    parents = declared_parents(declared)
    name = component_name(declared, parents)
    in_place = name in parents
    if name in registry and not in_place:
        check_redeclaration(declared, registry, name, parents)
    if name != "base":
        parents = [*parents, "base"]
    if in_place:
        if name not in registry:
            raise TypeError(build_errors.nothing_to_extend(declared, registry, name))
        built = registry[name]
        built._build_component_check_base(declared)
    else:
        metaclass: Any = type(declared)
        built = metaclass(
            name,
            (root,),
            {
                "_name": name,
                "_register": False,
                "_inherit_children": OrderedSet(),
                "__module__": declared.__module__,
                "__doc__": declared.__doc__,
            },
        )
    bases = LastOrderedSet([declared])
    for parent in parents:
        if parent not in registry:
            raise TypeError(
                build_errors.unknown_parent(declared, registry, name, parent)
            )
        if parent == name:
            for base in built.__bases__:
                bases.add(base)
        else:
            parent_class = registry[parent]
            built._build_component_check_parent(declared, parent_class)
            bases.add(parent_class)
    set_bases(built, tuple(bases), declared)
    for parent in parents:
        if parent != name:
            registry[parent]._inherit_children.add(name)
    built._complete_component_build()
    registry[name] = built
    if in_place:
        complete_children(built, registry, root)
    return built


def declared_parents(declared: type[AbstractComponent]) -> list[str]:
    """Return the names a declaration inherits from."""
    inherit = declared._inherit
    if isinstance(inherit, str):
        return [inherit]
    return list(inherit or ())


def component_name(declared: type[AbstractComponent], parents: list[str]) -> str:
    """Return the name of the component a declaration creates or extends."""
    name = declared._name or (parents[0] if len(parents) == 1 else None)
    if not name:
        raise TypeError(build_errors.no_name(declared, parents))
    return name


def check_redeclaration(
    declared: type[AbstractComponent],
    registry: ComponentRegistry,
    name: str,
    parents: list[str],
) -> None:
    """Reject a second declaration of a name, which would hide the first.

    Test classes with a parent are allowed: tests that share a registry declare the
    same component one after the other.
    """
    if parents and "_module" not in vars(declared):
        return
    if parents and declared in registry[name].__bases__:
        return
    raise TypeError(build_errors.already_exists(declared, registry, name))


def check_extension(
    built: type[AbstractComponent], extension: type[AbstractComponent]
) -> None:
    """Reject a concrete class that extends an abstract component in place."""
    if built._abstract and not extension._abstract:
        raise TypeError(build_errors.extension_made_concrete(built, extension))


def check_parent(
    built: type[AbstractComponent],
    declared: type[AbstractComponent],
    parent: type[AbstractComponent],
) -> None:
    """Reject an abstract component that inherits from a concrete one."""
    if declared._abstract and not parent._abstract and built is not parent:
        name = declared._name or built._name
        raise TypeError(build_errors.abstract_from_concrete(name, declared, parent))


def set_bases(
    built: type[AbstractComponent],
    bases: tuple[type, ...],
    declared: type[AbstractComponent],
) -> None:
    """Set the bases of a built class; explain an order that Python rejects."""
    try:
        built.__bases__ = bases
    except TypeError as error:
        raise TypeError(
            build_errors.impossible_bases(declared, built, error)
        ) from error


def complete_children(
    built: type[AbstractComponent],
    registry: ComponentRegistry,
    root: type[AbstractComponent],
) -> None:
    """Complete the descendants of a component that was just extended again.

    Otherwise what a child precomputed (mappings, events...) would miss what the
    extension added to its parent.
    """
    default = root._complete_component_build.__func__  # type: ignore[attr-defined]
    seen = {built._name}
    todo = list(built._inherit_children)
    while todo:
        name = todo.pop(0)
        child = registry.get(name)
        if name in seen or child is None:
            continue
        seen.add(name)
        if child._complete_component_build.__func__ is not default:
            child._complete_component_build()
        todo.extend(child._inherit_children)
