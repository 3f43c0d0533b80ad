"""The content of a component registry, as data to print or serialize."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from .declaration import MetaComponent
from .source import addon_of, declared_classes, file_and_line, location

if TYPE_CHECKING:
    from .component import AbstractComponent
    from .registry import ComponentRegistry


@dataclass(frozen=True)
class Declaration:
    """A declared class: its addon and source location."""

    python_class: str
    addon: str
    location: str
    file: str
    line: int

    @classmethod
    def of(cls, declared: type[AbstractComponent]) -> Declaration:
        """Describe a declared class."""
        path, line = file_and_line(declared)
        return cls(
            declared.__qualname__, addon_of(declared), location(declared), path, line
        )

    def __str__(self) -> str:
        return f"{self.python_class} {self.location}"


@dataclass(frozen=True)
class ComponentInfo:
    """A component: the attributes that lookups match, its declarations and parents.

    ``mro`` lists the declared classes in method resolution order, those of the
    parents included.
    """

    name: str
    abstract: bool
    collection: str | None
    usage: str | None
    models: list[str] | None
    declared: Declaration | None
    extended: list[Declaration]
    parents: list[str]
    mro: list[Declaration]

    def as_dict(self) -> dict[str, Any]:
        """Return the component as plain values."""
        return asdict(self)


def inspect_component(registry: ComponentRegistry, name: str) -> ComponentInfo:
    """Describe a component.

    :raises KeyError: no component has this name
    """
    built = registry[name]
    newest_first = [Declaration.of(declared) for declared in declared_classes(built)]
    models = built.apply_on_models
    return ComponentInfo(
        name=name,
        abstract=built._abstract,
        collection=built._collection,
        usage=built._usage,
        models=list(models) if models is not None else None,
        declared=newest_first[-1] if newest_first else None,
        extended=newest_first[-2::-1],
        parents=[base._name for base in built.__bases__ if _is_built(base)],
        mro=[
            Declaration.of(base)
            for base in built.__mro__
            if _is_component(base)
            and not _is_built(base)
            and base.__module__ != f"{__package__}.component"
        ],
    )


def list_components(
    registry: ComponentRegistry,
    collection: str | None = None,
    usage: str | None = None,
    model: str | None = None,
) -> Iterator[ComponentInfo]:
    """Describe the components that match, abstract ones included.

    As in lookups, components without collection or models match any.
    """
    for name in registry:
        info = inspect_component(registry, name)
        if (
            (collection is None or info.collection in (None, collection))
            and (usage is None or info.usage == usage)
            and (model is None or info.models is None or model in info.models)
        ):
            yield info


def _is_component(base: type) -> TypeGuard[type[AbstractComponent]]:
    return isinstance(base, MetaComponent)


def _is_built(component: type) -> TypeGuard[type[AbstractComponent]]:
    return "_inherit_children" in vars(component)
