"""Exports one record, sending only the differences."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from odoo.addons.component.core import AbstractComponent
from odoo.addons.component.exception import NoComponentError

from ...exception import IDMissingInBackend, InvalidDataError
from ..result import SyncResult
from .digests import UNKNOWN_VERSION, digest, merge_unknown, store_digest

if TYPE_CHECKING:
    from odoo.models import BaseModel


class RecordExporter(AbstractComponent):
    """The generic exporter in one transaction, sending only differences.

    Guarantees: values are not sent twice, however many jobs request it; a write
    repeated after a crash has the same idempotency key; the result of each export is
    counted on its sync run.
    """

    _name = "generic.record.exporter"
    _inherit = "generic.exporter"
    _usage = "record.exporter"

    #: Keys of lists and dicts that the external system replaces as a whole: the record
    #: is read before it is written, and items unknown to Odoo are sent along. ``True``
    #: for all lists and dicts; a mapping gives the key that identifies the items,
    #: ``id`` by default: ``{"prices": "currency_code"}``.
    _read_before_write: bool | Collection[str] | Mapping[str, str] = ()

    def run(self, binding: BaseModel, *args: Any, **kwargs: Any) -> Any:
        self._kind, self._reason = "unchanged", ""
        text = super().run(binding, *args, **kwargs)
        result = SyncResult(
            self._kind,
            self.external_id,
            self.binding,
            self._reason,
            work=self.work,
            is_export=True,
        )
        self.env["connector.sync.run"]._current()._count([result])
        return text

    def _run(self, fields=None):
        result = super()._run(fields)
        if not self._skipped:
            # Changes pending for another job were sent along.
            pending = self.env["connector.pending.export"].sudo()
            pending._sent(self.binding, None if self._kind == "created" else fields)
        return result

    def _commit(self) -> None:
        """Do not commit here: the job commits its changes together with its end."""

    def _skip_reason(self) -> str:
        """Return why this record is not exported (text); empty to export it."""
        return ""

    def _has_to_skip(self):
        self._reason = self._skip_reason()
        if self._reason:
            self._kind = "skipped"
        return bool(self._reason)

    def _update_data(self, map_record, fields=None, **kwargs):
        data = super()._update_data(map_record, fields=fields, **kwargs)
        known = self._digests()
        return {key: val for key, val in data.items() if known.get(key) != digest(val)}

    def _create(self, data):
        external_id = super()._create(data)
        self._sent("created", data)
        return external_id

    def _update(self, data):  # pylint: disable=missing-return
        try:
            changed = self._with_unknown_items(data)
            response = super()._update(changed) if changed else None
        except IDMissingInBackend:
            # Deleted in the external system: create it again, with all values.
            self._deleted_external_id = self.external_id
            self.external_id = self._create_once(self._create_data(self._map_data()))
        else:
            if changed:
                self._sent("updated", data, self._version_of(response))
            else:
                self._store_digests(self.updated_digests(data, self._digests()))

    def _with_unknown_items(self, data: dict) -> dict:
        """Return the values to send, with the remote items that Odoo never had.

        Lists and dicts that are the same there are left out.

        :raises InvalidDataError: the external system did not return the current value
        """
        keys = {key: name for key in data if (name := self._item_key(key, data[key]))}
        if not keys:
            return data
        remote = self.backend_adapter.read(self.external_id)
        memory = self._digests()
        result = dict(data)
        for key, item_key in keys.items():
            if key in remote:
                result[key] = merge_unknown(
                    data[key], remote[key], key, memory, item_key
                )
                if digest(result[key]) == digest(remote[key]):
                    del result[key]
            elif self._read_before_write is not True:
                raise InvalidDataError(
                    self.env._(
                        "%(backend)s returned no “%(key)s” for record %(id)s, so it "
                        "cannot be merged before the update.",
                        backend=self.backend_record.display_name,
                        key=key,
                        id=self.external_id,
                    )
                )
        return result

    def _item_key(self, key: str, value: Any) -> str | None:
        """Return the key that identifies the items of a value."""
        declared = self._read_before_write
        if declared is True:
            return "id" if isinstance(value, list | dict) else None
        if not declared or key not in declared:
            return None
        return declared[key] if isinstance(declared, Mapping) else "id"

    def _sent(self, kind: str, data: dict, version: str = UNKNOWN_VERSION) -> None:
        self._kind = kind
        known = self._digests()
        values: dict[str, Any] = {"exported_version": version}
        if kind == "created":
            # What was known of a record that was deleted says nothing of this one.
            known = {}
            values["external_version"] = False
        self._store_digests(self.updated_digests(data, known), **values)

    def _digests(self) -> dict:
        return self.binding.exported_digests or {}

    def _store_digests(self, digests: dict, **values: Any) -> None:
        self.binding.with_context(connector_no_export=True).write(
            {**values, "exported_digests": digests}
        )

    def _version_of(self, response: Any) -> str:
        """Return the version in the response to an update, as the importer does."""
        try:
            importer = self.component(usage="record.importer")
        except NoComponentError:
            return UNKNOWN_VERSION
        version_of = getattr(importer, "version_of_response", None)
        return version_of(response) if version_of else UNKNOWN_VERSION

    def updated_digests(self, values: dict, memory: dict) -> dict:
        """Return the digests updated with values that the external system now has."""
        memory = dict(memory)
        for key, value in values.items():
            store_digest(memory, key, value, self._item_key(key, value))
        return memory
