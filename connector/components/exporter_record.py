"""Exports one record, and only what the other side does not know yet."""

import hashlib
import json

from odoo.addons.component.core import AbstractComponent

from ..exception import IDMissingInBackend
from .result import SyncResult


class RecordExporter(AbstractComponent):
    """The generic exporter, as one transaction, sending only differences.

    Guarantees: what was sent before is not sent again, however many jobs ask for it; a
    write repeated after a crash carries the same idempotency key; each run of it is
    counted on its sync run with what it did.
    """

    _name = "generic.record.exporter"
    _inherit = "generic.exporter"
    _usage = "record.exporter"

    def run(self, binding, *args, **kwargs):
        self._kind, self._reason = "unchanged", ""
        text = super().run(binding, *args, **kwargs)
        self.env["connector.sync.run"]._current()._count(
            [SyncResult(self._kind, self.external_id, self.binding, self._reason)]
        )
        return text

    def _commit(self) -> None:
        """Leave it to the job: what it wrote and its end are one commit."""

    def _skip_reason(self) -> str:
        """Return why this record is not exported, in words; empty to export it."""
        return ""

    def _has_to_skip(self):
        self._reason = self._skip_reason()
        if self._reason:
            self._kind = "skipped"
        return bool(self._reason)

    def _update_data(self, map_record, fields=None, **kwargs):
        data = super()._update_data(map_record, fields=fields, **kwargs)
        known = self.binding.exported_digests or {}
        return {key: val for key, val in data.items() if known.get(key) != _digest(val)}

    def _create(self, data):
        external_id = super()._create(data)
        self._sent("created", data)
        return external_id

    def _update(self, data):  # pylint: disable=missing-return
        try:
            super()._update(data)
        except IDMissingInBackend:
            # Somebody deleted it over there: it is made again, as a whole.
            self._gone_external_id = self.external_id
            self.external_id = self._create_once(self._create_data(self._map_data()))
        else:
            self._sent("updated", data)

    def _sent(self, kind: str, data: dict) -> None:
        self._kind = kind
        known = {} if kind == "created" else self.binding.exported_digests or {}
        self.binding.with_context(connector_no_export=True).exported_digests = {
            **known,
            **{key: _digest(value) for key, value in data.items()},
        }


class BatchExporter(AbstractComponent):
    """One job for each record to export."""

    _name = "generic.batch.exporter"
    _inherit = "base.exporter"
    _usage = "batch.exporter"

    def run(self, domain: list | None = None) -> str:
        """Delay the export of all records there are to export.

        :param domain: restricts them further
        """
        records = self._records(domain or [])
        for record in records:
            self._delay_record(record)
        self.env["connector.sync.run"]._current()._count([], seen=len(records))
        return self.env._("%s records to export", len(records))

    def _chosen(self) -> list | None:
        """Return the domain of the Odoo records to export, bound already or not.

        ``None``: those that are bound to the backend.
        """
        return None

    def is_chosen(self, record) -> bool:
        """Whether an Odoo record is one of those to export."""
        chosen = self._chosen()  # pylint: disable=assignment-from-none
        return chosen is not None and bool(record.filtered_domain(chosen))

    def _records(self, domain: list):
        """Return the Odoo records to export."""
        chosen = self._chosen()  # pylint: disable=assignment-from-none
        if chosen is not None:
            odoo_field = self.model._fields[self.binder._odoo_field]
            return self.env[odoo_field.comodel_name].search([*chosen, *domain])
        bindings = self.model.search(
            [(self.binder._backend_field, "=", self.backend_record.id), *domain]
        )
        return bindings[self.binder._odoo_field]

    def _delay_record(self, record) -> None:
        self.model.with_delay(
            description=self.env._("Export %s", record.display_name)
        ).export_bound(self.backend_record, record)


def _digest(value) -> str:
    """Short digest of a sent value: enough to compare, nothing to read."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
