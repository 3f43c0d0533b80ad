from __future__ import annotations

import json
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.component.utils import get_component_registry

from ..components.import_errors import reason_of

CONTEXT_KEY = "connector_preview_backend_model"


class ConnectorImportPreview(models.TransientModel):
    """Preview of an import."""

    _name = "connector.import.preview"
    _description = "Import Preview"

    backend_model = fields.Char(required=True, readonly=True)
    backend_id = fields.Many2oneReference(
        model_field="backend_model", required=True, readonly=True
    )
    model = fields.Selection(
        selection="_selection_model",
        string="Record Type",
        required=True,
        default=lambda self: next(iter(dict(self._selection_model())), False),
    )
    external_id = fields.Char(string="External ID")
    payload = fields.Text(
        "Content",
        help="The record in the format of the external system, as JSON. If empty, the "
        "record is fetched by its external ID.",
    )
    message = fields.Char(readonly=True)
    line_ids = fields.One2many(
        comodel_name="connector.import.preview.line",
        inverse_name="preview_id",
        readonly=True,
    )

    @api.model
    def _selection_model(self) -> list[tuple[str, str]]:
        """Return the binding models that the backend in the context can import."""
        registry = get_component_registry(self.env.cr.dbname)
        mappers = (
            registry.lookup(self.env.context.get(CONTEXT_KEY), usage="import.mapper")
            if registry
            else []
        )
        names = {
            name for mapper in mappers for name in mapper.apply_on_models or ()
        } & set(self.env.registry)
        return sorted(
            ((name, self.env["ir.model"]._get(name).name) for name in names),
            key=lambda choice: choice[1],
        )

    def action_preview(self) -> dict:
        """Show the changes of the import."""
        self.ensure_one()
        payload = self._read_payload()
        if payload is None and not self.external_id:
            raise UserError(
                self.env._("Enter the ID or the content of the record to import.")
            )
        self.line_ids = False
        with self._backend().work_on(self.model) as work:
            previewer = work.component(usage="import.previewer")
            try:
                preview = previewer.run(self._typed_external_id(work), payload)
            except Exception as error:
                # Any error here is one that the import would fail with.
                raise UserError(
                    self.env._(
                        "The import would fail:\n%(type)s: %(message)s",
                        type=type(error).__name__,
                        message=reason_of(self.env, error),
                    )
                ) from error
        self.write(
            {
                "message": self._summary(preview),
                "line_ids": [
                    fields.Command.create(line._asdict()) for line in preview.lines
                ],
            }
        )
        return self._show()

    def _backend(self) -> models.BaseModel:
        """Return the backend with the access rights and the company of its jobs."""
        backend = self.env[self.backend_model].browse(self.backend_id)
        backend.check_access("read")
        backend = backend.sudo()
        if "company_id" in backend._fields and backend.company_id:
            backend = backend.with_company(backend.company_id)
        return backend

    def _read_payload(self) -> Any:
        if not self.payload:
            return None
        try:
            payload = json.loads(self.payload)
        except ValueError as error:
            raise UserError(
                self.env._("The content is not valid JSON: %s", error)
            ) from error
        if not isinstance(payload, dict):
            raise UserError(
                self.env._(
                    'The content must be a single record, for example {"name": "..."}.'
                )
            )
        return payload

    def _typed_external_id(self, work) -> Any:
        binder = work.component(usage="binder")
        field = work.model._fields[binder._external_field]
        if field.type != "integer" or not self.external_id:
            return self.external_id
        try:
            return int(self.external_id)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "External IDs of this system are numbers, got %s.", self.external_id
                )
            ) from error

    def _summary(self, preview) -> str:
        if not preview.binding_id:
            return self.env._("A new record would be created.")
        changes = sum(line.is_change for line in preview.lines)
        if not changes:
            return self.env._("Nothing would change.")
        return self.env._("Fields that would change: %s", changes)

    def _show(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Preview"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {CONTEXT_KEY: self.backend_model},
        }


class ConnectorImportPreviewLine(models.TransientModel):
    _name = "connector.import.preview.line"
    _description = "Import Preview Field"

    preview_id = fields.Many2one(
        comodel_name="connector.import.preview", required=True, ondelete="cascade"
    )
    name = fields.Char()
    label = fields.Char(string="Field")
    current = fields.Text(string="Current Value")
    new = fields.Text(string="After Import")
    is_change = fields.Boolean()
    origin = fields.Char(string="Mapped by")
