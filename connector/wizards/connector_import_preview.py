from __future__ import annotations

import json
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.component.utils import get_component_registry

from ..components.importing.errors import failure_reason
from ..components.mapping.declared import declared_entries
from ..resource import resource_of

CONTEXT_KEY = "connector_preview_backend_model"


class ConnectorImportPreview(models.TransientModel):
    """Preview of an import."""

    _name = "connector.import.preview"
    _inherit = "connector.backend.reference"
    _description = "Import Preview"

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

    dependency_ids = fields.One2many(
        comodel_name="connector.import.preview.dependency",
        inverse_name="preview_id",
        readonly=True,
    )

    @api.model
    def _selection_model(self) -> list[tuple[str, str]]:
        """Return the binding models that the backend in the context can import."""
        backend = self.env.context.get(CONTEXT_KEY)
        registry = get_component_registry(self.env.cr.dbname)
        mappers = registry.lookup(backend, usage="import.mapper") if registry else []
        listed = {name for mapper in mappers for name in mapper.apply_on_models or ()}
        names = {
            name
            for name in self.env.registry
            if name in listed or self._declares_import(self.env[name], backend)
        }
        return sorted(
            ((name, self.env["ir.model"]._get(name).name) for name in names),
            key=lambda choice: choice[1],
        )

    def _declares_import(self, model: models.BaseModel, backend: str | None) -> bool:
        """Whether a binding model declares how it is imported.

        :param backend: model of its backend; ``None`` for any, as views are loaded
            without the context
        """
        field = model._fields.get("backend_id")
        is_own = field is not None and backend in (None, field.comodel_name)
        is_declared = bool(is_own and resource_of(model))
        return is_declared and bool(declared_entries(type(model), "_import_map"))

    def action_preview(self) -> dict:
        """Show the changes of the import."""
        self.ensure_one()
        payload = self._read_payload()
        if payload is None and not self.external_id:
            raise UserError(
                self.env._("Enter the ID or the content of the record to import.")
            )
        self.line_ids = self.dependency_ids = False
        with self._backend_of_jobs().work_on(self.model) as work:
            previewer = work.component(usage="import.previewer")
            try:
                preview = previewer.run(self._typed_external_id(work), payload)
            except Exception as error:
                # Any error here is one that the import would fail with.
                raise UserError(
                    self.env._(
                        "The import would fail:\n%(type)s: %(message)s",
                        type=type(error).__name__,
                        message=failure_reason(self.env, error),
                    )
                ) from error
        self.write(
            {
                "message": self._summary(preview),
                "line_ids": [
                    fields.Command.create(line._asdict()) for line in preview.lines
                ],
                "dependency_ids": [
                    fields.Command.create(self._dependency_values(needed))
                    for needed in preview.dependencies
                ],
            }
        )
        return self._show()

    def _backend_of_jobs(self) -> models.BaseModel:
        """Return the backend as its jobs have it.

        :raise AccessError: the user may not see it
        """
        backend = self._backend()
        backend.check_access("read")
        return backend._for_jobs()

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
        changes = sum(line.is_change for line in preview.lines)
        texts = {
            "created": self.env._("A new record would be created."),
            "updated": self.env._("Fields that would change: %s", changes),
            "linked": self.env._(
                "The existing record “%(name)s” would be linked. Fields that would "
                "change: %(count)s",
                name=preview.linked,
                count=changes,
            ),
            "unchanged": self.env._("Nothing would change."),
            "skipped": self.env._("The record would be skipped."),
            "failed": self.env._("The import would fail."),
        }
        return " ".join(filter(None, [texts[preview.kind], preview.reason]))

    def _dependency_values(self, needed) -> dict:
        texts = {
            "created": self.env._("would be created"),
            "linked": self.env._("would be linked to an existing record"),
            "updated": self.env._("would be updated"),
            "unchanged": self.env._("would stay unchanged"),
            "skipped": self.env._("would be skipped"),
            "failed": self.env._("cannot be imported"),
        }
        return {
            "label": needed.label,
            "external_id": needed.external_id,
            "outcome": texts[needed.kind],
            "reason": needed.reason,
        }

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


class ConnectorImportPreviewDependency(models.TransientModel):
    _name = "connector.import.preview.dependency"
    _description = "Import Preview Dependency"

    preview_id = fields.Many2one(
        comodel_name="connector.import.preview", required=True, ondelete="cascade"
    )
    label = fields.Char(string="Required Record")
    external_id = fields.Char(string="External ID")
    outcome = fields.Char()
    reason = fields.Text()
