"""Exports one record to the external system.

Guarantees, whatever fails at which point:

* Two jobs never send one record at the same time: the row of the binding is locked, and
  its external ID is read again once locked.
* An external ID is never lost: it is stored in a separate transaction as soon
  as it is known (:mod:`...models.binding.receipt`), and read from there if the job
  could not commit. Jobs do not need permission to commit for this.
* A binding without an external ID is never marked as synchronized; a record created
  without a returned ID is not created again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo.exceptions import UserError
from odoo.modules import module
from odoo.tools import config

from odoo.addons.component.core import AbstractComponent

from ...exception import ConnectorException, IDMissingInBackend, ManyIDSInBackend
from ...exceptions_http import RemoteProtocolError, RemoteRefused
from ..binding.external_id import is_external_id, known_external_id
from .dependencies import ExportDependenciesMixin

if TYPE_CHECKING:
    from odoo.models import BaseModel

_REFUSALS = (
    ConnectorException,
    IDMissingInBackend,
    ManyIDSInBackend,
    RemoteRefused,
    UserError,
)


class GenericExporter(ExportDependenciesMixin, AbstractComponent):
    """Exporter of one record, with a hook for each step."""

    _name = "generic.exporter"
    _inherit = "base.exporter"

    #: Field of a record that lists its bindings; not needed if the binder defines it.
    _default_binding_field: str | None = None

    #: Delay in seconds of the retry of a job whose record was locked.
    _lock_retry_seconds = 5

    def __init__(self, working_context):
        super().__init__(working_context)
        self.binding = None
        self.external_id = None
        self._deleted_external_id = None
        self._skipped = False

    def run(self, binding: BaseModel, *args: Any, **kwargs: Any) -> Any:
        """Export one binding; further arguments are passed to :meth:`_run`.

        :return: the result shown on the job
        """
        self.binding = binding
        self._deleted_external_id = None
        self._skipped = False
        if not self.binding.exists():
            return self.env._("The record to export no longer exists.")
        self.external_id = known_external_id(self.binder, self.binding)
        try:
            should_import = self._should_import()
        except IDMissingInBackend:
            # Deleted in the external system: create it again.
            self._deleted_external_id = self.external_id
            self.external_id = None
            should_import = False
        if should_import:
            self._delay_import()
        result = self._run(*args, **kwargs)
        if is_external_id(self.external_id) and not self._skipped:
            self.binder.bind(self.external_id, self.binding)
        self._commit()
        self._after_export()
        return result

    def _run(self, fields=None):
        """Send the record, after its dependencies.

        :param fields: export what depends on these fields; everything if empty
        """
        if not self.binding:
            raise ValueError(self.env._("No record to export."))
        if not is_external_id(self.external_id):
            fields = None
        if self._has_to_skip():
            self._skipped = True
            return None
        self._export_dependencies()
        self._lock()
        self._refresh_external_id()
        map_record = self._map_data()
        if is_external_id(self.external_id):
            data = self._update_data(map_record, fields=fields)
            if not data:
                return self.env._("Nothing to export.")
            self._update(data)
        else:
            data = self._create_data(map_record, fields=fields)
            if not data:
                return self.env._("Nothing to export.")
            self.external_id = self._create_once(data)
        return self.env._("Record exported with ID %s on Backend.", self.external_id)

    # -- the external ID

    def _refresh_external_id(self) -> None:
        """Read the external ID again, as another job may have created the record.

        Call it with the lock held: no other job can create the record then.
        """
        self.binding.invalidate_recordset()
        external_id = known_external_id(self.binder, self.binding)
        if external_id in (None, self._deleted_external_id):
            external_id = self._receipts._external_id_of(self.binding, self.binder)
        if external_id not in (None, self._deleted_external_id):
            self.external_id = external_id

    def _create_once(self, data: dict) -> Any:
        """Create the record in the external system, never twice."""
        receipt = self._receipts._begin(self.binding, self.binder)
        external_id = self._find_created(data) if receipt.repeated else None
        if not is_external_id(external_id):
            if receipt.answered and not self._repeats_answers():
                raise self._no_id_of_created()
            # Adapters that support it send the key, so that a create whose response was
            # lost is not repeated.
            self.backend_adapter.idempotency_key = receipt.key
            self.backend_adapter.is_repetition = receipt.repeated
            try:
                external_id = self._create(data)
            except Exception as error:
                if self._is_refusal(error):
                    self._receipts._forget(receipt)
                raise
            finally:
                self.backend_adapter.idempotency_key = None
                self.backend_adapter.is_repetition = False
        if not is_external_id(external_id):
            self._receipts._note_answer(receipt)
            raise self._no_id_of_created()
        self._receipts._complete(receipt, external_id)
        return external_id

    def _repeats_answers(self) -> bool:
        """Whether a create can be repeated: the same key returns the same record."""
        return bool(getattr(self.backend_adapter, "_idempotent_writes", False))

    def _no_id_of_created(self) -> RemoteProtocolError:
        return RemoteProtocolError(
            self.env._(
                "%(backend)s created %(record)s but did not return its ID. It is not "
                "created again, to avoid a duplicate: find it in %(backend)s and "
                "enter its ID in the binding. A connector can look up such records by "
                "overriding _find_created.",
                backend=self.backend_record.display_name,
                record=self.binding.display_name,
            )
        )

    def _find_created(self, data: dict) -> Any:
        """Look up a record that an earlier job may have created in the external system.

        Called if a job sent the record but the outcome is unknown. If the external
        system does not support idempotency keys, override this to search the record by
        a reference.

        :return: external ID, ``None`` to create the record
        """
        return None

    def _is_refusal(self, error: Exception) -> bool:
        """Whether an error of the adapter means that nothing was created.

        After any other error, including invalid responses, the outcome is unknown.
        """
        return isinstance(error, _REFUSALS)

    @property
    def _receipts(self):
        return self.env["connector.export.receipt"].sudo()

    def _commit(self) -> None:
        """Commit if allowed: not in tests, nor in jobs that must not commit."""
        cr = self.env.cr
        if config["test_enable"] or module.current_test or "commit" in vars(cr):
            return
        cr.commit()  # pylint: disable=invalid-commit

    # -- hooks

    def _should_import(self) -> bool:
        """Whether the record changed in the external system and must be imported too.

        :raises IDMissingInBackend: it no longer exists
        """
        return False

    def _delay_import(self) -> None:
        """Import the record in a separate job."""
        if not is_external_id(self.external_id):
            raise ValueError(
                self.env._("%s has no external ID to import from.", self.binding)
            )
        self.binding.with_delay().import_record(
            self.backend_record, self.external_id, force=True
        )

    def _has_to_skip(self) -> bool:
        """Whether to skip the export."""
        return False

    def _export_dependencies(self) -> None:
        """Export the dependencies; see :meth:`_export_dependency`.

        By default those that are ``bound`` in the map. It may commit, so nothing must
        be written before.
        """
        for source in self.mapper.bound_sources:
            self._export_dependency(source.relation(self.binding), source.binding)

    def _lock(self) -> None:
        """Lock the binding against other jobs.

        :raises RetryableJobError: another job is exporting it
        """
        self.component(usage="record.locker").lock(
            self.binding, seconds=self._lock_retry_seconds
        )

    def _map_data(self):
        return self.mapper.map_record(self.binding)

    def _create_data(self, map_record, fields=None, **kwargs):
        """Return the values to create the record."""
        return map_record.values(for_create=True, fields=fields, **kwargs)

    def _update_data(self, map_record, fields=None, **kwargs):
        """Return the values to update the record."""
        return map_record.values(fields=fields, **kwargs)

    def _validate_create_data(self, data) -> None:
        """Validate the values to send.

        :raises InvalidDataError: they are invalid
        """

    def _validate_update_data(self, data) -> None:
        """Validate the values to send.

        :raises InvalidDataError: they are invalid
        """

    def _create(self, data) -> Any:
        """Create the record in the external system; return its external ID."""
        self._validate_create_data(data)
        return self.backend_adapter.create(data)

    def _update(self, data) -> Any:
        """Update the record in the external system; return the response."""
        if not is_external_id(self.external_id):
            raise ValueError(self.env._("%s has no external ID.", self.binding))
        self._validate_update_data(data)
        return self.backend_adapter.write(self.external_id, data)

    def _after_export(self) -> None:
        """Hook called after the export of the record."""
