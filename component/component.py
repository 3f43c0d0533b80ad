from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import composition
from .declaration import MetaComponent

if TYPE_CHECKING:
    from collections.abc import Callable

    from odoo.api import Environment
    from odoo.models import BaseModel
    from odoo.tools.misc import OrderedSet

    from .registry import ComponentRegistry
    from .work_context import WorkContext


class AbstractComponent(metaclass=MetaComponent):
    """A component that can be inherited but is never returned by a lookup.

    Attributes of a declaration:

    ``_name``
        unique name of the component in the database
    ``_inherit``
        name, or names, of the components it extends
    ``_collection``
        model name of its collection, ``None`` for any
    ``_apply_on``
        model name, or names, it works on, ``None`` for any; with an empty list it can
        only be retrieved by name
    ``_usage``
        purpose of the component; without one, no lookup by usage finds it
    """

    _register = False
    _abstract = True
    _inherit_children: OrderedSet
    _name: str = None  # type: ignore[assignment]  # every built class has one
    _inherit: str | list[str] | tuple[str, ...] | None = None
    _collection: str | None = None
    _apply_on: str | list[str] | tuple[str, ...] | None = None
    _usage: str | None = None

    #: Classmethod ``(cls, work) -> str | None``: why the component does not apply to a
    #: work context, as shown in the error. Makes lookups of the component slower.
    _component_refusal: Callable[[WorkContext], str | None] | None = None

    #: Classmethod ``(cls, other) -> bool``: whether the component is more specific than
    #: another match. It must be a strict partial order.
    _component_precedes: Callable[[type[AbstractComponent]], bool] | None = None

    def __init__(self, work_context: WorkContext) -> None:
        self.work = work_context

    @classmethod
    def _component_match(
        cls,
        work: WorkContext,
        usage: str | None = None,
        model_name: str | None = None,
        **kw: Any,
    ) -> bool:
        """Return whether the component matches this lookup.

        Called on each lookup, once collection, usage and model match. ``kw`` are the
        extra keywords given to ``component()`` or ``many_components()``.
        """
        return True

    @property
    def collection(self) -> BaseModel:
        """Record of the collection this component works for."""
        return self.work.collection

    @property
    def env(self) -> Environment:
        """Environment of the collection."""
        return self.work.env

    @property
    def model(self) -> BaseModel:
        """Empty recordset of the model this component works on."""
        return self.work.model

    def component(
        self,
        usage: str | None = None,
        model_name: str | BaseModel | None = None,
        **kw: Any,
    ) -> AbstractComponent:
        """Find one component; see ``WorkContext.component``."""
        return self.work.component(usage=usage, model_name=model_name, **kw)

    def many_components(
        self,
        usage: str | None = None,
        model_name: str | BaseModel | None = None,
        **kw: Any,
    ) -> list[AbstractComponent]:
        """Find all matching components; see ``WorkContext.many_components``."""
        return self.work.many_components(usage=usage, model_name=model_name, **kw)

    def component_by_name(
        self, name: str, model_name: str | BaseModel | None = None
    ) -> AbstractComponent:
        """Get a component by its name; see ``WorkContext.component_by_name``."""
        return self.work.component_by_name(name, model_name=model_name)

    def __str__(self) -> str:
        return f"Component({self._name})"

    __repr__ = __str__

    @classmethod
    def _build_component(cls, registry: ComponentRegistry) -> type[AbstractComponent]:
        """Build the declared class into a registry and return the built class.

        :raises TypeError: the declaration cannot be built; the message names its
            addon and file
        """
        return composition.compose(cls, registry, AbstractComponent)

    @classmethod
    def _build_component_check_base(cls, extend_cls: type[AbstractComponent]) -> None:
        """Reject an in-place extension that makes an abstract component concrete."""
        composition.check_extension(cls, extend_cls)

    @classmethod
    def _build_component_check_parent(
        component_class,
        cls: type,
        parent_class: type[AbstractComponent],
    ) -> None:
        """Reject an abstract component that inherits from a concrete one."""
        composition.check_parent(component_class, cls, parent_class)

    @classmethod
    def _complete_component_build(cls) -> None:
        """Precompute what depends on the attributes of the built class.

        Called each time a class is added to the component, before lookups can return
        it, and again when a parent is extended: it must compute from scratch.
        """


class Component(AbstractComponent):
    """A concrete component: lookups return it."""

    _register = False
    _abstract = False
