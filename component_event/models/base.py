from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo import api, models

from odoo.addons.component.core import ComponentRegistry, _component_databases

from .. import record_events
from ..components.event import CollectedEvents
from ..core import EventWorkContext
from ..muting import MUTED

if TYPE_CHECKING:
    from typing import Self

NOTHING_HEARD = frozenset()


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

        :param collection: only listeners of this collection, and those of any; when
            not given, listeners of all collections hear the event
        :param components_registry: where to find them, by default the components of
            the database; the context key of the same name wins

        Nobody hears an event while the components of the database are being built.
        Raises ``ValueError`` for a name without ``on_``.
        """
        if not name.startswith("on_"):
            raise ValueError(f"The name of an event starts with on_, not {name!r}.")
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

    def _heard_record_events(self) -> frozenset[str]:
        """Return the record events that have a listener on this model.

        Asked at each create, write and unlink, on all models: it must stay cheap.
        """
        env = self.env
        registry = env.context.get("components_registry")
        if registry is None or not isinstance(registry, ComponentRegistry):
            registry = _component_databases.get(env.cr.dbname)
            if registry is None:
                return NOTHING_HEARD
        if not registry.ready:
            return NOTHING_HEARD
        collecter = registry._components.get("base.event.collecter")
        if collecter is None:
            return NOTHING_HEARD
        heard = collecter._cache.get(self._name)
        if heard is None:
            heard = collecter._heard_record_events(registry, self._name)
        if heard and env.context.get("no_record_events") is MUTED:
            return NOTHING_HEARD
        return heard

    def _without_record_events(self) -> Self:
        """Return the same records; nobody hears what is done with them.

        For bulk imports. Can't be asked for from outside, by a value in the context.
        """
        return self.with_context(no_record_events=MUTED)

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        heard = self._heard_record_events()
        if not heard:
            return super().create(vals_list)
        return record_events.create(vals_list, heard, super().create)

    def write(self, vals: dict[str, Any]) -> bool:
        heard = self._heard_record_events()
        if not heard:
            return super().write(vals)
        return record_events.write(self, vals, heard, super().write)

    def unlink(self) -> bool:
        heard = self._heard_record_events()
        if not heard:
            return super().unlink()
        return record_events.unlink(self, heard, super().unlink)
