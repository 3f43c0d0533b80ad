"""Lines with their own bindings, updated by each import."""

from __future__ import annotations

from typing import Any

from odoo import fields, models

from odoo.addons.component.core import AbstractComponent

from ...exception import InvalidDataError
from ...line_of import line_of
from ..binding.external_id import is_external_id, known_external_id
from ..differences import differences
from ..mapping.options import MapOptions
from ..mapping.record import MapRecord
from .files import has_files
from .state import import_state


class ChildBindingImporter(AbstractComponent):
    """Create new lines, update those that differ, delete removed ones.

    For a one2many to a binding model whose importer is a ``generic.record.importer``;
    the mapper of the lines maps one line. A line is identified by its external ID.
    Lines that were not imported are kept::

        class OrderLines(Component):
            _name = "shop.order.line.map.child"
            _inherit = ["generic.map.child.import", "shop.base"]
            _apply_on = "shop.order.line"
    """

    _name = "generic.map.child.import"
    _inherit = "base.map.child.import"

    #: Key of the ID of an item.
    _id_key = "id"
    #: What to do with lines no longer received: ``unlink`` (also called ``delete``),
    #: ``archive`` or ``keep`` them. Archived lines become active when received again.
    _on_remote_delete = "unlink"

    def __init__(self, work_context):
        super().__init__(work_context)
        declared = line_of(self.model)
        if declared:
            vars(self).update(declared.map_child_settings())

    def get_items(self, items: Any, parent: Any, to_attr: str, options: Any) -> list:
        """Return the commands of the one2many; empty if nothing changes."""
        mapper, binder = self._child_mapper(), self.binder_for()
        known = self._known(to_attr, options)
        received = self.model.browse()
        commands: list[tuple] = []
        for item in items:
            map_record = mapper.map_record(item, parent=parent)
            if self.skip_item(map_record):
                continue
            line = binder.to_internal(self._id_of(item))
            received |= line
            if line and line not in known:
                commands.append((4, line.id))
            commands += self._commands(line, map_record, to_attr, options)
        imported = known.filtered(
            lambda line: known_external_id(binder, line) is not None
        )
        missing = imported - received
        return commands + self._commands_of_missing(missing)

    def _commands_of_missing(self, lines: models.BaseModel) -> list[tuple]:
        """Return the commands for lines that are no longer received."""
        if self._on_remote_delete in ("unlink", "delete"):
            return [(2, line.id) for line in lines]
        if self._on_remote_delete == "archive":
            active = lines.filtered("active")
            return [(1, line.id, {"active": False}) for line in active]
        return []

    def _known(self, to_attr: str, options: MapOptions) -> models.BaseModel:
        """Return the lines of the record, archived ones included."""
        if not options.binding:
            return self.model.browse()
        return options.binding.with_context(active_test=False)[to_attr]

    def _commands(
        self,
        line: models.BaseModel,
        map_record: MapRecord,
        to_attr: str,
        options: MapOptions,
    ) -> list[tuple]:
        options = MapOptions(options, for_create=not line, binding=line or None)
        values = self.get_item_values(map_record, to_attr, options)
        if values and has_files(values.values()):
            values = self._with_files(line, values)
        if line:
            if self._on_remote_delete == "archive":
                values = {"active": True, **values}
            values = differences(line, values)
            return [(1, line.id, values)] if values else []
        return [(0, 0, self._link(map_record.source) | values)] if values else []

    def _with_files(self, line: models.BaseModel, values: dict) -> dict:
        # With the adapter of the record that has the line; failures are reported on it.
        importer = list(import_state(self.work).in_progress.values())[-1]
        fetcher = importer.component(usage="file.fetcher")
        return fetcher.replace_sources(values, line, importer.context.file_errors)

    def _link(self, item: Any) -> dict:
        """Return the values that bind a new line to an item."""
        binder = self.binder_for()
        return {
            binder._backend_field: self.backend_record.id,
            binder._external_field: binder.normalize_external_id(self._id_of(item)),
            # By this a line with ID 0 differs from one that was never imported.
            binder._sync_date_field: fields.Datetime.now(),
        }

    def _id_of(self, item: Any) -> Any:
        """Return the ID of an item.

        :raises InvalidDataError: it has none
        """
        external_id = item.get(self._id_key)
        if not is_external_id(external_id):
            raise InvalidDataError(
                self.env._(
                    "%(model)s: the line has no key “%(key)s”.",
                    model=self.model._description,
                    key=self._id_key,
                )
            )
        return external_id
