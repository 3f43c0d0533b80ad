from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo.addons.component.core import WorkContext

if TYPE_CHECKING:
    from odoo.api import Environment
    from odoo.models import BaseModel

    from odoo.addons.component.core import AbstractComponent, ComponentRegistry


class EventWorkContext(WorkContext):
    """The work context of listeners, which may have no collection.

    Without a collection, a listener reaches the components of one with
    ``self.work.work_on(collection=record.backend_id)``.

    :raises ValueError: not given exactly one of ``collection`` and ``env``
    """

    def __init__(
        self,
        model_name: str | None = None,
        collection: BaseModel | None = None,
        env: Environment | None = None,
        components_registry: ComponentRegistry | None = None,
        **kwargs: Any,
    ) -> None:
        if collection is None and not env:
            raise ValueError("EventWorkContext needs a collection or an env.")
        if collection and env:
            raise ValueError("EventWorkContext takes a collection or an env, not both.")
        self._env = env
        super().__init__(
            model_name=model_name,
            collection=collection,
            components_registry=components_registry,
            **kwargs,
        )
        if env:
            self._propagate_kwargs.remove("collection")
            self._propagate_kwargs.append("env")

    @property
    def env(self) -> Environment:
        """The given environment, or that of the collection."""
        return self._env or self.collection.env

    @env.setter
    def env(self, value: Environment | None) -> None:
        self._env = value

    @property
    def collection(self) -> BaseModel:
        """The collection of the event.

        :raises ValueError: the event was fired without a collection
        """
        if self._collection is None:
            raise ValueError(
                "The event was fired without a collection: use "
                "self.work.work_on(collection=...) to set one."
            )
        return self._collection

    @collection.setter
    def collection(self, value: BaseModel | None) -> None:
        self._collection = value

    def work_on(
        self,
        model_name: str | None = None,
        collection: BaseModel | None = None,
    ) -> WorkContext:
        """Return a regular work context, for the given collection or that of the event.

        :raises ValueError: there is no collection, or it belongs to another
            transaction or user than the event
        """
        if collection is None:
            collection = self._collection
        if collection is None:
            raise ValueError(
                "The event was fired without a collection: pass one to "
                "work_on(collection=...)."
            )
        own, other = self.env, collection.env
        if own is not other and (own.cr is not other.cr or own.uid != other.uid):
            raise ValueError(
                "The collection belongs to another transaction or user than the event: "
                "pass record.with_env(self.env)."
            )
        kwargs = {
            name: getattr(self, name)
            for name in self._propagate_kwargs
            if name not in ("collection", "env", "model_name")
        }
        return WorkContext(
            model_name=model_name or self.model_name, collection=collection, **kwargs
        )

    def component_by_name(
        self, name: str, model_name: str | BaseModel | None = None
    ) -> AbstractComponent:
        """Get a component of the collection by its name."""
        return self._work_of_collection().component_by_name(name, model_name=model_name)

    def component(
        self,
        usage: str | None = None,
        model_name: str | BaseModel | None = None,
        **kw: Any,
    ) -> AbstractComponent:
        """Find one component of the collection."""
        return self._work_of_collection().component(
            usage=usage, model_name=model_name, **kw
        )

    def many_components(
        self,
        usage: str | None = None,
        model_name: str | BaseModel | None = None,
        **kw: Any,
    ) -> list[AbstractComponent]:
        """Find all matching components of the collection."""
        return self._work_of_collection().many_components(
            usage=usage, model_name=model_name, **kw
        )

    def _work_of_collection(self) -> WorkContext:
        if self._collection is None:
            raise TypeError(
                "Components cannot be looked up without a collection: use "
                "self.work.work_on(collection=...) first."
            )
        return self.work_on()

    def __str__(self) -> str:
        target = self._env if self._collection is None else self._collection
        return f"EventWorkContext({self.model_name}, {target!r})"

    __repr__ = __str__
