from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo import api, models

from odoo.addons.component.core import _component_databases

from ..components.event import CollectedEvents
from ..core import EventWorkContext

if TYPE_CHECKING:
    from typing import Self

    from odoo.addons.component.core import ComponentRegistry


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
        registry = env.context.get("components_registry") or components_registry
        if registry is None:
            registry = _component_databases.get(env.cr.dbname)
        if registry is None or not registry.ready:
            return CollectedEvents([])
        collecter = registry.get("base.event.collecter")
        if collecter is None:
            return CollectedEvents([])
        key = (collection._name if collection is not None else None, self._name, name)
        if collecter._cache.get(key) == {}:
            return CollectedEvents([])
        work = EventWorkContext(
            model_name=self._name,
            collection=collection,
            env=env if collection is None else None,
            components_registry=registry,
        )
        return collecter(work).collect_events(name)

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        fields_list = [list(vals) for vals in vals_list]
        records = super().create(vals_list)
        events = records._event("on_record_create")
        if events.events:
            for record, fields in zip(records, fields_list, strict=True):
                events.notify(record, fields=fields)
        return records

    def write(self, vals: dict[str, Any]) -> bool:
        fields = list(vals)
        result = super().write(vals)
        events = self._event("on_record_write")
        if events.events:
            for record in self:
                events.notify(record, fields=fields)
        return result

    def unlink(self) -> bool:
        events = self._event("on_record_unlink")
        if events.events:
            for record in self:
                events.notify(record)
        return super().unlink()
