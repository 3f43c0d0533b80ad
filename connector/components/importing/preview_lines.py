"""The result of a preview: what changes, formatted for display."""

from __future__ import annotations

from typing import Any, NamedTuple

from odoo import models

from odoo.addons.component.core import Component

from ..differences import differences


class PreviewLine(NamedTuple):
    """The change of one field; values are formatted for display."""

    name: str
    label: str
    current: str
    new: str
    is_change: bool
    origin: str


class PreviewDependency(NamedTuple):
    """The result for a dependency that is not bound yet."""

    label: str
    external_id: str
    #: As in :class:`~.result.SyncResult`; ``failed`` if it is missing.
    kind: str
    reason: str


class Preview(NamedTuple):
    """The result of a preview.

    ``kind`` is one of :class:`~.result.SyncResult`, or ``linked`` if the new binding
    would bind an existing record, whose name is ``linked``.
    """

    kind: str
    binding_id: int | None = None
    lines: list[PreviewLine] = []
    reason: str = ""
    linked: str = ""
    dependencies: list[PreviewDependency] = []


class PreviewLinesMixin:
    """The part of the previewer that compares values with those of a record."""

    def _linked(self, binder: Component, data: dict) -> models.BaseModel | None:
        """Return the existing record that a new binding would bind."""
        field = binder.model._fields.get(binder._odoo_field)
        record_id = field and field.type == "many2one" and data.get(field.name)
        return self.env[field.comodel_name].browse(record_id) if record_id else None

    def _line(
        self,
        model: models.BaseModel,
        known: models.BaseModel,
        name: str,
        value: Any,
        origins: list[str],
    ) -> PreviewLine:
        """Compare a value with the existing one.

        :param known: the binding, or the record to be bound
        """
        origin = ", ".join(reversed(origins))
        field = model._fields.get(name)
        if field is None:
            problem = self.env._("no such field")
            return PreviewLine(name, problem, "", str(value), True, origin)
        is_known = bool(known) and name in known._fields
        if is_known and known._name != model._name:
            # Other fields of a binding may have the same name as a field of the record.
            is_known = field.inherited
        return PreviewLine(
            name,
            field._description_string(self.env),
            self._shown(field, known[name]) if is_known else "",
            self._shown_value(model, field, value),
            not is_known or bool(differences(known, {name: value})),
            origin,
        )

    def _shown_value(self, model: models.BaseModel, field, value: Any) -> str:
        """Return a value to write, formatted for display."""
        if field.type in ("one2many", "many2many"):
            return self.env._("%s changes", len(value or ()))
        record = model.new({field.name: value})
        return self._shown(field, record[field.name])

    def _shown(self, field, value: Any) -> str:
        if isinstance(value, models.BaseModel):
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value or "")
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if value is False or value is None:
            return ""
        return str(value)
