"""Mappers of received records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odoo.addons.component.core import AbstractComponent

from ...exception import MissingSourceError
from .mapper import Mapper
from .modifier import Modifier, is_received, is_zero, read, source_name
from .plan import is_function
from .relations import external_to_m2o


class ImportMapper(AbstractComponent):
    """Map external data to values of Odoo."""

    _name = "base.import.mapper"
    _inherit = "base.mapper"
    _usage = "import.mapper"

    _map_child_usage = "import.map.child"
    _map_child_fallback = "base.map.child.import"
    _declared_map_attribute = "_import_map"

    def _apply(self, map_record, options=None):
        if self._is_declared:
            self._check_received(map_record.source)
        return super()._apply(map_record, options=options)

    def _check_received(self, record) -> None:
        """Check that a record has all keys that are not optional.

        :raises MissingSourceError: one is missing
        """
        for source, target in self.direct:
            if not is_received(source, record):
                raise MissingSourceError(
                    self.env._(
                        "The record has no key “%(key)s”, which %(target)s is mapped "
                        "from. Correct the key, or declare optional(%(quoted)s) if the "
                        "external system omits it.",
                        key=source_name(source),
                        target=target,
                        quoted=repr(source_name(source)),
                    )
                )

    def content_of(self, record: Any) -> Any:
        """Return what the mapper reads of a received record: keys, and those of lines.

        The whole record if code that may read any key has a part in the mapping.
        """
        if not isinstance(record, Mapping) or not self._reads_declared_keys():
            return record
        names = {source_name(source) for source, _target in self.direct}
        content = {
            name: read(record, name) for name in names if is_received(name, record)
        }
        for field, _target, model_name in self.children:
            if is_received(field, record):
                items = read(record, field)
                content[field] = self._content_of_lines(items, model_name)
        return content

    def _content_of_lines(self, items: Any, model_name: str) -> list:
        mapper = self.component(usage="import.mapper", model_name=model_name)
        id_key = getattr(self._get_map_child_component(model_name), "_id_key", None)
        return [
            [isinstance(item, Mapping) and item.get(id_key), mapper.content_of(item)]
            for item in items or ()
        ]

    def _reads_declared_keys(self) -> bool:
        """Whether it is known which keys of a record the mapper reads."""
        return (
            not self._map_methods
            and is_function(self.finalize, Mapper.finalize)
            and all(
                isinstance(source, str | Modifier) for source, _target in self.direct
            )
        )

    def _is_plain(self, source, target):
        return not callable(source) and self._holds_values(target)

    def _map_all_direct(self, record, direct):
        if not is_function(self._map_direct, ImportMapper._map_direct):
            return super()._map_all_direct(record, direct)
        result = {}
        for source, target, is_plain in direct:
            if is_plain:
                value = record.get(source)
                # Most empty values are quickly told from zero.
                if not value and not (value == 0 and is_zero(value)):
                    value = False
                result[target] = value
            else:
                result[target] = self._map_direct(record, source, target)
        return result

    def _map_direct(self, record, from_attr, to_attr):
        """Return the value of one direct mapping.

        :param record: mapping with a ``get``
        """
        if callable(from_attr):
            return from_attr(self, record, to_attr)
        value = record.get(from_attr)
        if not value and not is_zero(value):
            return False
        if self._is_many2one(to_attr):
            return external_to_m2o(from_attr)(self, record, to_attr)
        return value
