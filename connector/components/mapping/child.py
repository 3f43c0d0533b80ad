"""Child mappers map the lines of a record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from odoo.addons.component.core import AbstractComponent

from .options import MapOptions
from .record import MapRecord


class MapChild(AbstractComponent):
    """Base of the components that map the items of a field with their own mapper.

    Its model is that of the items. A connector defines one for a model whose lines need
    more than the default, for example to update existing lines.
    """

    _name = "base.map.child"
    _inherit = "base.connector"

    def _child_mapper(self):
        """Return the mapper of the items."""
        raise NotImplementedError

    def skip_item(self, map_record: MapRecord) -> bool:
        """Whether to skip an item."""
        return False

    def get_items(
        self,
        items: Iterable[Any],
        parent: MapRecord,
        to_attr: str,
        options: MapOptions,
    ) -> Any:
        """Map all items.

        :param items: external data (import) or bindings (export)
        :param parent: the record that the items belong to
        :param to_attr: target key of the result
        :param options: options of the parent's mapping, without its ``fields``
        """
        mapper = self._child_mapper()
        mapped = []
        for item in items:
            map_record = mapper.map_record(item, parent=parent)
            if self.skip_item(map_record):
                continue
            values = self.get_item_values(map_record, to_attr, options)
            if values:
                mapped.append(values)
        return self.format_items(mapped)

    def get_item_values(
        self, map_record: MapRecord, to_attr: str, options: MapOptions
    ) -> dict:
        """Return the values of one item; falsy to skip it."""
        return map_record.values(**options)

    def format_items(self, items_values: list[dict]) -> Any:
        """Return the target value, given the values of the items."""
        return items_values


class ImportMapChild(AbstractComponent):
    """Map lines to commands that create them."""

    _name = "base.map.child.import"
    _inherit = "base.map.child"
    _usage = "import.map.child"

    def _child_mapper(self):
        return self.component(usage="import.mapper")

    def format_items(self, items_values: Any) -> list:
        """Return the commands of a one2many."""
        return [(0, 0, values) for values in items_values]


class ExportMapChild(AbstractComponent):
    """Map lines to a list of dicts."""

    _name = "base.map.child.export"
    _inherit = "base.map.child"
    _usage = "export.map.child"

    def _child_mapper(self):
        return self.component(usage="export.mapper")
