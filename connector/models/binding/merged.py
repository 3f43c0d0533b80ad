"""External records that were merged into one record in Odoo.

When two bound records are merged in Odoo, one binding remains; the other external
record is no longer bound. It is stored here, so that its next import does not create
the merged record again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo import api, fields, models
from odoo.tools import ormcache

from odoo.addons.component.exception import NoComponentError

from ...components.binding.external_id import known_external_id

if TYPE_CHECKING:
    from typing import Self


class ConnectorMergedBinding(models.Model):
    _name = "connector.merged.binding"
    _inherit = "connector.backend.reference"
    _description = "Merged External Record"

    binding_model = fields.Char(required=True, readonly=True)
    external_id = fields.Char("External ID", required=True, readonly=True)
    record_model = fields.Char(required=True, readonly=True)
    record_id = fields.Many2oneReference(
        model_field="record_model", required=True, readonly=True
    )

    _external_unique = models.Constraint(
        "UNIQUE (backend_model, backend_id, binding_model, external_id)",
        "An external record can be merged into only one record.",
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        self.env.registry.clear_cache()
        return super().create(vals_list)

    @api.model
    def _merged_into(self, binder, external_id: Any) -> models.BaseModel | None:
        """Return the record into which the record of an unbound external ID was
        merged."""
        model = binder.model._name
        if model not in self._merged_models():
            return None
        merged = self.sudo().search(
            [
                *self._backend_domain(binder.backend_record),
                ("binding_model", "=", model),
                ("external_id", "=", str(binder.normalize_external_id(external_id))),
            ]
        )
        record = merged and self.env[merged.record_model].browse(merged.record_id)
        return record.exists() if record else None

    @api.model
    @ormcache()
    def _merged_models(self) -> frozenset[str]:
        """Return the binding models with merged records: usually none."""
        groups = self.sudo()._read_group([], ["binding_model"])
        return frozenset(model for (model,) in groups)

    @api.model
    def _merge(self, sources: models.BaseModel, target: models.BaseModel) -> None:
        """Keep one binding per backend, before records are merged."""
        for name in self.pool.descendants(["external.binding"], "_inherit"):
            model = self.env[name].with_context(
                active_test=False, connector_no_export=True
            )
            if not model._abstract:
                for field in _bound_fields(model, target):
                    found = model.search([(field, "in", [*sources.ids, target.id])])
                    self._keep_one(found, field, target)
        self.search(
            [
                ("record_model", "=", sources._name),
                ("record_id", "in", sources.ids),
            ]
        ).record_id = target.id

    def _keep_one(self, bindings, odoo_field: str, target: models.BaseModel) -> None:
        backends = self.pool.descendants(["connector.backend"], "_inherit")
        for name, field in bindings._fields.items():
            if field.type != "many2one" or field.comodel_name not in backends:
                continue
            for backend, own in bindings.grouped(name).items():
                if not backend or len(own) < 2:
                    continue
                self._note(backend, own, odoo_field, target)

    def _note(self, backend, bindings, odoo_field: str, target) -> None:
        with backend.work_on(bindings._name) as work:
            try:
                binder = work.component(usage="binder")
            except NoComponentError:
                return
            ids = {binding: known_external_id(binder, binding) for binding in bindings}
        # Bound records first, those of the target before others.
        kept, *others = bindings.sorted(
            lambda binding: (
                ids[binding] is None,
                binding[odoo_field] != target,
                binding.id,
            )
        )
        self.create(
            [
                {
                    **self._backend_values(backend),
                    "binding_model": bindings._name,
                    "external_id": str(ids[binding]),
                    "record_model": target._name,
                    "record_id": target.id,
                }
                for binding in others
                if ids[binding] is not None
            ]
        )
        (bindings - kept).unlink()

    @api.autovacuum
    def _vacuum(self) -> None:
        """Delete the entries of deleted backends."""
        for model, backend_id in self._read_group([], ["backend_model", "backend_id"]):
            known = model in self.env and self.env[model].browse(backend_id).exists()
            if not known:
                own = [("backend_model", "=", model), ("backend_id", "=", backend_id)]
                self.search(own).unlink()


def _bound_fields(model: models.BaseModel, target: models.BaseModel) -> list[str]:
    """Return the fields of a binding model that bind records like ``target``."""
    return [
        name
        for name, field in model._fields.items()
        if field.type == "many2one"
        and field.store
        and field.comodel_name == target._name
        and (name in model._inherits.values() or name == "odoo_id")
    ]
