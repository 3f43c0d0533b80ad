from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo.models import BaseModel

from . import explanation
from .databases import _component_databases
from .exception import (
    NoComponentError,
    RegistryNotReadyError,
    SeveralComponentError,
)
from .matching import accepts
from .ranking import preferred
from .registry import ComponentRegistry

if TYPE_CHECKING:
    from odoo.api import Environment

    from .component import AbstractComponent


class WorkContext:
    """The context of components: a collection, a model, and extra attributes.

    Extra keywords become attributes, which ``work_on`` passes on to the next work
    context. To pass on an attribute that is set later, append its name to
    ``_propagate_kwargs``.

    :raises KeyError: the model does not exist
    :raises RegistryNotReadyError: the components of the database are not built yet
    :raises TypeError: a keyword would hide a member of the work context
    """

    def __init__(
        self,
        model_name: str | None = None,
        collection: BaseModel | None = None,
        components_registry: ComponentRegistry | None = None,
        **kwargs: Any,
    ) -> None:
        self.collection: BaseModel = collection
        # an environment has no model None
        self.model_name: str = model_name  # type: ignore[assignment]
        self.model: BaseModel = self.env[model_name]
        self.components_registry = self._choose_registry(
            collection, components_registry
        )
        self._propagate_kwargs = ["collection", "model_name", "components_registry"]
        if not kwargs:
            return
        if reserved := RESERVED_KEYWORDS.intersection(kwargs):
            names = ", ".join(sorted(reserved))
            raise TypeError(
                f"A work context does not accept the keyword {names}, which would hide "
                "a member: use another name."
            )
        for name, value in kwargs.items():
            self._propagate_kwargs.append(name)
            setattr(self, name, value)

    def _choose_registry(
        self, collection: BaseModel | None, given: ComponentRegistry | None
    ) -> ComponentRegistry:
        """Return the registry to look up components in.

        In order: that of the context of a collection record, the one given, that of
        the context of an empty collection, that of the database.
        """
        of_context = None
        if collection is not None:
            of_context = collection.env.context.get("components_registry")
            # the context of a mocked collection returns anything
            if not isinstance(of_context, ComponentRegistry):
                of_context = None
        chosen = (of_context if collection else given) or given or of_context
        return chosen if chosen is not None else self._registry_of_database()

    def _registry_of_database(self) -> ComponentRegistry:
        dbname = self.env.cr.dbname
        try:
            registry = _component_databases[dbname]
        except KeyError as error:
            raise RegistryNotReadyError(_NOT_READY % dbname) from error
        if not registry.ready and not registry._components:
            raise RegistryNotReadyError(_NOT_READY % dbname)
        return registry

    @property
    def env(self) -> Environment:
        """Environment of the collection."""
        if self.collection is None:
            raise ValueError(
                "A work context needs a collection: call work_on() on its record."
            )
        return self.collection.env

    def work_on(
        self,
        model_name: str | None = None,
        collection: BaseModel | None = None,
    ) -> WorkContext:
        """Return a new work context for another model, collection, or both.

        It is never shared: components set attributes on their work context, which
        the next component for the same model must not see.
        """
        kwargs = {name: getattr(self, name) for name in self._propagate_kwargs}
        if collection is not None:
            kwargs["collection"] = collection
        if model_name is not None:
            kwargs["model_name"] = model_name
        return self.__class__(**kwargs)

    def _work_for(self, model_name: str | None) -> WorkContext:
        return self if model_name == self.model_name else self.work_on(model_name)

    def component(
        self,
        usage: str | None = None,
        model_name: str | BaseModel | None = None,
        **kw: Any,
    ) -> AbstractComponent:
        """Return the component for a usage, on the current model or another one.

        When several match, those of the current collection are preferred, then
        those that list the model in their ``_apply_on``. ``kw`` are passed to the
        ``_component_match`` of the candidates.

        :raises NoComponentError: no component matches; the message lists the closest
            ones and the condition each failed
        :raises SeveralComponentError: several match and none is preferred
        """
        work = self._work_for(self._ensure_model_name(model_name))
        collection_name = work.collection._name
        if not kw:
            chosen = work.components_registry.resolve(
                collection_name, usage, work.model_name
            )
            if chosen is not None:
                return chosen(work)
        candidates, work = self._matching_components(usage, work.model_name, **kw)
        if not candidates:
            raise NoComponentError(explanation.nothing_found(work, usage, kw))
        found = preferred(candidates, collection_name, work.model_name)
        if len(found) > 1:
            raise SeveralComponentError(
                explanation.several_found(work, usage, kw, found)
            )
        return found[0](work)

    def many_components(
        self,
        usage: str | None = None,
        model_name: str | BaseModel | None = None,
        **kw: Any,
    ) -> list[AbstractComponent]:
        """Return all components for a usage, in order of registration."""
        model_name = self._ensure_model_name(model_name)
        classes, work = self._matching_components(usage, model_name, **kw)
        return [component_class(work) for component_class in classes]

    def component_by_name(
        self, name: str, model_name: str | BaseModel | None = None
    ) -> AbstractComponent:
        """Return the component of this name, abstract ones included.

        :raises NoComponentError: there is none, or it belongs to another collection
            or model
        """
        component_class = self._component_class_by_name(name)
        collection = component_class._collection
        if collection is not None and collection != self.collection._name:
            raise NoComponentError(
                explanation.other_collection(name, collection, self.collection._name)
            )
        model_name = self._ensure_model_name(model_name)
        models = component_class.apply_on_models
        if models and model_name not in models:
            raise NoComponentError(explanation.other_models(name, models, model_name))
        return component_class(self._work_for(model_name))

    def _component_class_by_name(self, name: str) -> type[AbstractComponent]:
        component_class = self.components_registry.get(name)
        if component_class is None:
            raise NoComponentError(
                explanation.unknown_name(self.components_registry, name)
            )
        return component_class

    def _ensure_model_name(self, model_name: str | BaseModel | None) -> str:
        """Return the name of a model given by name or recordset, or the current one."""
        if isinstance(model_name, BaseModel):
            return model_name._name
        return model_name or self.model_name

    def _lookup_components(
        self, usage: str | None = None, model_name: str | None = None, **kw: Any
    ) -> list[type[AbstractComponent]]:
        """Return the classes that match; ``None`` as model means any."""
        candidates = self.components_registry.lookup(
            self.collection._name, usage=usage, model_name=model_name
        )
        return [
            component_class
            for component_class in candidates
            if accepts(component_class, self, usage, model_name, kw)
        ]

    def _matching_components(
        self,
        usage: str | None = None,
        model_name: str | BaseModel | None = None,
        **kw: Any,
    ) -> tuple[list[type[AbstractComponent]], WorkContext]:
        """Return the classes that match, and the work context for them."""
        if isinstance(model_name, BaseModel):
            model_name = model_name._name
        work = self._work_for(model_name)
        return work._lookup_components(usage, model_name, **kw), work

    def _filter_components_by_collection(
        self, component_classes: list[type[AbstractComponent]]
    ) -> list[type[AbstractComponent]]:
        name = self.collection._name
        return [c for c in component_classes if c._collection == name]

    def _filter_components_by_model(
        self, component_classes: list[type[AbstractComponent]], model_name: str
    ) -> list[type[AbstractComponent]]:
        return [c for c in component_classes if model_name in (c.apply_on_models or ())]

    def __str__(self) -> str:
        return f"WorkContext({self.model_name}, {self.collection!r})"

    __repr__ = __str__


RESERVED_KEYWORDS = frozenset(
    {name for name in vars(WorkContext) if not name.startswith("__")}
    | {"collection", "model", "model_name", "components_registry", "_propagate_kwargs"}
)

_NOT_READY = (
    "The components of database %s are not built yet. They are built when its "
    "registry is loaded, after data files, post_init_hook and at_install tests. Let "
    "the test inherit from TransactionComponentCase, or run the code later."
)
