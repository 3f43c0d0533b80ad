"""Send one record to the other system.

What holds, whatever fails when:

* Two jobs never send one record at the same time: the row of the binding is locked, and
  its external id is read again once it is ours.
* An external id is never lost: it is written down in a transaction of its own as soon
  as it is known (:mod:`...models.binding.receipt`), and taken from there when
  the job that asked for it could not commit. Jobs need no right to commit for it.
* A binding that has no external id is never marked as synchronized; a record that was
  created without telling its id is not created again.
"""

from __future__ import annotations

from typing import Any

from odoo.exceptions import UserError
from odoo.modules import module
from odoo.tools import config

from odoo.addons.component.core import AbstractComponent

from ...exception import ConnectorException, IDMissingInBackend, ManyIDSInBackend
from ...exceptions_http import RemoteProtocolError, RemoteRefused
from ..binding.external_id import is_external_id, known_external_id
from .dependencies import ExportDependenciesMixin

_REFUSALS = (
    ConnectorException,
    IDMissingInBackend,
    ManyIDSInBackend,
    RemoteRefused,
    UserError,
)


class GenericExporter(ExportDependenciesMixin, AbstractComponent):
    """Exporter of one record, with a hook for each of its steps."""

    _name = "generic.exporter"
    _inherit = "base.exporter"

    #: Field of a record that lists its bindings; not needed where the binder says it.
    _default_binding_field: str | None = None

    #: Seconds after which a job tries again whose record was locked.
    _lock_retry_seconds = 5

    def __init__(self, working_context):
        super().__init__(working_context)
        self.binding = None
        self.external_id = None
        self._deleted_external_id = None
        self._skipped = False

    def run(self, binding, *args, **kwargs):
        """Export one binding; what comes after it goes to :meth:`_run`.

        :return: what the job shows as its result
        """
        self.binding = binding
        self._deleted_external_id = None
        self._skipped = False
        if not self.binding.exists():
            return self.env._("The record to export does not exist any more.")
        self.external_id = known_external_id(self.binder, self.binding)
        try:
            should_import = self._should_import()
        except IDMissingInBackend:
            # Deleted on the other side: it is created there again.
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
        """Send the record, after what it depends on.

        :param fields: export what changed with these; all of it if there are none
        """
        if not self.binding:
            raise ValueError(self.env._("There is no record to export."))
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

    # -- the external id

    def _refresh_external_id(self) -> None:
        """Read the external id again, as another job may have created the record.

        To be called with the lock held: from then on nobody else does.
        """
        self.binding.invalidate_recordset()
        external_id = known_external_id(self.binder, self.binding)
        if external_id in (None, self._deleted_external_id):
            external_id = self._receipts._external_id_of(self.binding, self.binder)
        if external_id not in (None, self._deleted_external_id):
            self.external_id = external_id

    def _create_once(self, data: dict) -> Any:
        """Create the record over there, and never a second time."""
        receipt = self._receipts._begin(self.binding, self.binder)
        external_id = self._find_created(data) if receipt.repeated else None
        if not is_external_id(external_id):
            if receipt.answered and not self._repeats_answers():
                raise self._no_id_of_created()
            # Adapters that can, send it along, so that a create whose answer got lost
            # is not done again.
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
        """Whether a create may be repeated: the same key gets the same record."""
        return bool(getattr(self.backend_adapter, "_idempotent_writes", False))

    def _no_id_of_created(self) -> RemoteProtocolError:
        return RemoteProtocolError(
            self.env._(
                "%(backend)s created %(record)s but did not return its ID. To avoid a "
                "duplicate it is not created again: find it in %(backend)s and enter "
                "its ID in the binding. A connector can find such records with "
                "_find_created.",
                backend=self.backend_record.display_name,
                record=self.binding.display_name,
            )
        )

    def _find_created(self, data: dict) -> Any:
        """Look for the record over there, which an earlier job may have created.

        Called when a job sent the record and could not tell what became of it.
        Where the other system does not know idempotency keys, this is the place to
        search it by a reference.

        :return: external id, ``None`` to create the record
        """
        return None

    def _is_refusal(self, error: Exception) -> bool:
        """Whether an error of the adapter means that nothing was created.

        Of any other, an answer that cannot be understood among them, it is not known.
        """
        return isinstance(error, _REFUSALS)

    @property
    def _receipts(self):
        return self.env["connector.export.receipt"].sudo()

    def _commit(self) -> None:
        """Commit, where it is up to us: not in tests, nor in jobs that must not."""
        cr = self.env.cr
        if config["test_enable"] or module.current_test or "commit" in vars(cr):
            return
        cr.commit()  # pylint: disable=invalid-commit

    # -- hooks

    def _should_import(self) -> bool:
        """Whether the record changed over there, so that it is to be imported too.

        :raises IDMissingInBackend: it does not exist there any more
        """
        return False

    def _delay_import(self) -> None:
        """Import the record in a job of its own."""
        if not is_external_id(self.external_id):
            raise ValueError(
                self.env._("%s has no external id to import from.", self.binding)
            )
        self.binding.with_delay().import_record(
            self.backend_record, self.external_id, force=True
        )

    def _has_to_skip(self) -> bool:
        """Whether not to export the record after all."""
        return False

    def _export_dependencies(self) -> None:
        """Export what has to be there before; see :meth:`_export_dependency`.

        It may commit, so nothing is to be written before.
        """

    def _lock(self) -> None:
        """Keep other jobs away from the binding.

        :raises RetryableJobError: another job is exporting it
        """
        self.component(usage="record.locker").lock(
            self.binding, seconds=self._lock_retry_seconds
        )

    def _map_data(self):
        return self.mapper.map_record(self.binding)

    def _create_data(self, map_record, fields=None, **kwargs):
        """Return what to send to create the record."""
        return map_record.values(for_create=True, fields=fields, **kwargs)

    def _update_data(self, map_record, fields=None, **kwargs):
        """Return what to send to update the record."""
        return map_record.values(fields=fields, **kwargs)

    def _validate_create_data(self, data) -> None:
        """Check what is going to be sent.

        :raises InvalidDataError: it is not fit to be sent
        """

    def _validate_update_data(self, data) -> None:
        """Check what is going to be sent.

        :raises InvalidDataError: it is not fit to be sent
        """

    def _create(self, data) -> Any:
        """Create the record over there and return its external id."""
        self._validate_create_data(data)
        return self.backend_adapter.create(data)

    def _update(self, data) -> Any:
        """Update the record over there; return what was answered."""
        if not is_external_id(self.external_id):
            raise ValueError(self.env._("%s has no external id.", self.binding))
        self._validate_update_data(data)
        return self.backend_adapter.write(self.external_id, data)

    def _after_export(self) -> None:
        """Do what is to be done when the record is exported."""
