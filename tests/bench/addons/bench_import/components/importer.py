"""Importers of contacts, which an adapter has in memory."""

from __future__ import annotations

from odoo.addons.component.core import AbstractComponent, Component

from ..models import HAS_IMPORTERS
from .mapper import record

IMPORTER = "generic.record.importer" if HAS_IMPORTERS else "bench.written.importer"


class Binder(Component):
    _name = "bench.binder"
    _inherit = "base.binder"
    _collection = "bench.backend"


class Adapter(Component):
    """``versions`` are those of the contacts, by external ID."""

    _name = "bench.adapter"
    _inherit = "base.backend.adapter"
    _collection = "bench.backend"
    _usage = "backend.adapter"
    _id_key = "id"

    versions: dict[str, int] = {}

    def read(self, external_id):
        return record(int(external_id[1:]), self.versions[external_id])


class WrittenImporter(AbstractComponent):
    """An importer as a connector writes it where the framework has only the base."""

    _name = "bench.written.importer"
    _inherit = "base.importer"

    def run(self, external_id):
        record = self.backend_adapter.read(external_id)
        binding = self.binder.to_internal(external_id)
        backend = self.backend_record
        self.advisory_lock_or_retry(
            f"import({backend._name}, {backend.id}, {self.model._name}, {external_id})"
        )
        map_record = self.mapper.map_record(record)
        model = self.model.with_context(connector_no_export=True)
        if binding:
            binding.with_context(connector_no_export=True).write(map_record.values())
        else:
            binding = model.create(map_record.values(for_create=True))
        self.binder.bind(external_id, binding)


class ContactImporter(Component):
    _name = "bench.contact.importer"
    _inherit = IMPORTER
    _collection = "bench.backend"
    _usage = "record.importer"


if HAS_IMPORTERS:

    class PageImporter(Component):
        _name = "bench.page.importer"
        _inherit = "generic.bulk.importer"
        _collection = "bench.backend"
        _usage = "batch.importer"
