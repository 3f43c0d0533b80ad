"""The components of backends that opt in by ``_connector_defaults``.

For each usage, the backend gets one component for all models. What differs between
models is declared there: :class:`~odoo.addons.connector.binding.Binding`. A component
that the connector defines for the same usage is preferred.
"""

from __future__ import annotations

from typing import Any

from odoo import models

from odoo.addons.component.core import AbstractComponent, Component, ComponentRegistry

from ..resource import resource_of
from .core import default_name
from .importing.record import RecordImporter


class DeclaredBinder(AbstractComponent):
    """Binder of binding models that declare the field of their external ID."""

    _name = "declared.binder"
    _inherit = "base.binder"

    def __init__(self, work_context):
        super().__init__(work_context)
        fields = self.model._fields
        self._external_field = getattr(self.model, "_external_field", "external_id")
        self._odoo_field = "odoo_id" if "odoo_id" in fields else "id"


class DeclaredBatchImporter(AbstractComponent):
    """Batch importer of models whose resource says how pages are imported."""

    _name = "declared.batch.importer"
    _inherit = "generic.batch.importer"

    _importers = {
        "bulk": "generic.bulk.importer",
        "page": "generic.batch.importer",
        "record": "generic.delayed.batch.importer",
    }

    def _import_page(self, records):
        resource = resource_of(self.model)
        import_by = resource.import_by if resource else "bulk"
        if import_by == "bulk" and self._is_saved_alone():
            import_by = "page"
        return self.component_by_name(self._importers[import_by])._import_page(records)

    def _is_saved_alone(self) -> bool:
        """Whether the importer has hooks that are only called for single records."""
        importer = self.component(usage="record.importer")
        return not isinstance(importer, RecordImporter) or importer.is_saved_alone()


class DeclaredBatchExporter(AbstractComponent):
    """Batch exporter of models that declare which records to export."""

    _name = "declared.batch.exporter"
    _inherit = "generic.batch.exporter"

    def _export_domain(self):
        domain_of = getattr(self.model, "_export_domain", None)
        return domain_of(self.backend_record) if domain_of else None


class DeclaredMapChild(AbstractComponent):
    """Maps lines, which each import creates again if they are not bound."""

    _name = "declared.map.child.import"
    _inherit = "generic.map.child.import"

    def get_items(self, items, parent, to_attr, options):
        if "backend_id" in self.model._fields:
            return super().get_items(items, parent, to_attr, options)
        unbound = self.component_by_name("base.map.child.import")
        return unbound.get_items(items, parent, to_attr, options)


#: Usage -> component that the default one inherits.
DEFAULTS = {
    "backend.adapter": "base.rest.adapter",
    "binder": "declared.binder",
    "batch.importer": "declared.batch.importer",
    "record.importer": "generic.record.importer",
    "record.deleter": "generic.import.deleter",
    "import.mapper": "base.import.mapper",
    "import.map.child": "declared.map.child.import",
    "batch.exporter": "declared.batch.exporter",
    "record.exporter": "generic.record.exporter",
    "record.exporter.deleter": "generic.export.deleter",
    "export.mapper": "base.export.mapper",
}


def build_defaults(registry: ComponentRegistry, backend: models.BaseModel) -> None:
    """Build the default components of a backend model."""
    for usage, parent in DEFAULTS.items():
        name = default_name(backend._name, usage)
        values = {"_inherit": parent, "_collection": backend._name, "_usage": usage}
        _build(registry, backend, name, values)


def build_listener(registry: ComponentRegistry, binding: models.BaseModel) -> None:
    """Build the listener that exports the changes of a binding model."""
    bound = binding._binds
    listened = [bound, *binding.env[bound]._inherits] if bound else []
    values = {
        "_inherit": "declared.export.listener",
        "_apply_on": [binding._name, *listened],
        "_binding_model": binding._name,
        "_export_domain_fields": binding._export_domain_fields,
        "_archive_deletes": binding._archive_deletes,
    }
    _build(registry, binding, f"{binding._name}.default.listener", values)


def _build(
    registry: ComponentRegistry,
    model: models.BaseModel,
    name: str,
    values: dict[str, Any],
) -> None:
    if name in registry:
        return
    own = {"_register": False, "_module": model._original_module, "_name": name}
    declared = type(Component)(name, (Component,), {**own, **values})
    declared._build_component(registry)
