"""Mappers of records to send."""

from __future__ import annotations

from odoo.addons.component.core import AbstractComponent

from .declared import nested
from .modifier import is_zero
from .options import MapOptions
from .plan import is_function
from .relations import m2o_to_external


class ExportMapper(AbstractComponent):
    """Map records of Odoo to the data sent to the external system."""

    _name = "base.export.mapper"
    _inherit = "base.mapper"
    _usage = "export.mapper"

    _map_child_usage = "export.map.child"
    _map_child_fallback = "base.map.child.export"
    _declared_map_attribute = "_export_map"

    def _apply(self, map_record, options=None):
        if not self._is_declared:
            return super()._apply(map_record, options=options)
        dotted = [target for _source, target in self.direct if "." in target]
        if options and options.fields:
            options = MapOptions(options, fields=self._with_siblings(options.fields))
        return nested(super()._apply(map_record, options=options), dotted)

    def _with_siblings(self, names) -> set[str]:
        """Return the fields to export, and those of the same dicts: sent as a whole."""
        groups: dict[str, set[str]] = {}
        for source, target in self.direct:
            group = groups.setdefault(target.split(".")[0], set())
            group.add(self._direct_source_field_name(source))
        asked = set(names)
        return asked.union(
            *(one for one in groups.values() if not one.isdisjoint(asked))
        )

    def _direct_source_field_name(self, direct_entry):
        name = super()._direct_source_field_name(direct_entry)
        # ``country_id.code`` changes with ``country_id``.
        return name.partition(".")[0] if self._is_declared else name

    def _is_plain(self, source, target):
        return not callable(source) and self._holds_values(source)

    def _map_all_direct(self, record, direct):
        if not is_function(self._map_direct, ExportMapper._map_direct):
            return super()._map_all_direct(record, direct)
        result = {}
        for source, target, is_plain in direct:
            if is_plain:
                value = record[source]
                # Most empty values are quickly told from zero.
                if not value and not (value == 0 and is_zero(value)):
                    value = False
                result[target] = value
            else:
                result[target] = self._map_direct(record, source, target)
        return result

    def _map_direct(self, record, from_attr, to_attr):
        """Return the value of one direct mapping.

        :param record: a binding
        """
        if callable(from_attr):
            return from_attr(self, record, to_attr)
        value = record[from_attr]
        if not value and not is_zero(value):
            return False
        if self._is_many2one(from_attr):
            return m2o_to_external(from_attr)(self, record, to_attr)
        return value
