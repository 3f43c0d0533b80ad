"""A listener that exports changes, for connectors to inherit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo import models

from odoo.addons.component.core import AbstractComponent
from odoo.addons.component_event import skip_if

from ..binding.external_id import known_external_id

if TYPE_CHECKING:
    from odoo.models import BaseModel


def _is_quiet(self, record, **kwargs):
    return self.no_connector_export(record)


class ExportListener(AbstractComponent):
    """Export the bindings of changed records, and delete those of deleted records.

    Bindings need the methods of ``connector.coalescing.export``, and
    ``export_delete_record(backend, external_id)``. On the bound records, use::

        class PartnerListener(Component):
            _name = "coffee.partner.listener"
            _inherit = ["generic.export.listener", "coffee.base"]
            _apply_on = ["res.partner"]
            _bindings_field = "coffee_bind_ids"

    and on the bindings themselves, the same without ``_bindings_field``.

    If the batch exporter has an ``_export_domain``, a record that starts to match it is
    bound and exported: list the fields that the domain depends on in
    ``_export_domain_fields``.
    """

    _name = "generic.export.listener"
    _inherit = "base.connector.listener"

    #: Field of the record that lists its bindings.
    _bindings_field: str | None = None
    #: Fields of the record that decide to which backends it is exported.
    _export_domain_fields: frozenset[str] = frozenset()
    #: Whether archiving in Odoo deletes the record in the external system.
    _archive_deletes = False

    @skip_if(_is_quiet)
    def on_record_create(self, record: BaseModel, fields: Any = None) -> None:
        for binding in self._bindings(record):
            binding.delay_export()
        if self._export_domain_fields:
            self._bind_to_backends(record)

    @skip_if(_is_quiet)
    def on_record_write(self, record: BaseModel, fields: Any = None) -> None:
        if self._archive_deletes and "active" in (fields or ()) and not record.active:
            for binding in self._bindings(record):
                self._delay_delete(binding)
                binding.unlink()
            return
        for binding in self._bindings(record):
            if not fields or self._affects_export(binding, fields):
                binding.delay_export(fields)
        if not self._export_domain_fields.isdisjoint(fields or ()):
            self._bind_to_backends(record)

    @skip_if(_is_quiet)
    def on_record_unlink(self, record: BaseModel) -> None:
        for binding in self._bindings(record):
            self._delay_delete(binding)

    def _bindings(self, record: models.BaseModel) -> models.BaseModel:
        """Return the bindings to export, archived ones included.

        The user who changes a record may not have access to its bindings; and exports
        triggered by an import are not part of its run.
        """
        record = record.sudo().with_context(connector_sync_run=False)
        if not self._bindings_field:
            return record
        return record.with_context(active_test=False)[self._bindings_field]

    def _bind_to_backends(self, record: models.BaseModel) -> None:
        """Bind a record to its backends, and export it to them."""
        bindings = self._bindings(record)
        model = bindings._fields["backend_id"].comodel_name
        record = record.with_env(bindings.env)
        for backend in bindings.env[model].search([]):
            with backend.work_on(bindings._name) as work:
                if not work.component(usage="batch.exporter").is_in_export_domain(
                    record
                ):
                    continue
            binding, new = bindings._bind(backend, record)
            if new:
                binding.delay_export()

    def _affects_export(self, binding: models.BaseModel, fields: list[str]) -> bool:
        """Whether a change of some fields affects the export."""
        with binding.backend_id.work_on(binding._name) as work:
            mapper = work.component(usage="export.mapper")
            children = {source for source, _target, _model in mapper.children}
            return not (mapper.changed_by_fields() | children).isdisjoint(fields)

    def _delay_delete(self, binding: models.BaseModel) -> None:
        with binding.backend_id.work_on(binding._name) as work:
            external_id = known_external_id(work.component(usage="binder"), binding)
        if external_id is not None:
            binding.browse().with_delay(
                description=self.env._(
                    "Delete %(model)s %(external_id)s in the external system",
                    model=binding._description,
                    external_id=external_id,
                )
            ).export_delete_record(binding.backend_id, external_id)
