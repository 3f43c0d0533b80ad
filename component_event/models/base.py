from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo import api, models

from odoo.addons.component.core import ComponentRegistry, _component_databases

from .. import record_events
from ..components.event import CollectedEvents
from ..core import EventWorkContext
from ..suppression import SUPPRESSED

if TYPE_CHECKING:
    from typing import Self

NO_EVENTS: frozenset[str] = frozenset()


class Base(models.AbstractModel):
    _inherit = "base"

    def _event(
        self,
        name: str,
        collection: models.BaseModel | None = None,
        components_registry: ComponentRegistry | None = None,
    ) -> CollectedEvents:
        """Collect the listeners of an event on this model::

            self._event("on_invoice_paid").notify(self)

        No listener is called while the components of the database are being built.

        :param collection: restrict to listeners of this collection and to those of
            any; by default the listeners of all collections are called
        :param components_registry: registry to search, by default that of the
            database; the context key of the same name has precedence
        :raises ValueError: the name does not start with ``on_``
        """
        if not name.startswith("on_"):
            raise ValueError(f"The name of an event must start with on_: {name!r}")
        env = self.env
        registry = env.context.get("components_registry")
        if not isinstance(registry, ComponentRegistry):
            registry = components_registry or _component_databases.get(env.cr.dbname)
        if registry is None or not registry.ready:
            return CollectedEvents([])
        collecter = registry.get("base.event.collecter")
        if collecter is None:
            return CollectedEvents([])
        key = (collection._name if collection is not None else None, self._name, name)
        if collecter._collects_by_lookup and collecter._cache.get(key) == {}:
            return CollectedEvents([])
        work = EventWorkContext(
            model_name=self._name,
            collection=collection,
            env=env if collection is None else None,
            components_registry=registry,
        )
        return collecter(work).collect_events(name)

    def _listened_record_events(self) -> frozenset[str]:
        """Return the record events that have a listener on this model.

        Called on every create, write and unlink of all models: it must stay cheap.
        """
        env = self.env
        registry = env.context.get("components_registry")
        if registry is None or not isinstance(registry, ComponentRegistry):
            registry = _component_databases.get(env.cr.dbname)
            if registry is None:
                return NO_EVENTS
        if not registry.ready:
            return NO_EVENTS
        collecter = registry._components.get("base.event.collecter")
        if collecter is None:
            return NO_EVENTS
        events = collecter._cache.get(self._name)
        if events is None:
            events = collecter._listened_record_events(registry, self._name)
        if events and env.context.get("no_record_events") is SUPPRESSED:
            return NO_EVENTS
        return events

    def _without_record_events(self) -> Self:
        """Return the same records, whose operations fire no event.

        For bulk imports. RPC callers cannot do this with a context value.
        """
        return self.with_context(no_record_events=SUPPRESSED)

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        events = self._listened_record_events()
        if not events:
            return super().create(vals_list)
        return record_events.create(vals_list, events, super().create)

    def write(self, vals: dict[str, Any]) -> bool:
        events = self._listened_record_events()
        if not events:
            return super().write(vals)
        return record_events.write(self, vals, events, super().write)

    def unlink(self) -> bool:
        events = self._listened_record_events()
        if not events:
            return super().unlink()
        return record_events.unlink(self, events, super().unlink)
