"""Imports one record: the common sequence, with a hook for each step."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from functools import cached_property
from typing import Any

from odoo.addons.component.core import AbstractComponent

from ...empty_hook import overrides
from ...exception import DependencyError, IDMissingInBackend, InvalidDataError
from ...resource import resource_of
from ..binding.external_id import is_external_id
from ..differences import differences, with_stored_datetimes
from ..exporting.digests import UNKNOWN_VERSION
from ..result import SyncResult
from .concurrency import ImportLockMixin
from .context import ImportContext, context_attribute
from .dependencies import ImportDependenciesMixin
from .errors import failure_reason, is_record_failure
from .files import FilesMixin
from .matching import MatchingMixin
from .missing_keys import MissingKeysMixin
from .pending_exports import PendingExportsMixin
from .saving import SavingMixin
from .state import Key, import_state
from .version import VersionMixin

_logger = logging.getLogger(__name__)


class RecordImporter(
    ImportLockMixin,
    ImportDependenciesMixin,
    MatchingMixin,
    PendingExportsMixin,
    VersionMixin,
    MissingKeysMixin,
    FilesMixin,
    SavingMixin,
    AbstractComponent,
):
    """Fetch, skip if unchanged, lock, dependencies, map, create or update, bind.

    Guarantees: two jobs never create the same record twice; nothing is written when
    nothing changed; an older version never replaces a newer one; pending exports are
    kept; a record that was deleted, or is skipped, is reported with the reason.
    """

    _name = "generic.record.importer"
    _inherit = "base.importer"
    _usage = "record.importer"

    #: The record at hand.
    context: ImportContext
    #: Turns a received record into the one that is mapped: a function, or the name of a
    #: method of the binding model. ``None``: it is mapped as received.
    _parse: Callable[[dict], dict] | str | None = None

    external_id = context_attribute("external_id")
    record = context_attribute("record")
    binding = context_attribute("binding")

    def __init__(self, work_context):
        super().__init__(work_context)
        self._missing_keys: dict[str, int] = {}
        self.context = ImportContext()
        resource = resource_of(self.model)
        if resource:
            vars(self).update(resource.importer_settings())

    def run(
        self, external_id: Any, force: bool = False, record: dict | None = None
    ) -> Any:
        """Import one record; return a description of what was done (the job's result).

        :param force: also if it is unchanged, older than the imported version, or was
            merged into another record
        :param record: the received record, if already fetched
        :raises Exception: the error of the record, if there is no run to report it on
        """
        return self._run_one(external_id, force=force, record=record)

    def run_again(self, external_id: Any) -> str:
        """Retry a failed record, and update its line if it fails again.

        Not forced: a merged record is not created again, and a stale replica does not
        overwrite a newer version.
        """
        self._imports_unchanged = True
        return self._run_one(external_id, is_reported=True)

    def _run_one(
        self, external_id: Any, is_reported: bool = False, **kwargs: Any
    ) -> str:
        run = self.env["connector.sync.run"]._current()
        is_reported = is_reported or bool(run)
        # An exception in a job rolls back everything anyway.
        alone = is_reported or not self.env.context.get("job_uuid")
        try:
            with self.env.cr.savepoint() if alone else nullcontext():
                result = self.import_one(external_id, **kwargs)
        except Exception as error:
            is_reported = is_reported or (alone and isinstance(error, DependencyError))
            if not (is_reported and is_record_failure(error)):
                raise
            _logger.info("record not imported: %s", self.work.model_name, exc_info=True)
            result = SyncResult(
                "failed",
                external_id,
                self.binding,
                failure_reason(self.env, error),
                self.context.received,
                work=self.work,
            )
        run._count([result])
        label = self.env["connector.sync.line"]._kind_label(result.kind)
        what = f"{self.model._description} {external_id}: {label}"
        texts = [result.reason, result.conflict, *self.missing_key_texts()]
        reasons = " ".join(filter(None, texts))
        return f"{what} ({reasons})" if reasons else what

    def import_one(
        self,
        external_id: Any,
        force: bool = False,
        record: dict | None = None,
        read_now: bool = False,
    ) -> SyncResult:
        """Import one record without counting it.

        :param read_now: ``record`` was read in this transaction, such as one of a list
        :raises InvalidDataError: it has no ID, or one that bindings cannot store
        :raises DependencyError: a dependency cannot be imported
        """
        context = self.new_context(external_id, record, read_now)
        state = import_state(self.work)
        if context.key in state.in_progress:
            return SyncResult("unchanged", external_id)
        with state.importing(context.key, self):
            result = self._take_steps(context, force)
        self._complete_deferred(context.key)
        return result

    def _take_steps(self, context: ImportContext, force: bool) -> SyncResult:
        self.open_record(context, force)
        if context.result:
            return context.result
        self._lock()
        if not context.binding:
            self._retry_if_bound_concurrently([context.external_id])
        self.prepare_record(context)
        self.save_record(context)
        return self.finish_record(context)

    # -- steps, of this importer and of those that import a page as a whole

    def new_context(
        self, external_id: Any, record: dict | None = None, read_now: bool = False
    ) -> ImportContext:
        """Return the context of a record.

        :param record: as it was received
        :param read_now: ``record`` was read in this transaction
        :raises InvalidDataError: it has no ID, or one that bindings cannot store
        """
        key = self._key(external_id)
        # What cannot be parsed is a failure of this record, not of the former one.
        self.context = ImportContext(external_id, key, read_now=read_now)
        if record is not None:
            self.receive(record)
        return self.context

    def receive(self, record: dict) -> None:
        """Set the received record, and what it is parsed to, on the context."""
        self.context.received = record
        self.context.record = self.parsed(record)

    def open_record(self, context: ImportContext, force: bool = False) -> None:
        """Fetch a record and its binding; its ``result`` is set if that was all.

        A given record that may be older than its last export is fetched again.
        """
        self.context = context
        context.result = self._open(context, force)

    def prepare_record(self, context: ImportContext) -> None:
        """Import what a record needs, and map it.

        :raises DependencyError: a dependency cannot be imported
        """
        self.context = context
        self._import_dependencies()
        map_record = self.mapper.map_record(context.record)
        if context.binding:
            context.mapped = self._update_data(map_record)
            context.values = self._values_to_write(context.mapped)
            context.kind = self._kind_of(context.values)
        else:
            context.values = self._create_data(map_record)
            context.kind = "created"

    def finish_record(self, context: ImportContext) -> SyncResult:
        """Do what needs the saved binding, and return the result."""
        self.context = context
        if context.mapped:
            self._store_remote_digests(context.mapped)
        self._after_import()
        self._after_import_of_binding()
        if context.kind == "created" and context.odoo_wins:
            self._export_match()
        if reason := self._file_failure():
            return self._result("failed", reason)._replace(payload=context.received)
        return self._result(context.kind)

    def _key(self, external_id: Any) -> Key:
        """Return the key that identifies the record.

        :raises InvalidDataError: it has no ID, or one that bindings cannot store
        """
        if not is_external_id(external_id):
            raise InvalidDataError(
                self.env._("%s: the record has no ID.", self.model._description)
            )
        return self.work.model_name, self.binder.normalize_external_id(external_id)

    def _open(self, context: ImportContext, force: bool) -> SyncResult | None:
        is_given = context.record is not None
        try:
            if not is_given:
                self.receive(self._fetch())
        except IDMissingInBackend as error:
            context.missing_reason = str(error) or type(error).__name__
            reason = self._on_missing() or context.missing_reason
            return self._result("skipped", reason=reason)
        reason = self._skip_reason()
        if reason:
            return self._result("skipped", reason=reason)
        context.binding = self.binder.to_internal(context.external_id)
        result = None if force else self._known_result()
        if result or not (is_given and context.binding):
            return result
        if self._may_precede_export(context.read_now):
            context.record = None
            return self._open(context, force)
        return None

    def _known_result(self) -> SyncResult | None:
        """Return the result if the record is unchanged, older or merged."""
        if not self.binding:
            return self._merged_result()
        if (
            self._is_unchanged()
            and not self._imports_unchanged
            and not self._lacks_files()
        ):
            return self._result("unchanged")
        if self._is_older():
            reason = self.env._(
                "The received version is older than the last imported one."
            )
            return self._result("skipped", reason=reason)
        return None

    @cached_property
    def _imports_unchanged(self) -> bool:
        """Whether unchanged records are imported again, as in full runs."""
        return self.env["connector.sync.run"]._current().full

    # -- hooks, in the order they are called

    def _fetch(self) -> dict:
        """Fetch the record from the external system.

        :raises IDMissingInBackend: it is gone
        """
        return self.backend_adapter.read(self.external_id)

    def _on_missing(self) -> str:
        """Handle a record deleted in the external system; may return its result."""
        return ""

    def _skip_reason(self) -> str:
        """Return why this record is skipped (text); empty to import it."""
        return ""

    def _create_data(self, map_record) -> dict:
        """Return the values of a new binding, also of one for an existing record."""
        data = self._mapped(map_record, for_create=True)
        match = self._find_match(data)
        if match:
            data = self._values_of_match(match, data)
            self.context.odoo_wins = self._match_policy == "odoo"
        return self._bookkeeping() | data

    def _update_data(self, map_record) -> dict:
        """Return the values of an existing binding, changed or not."""
        return self._bookkeeping() | self._mapped(map_record, binding=self.binding)

    def _mapped(self, map_record, **options: Any) -> dict:
        data = self._without_missing(map_record, map_record.values(**options))
        data = self._with_files(data)
        return with_stored_datetimes(self.model, data)

    def _bookkeeping(self) -> dict:
        version = self._version_text()
        if not version:
            return {}
        values = {"external_version": version}
        exported = self.binding and self.binding.exported_version
        if exported and (exported == UNKNOWN_VERSION or not self._is_ordered(version)):
            # The exported values are part of this version, or were replaced.
            values["exported_version"] = version
        return values

    def _after_import(self) -> None:
        """Do what requires the binding, in the same transaction."""

    # -- helpers

    def _content(self) -> Any:
        """Return what a version of the type ``content`` is a digest of.

        The whole record, if the binding has a hook that may read any key.
        """
        if overrides(self.model, "_after_import"):
            return self.record
        return self.mapper.content_of(self.record)

    def parsed(self, record: dict) -> dict:
        """Return the record that is mapped, given a received one."""
        parse = self._parse
        if isinstance(parse, str):
            parse = getattr(self.model, parse)
        return parse(record) if parse else record

    def is_saved_alone(self) -> bool:
        """Whether a hook is overridden that is not called for a page as a whole."""
        return any(
            getattr(type(self), name) is not getattr(RecordImporter, name)
            for name in ("import_one", "save_record", "_create", "_update")
        )

    def _after_import_of_binding(self) -> None:
        """Call the hook of the binding, if its model declares one."""
        if overrides(self.model, "_after_import"):
            context = {"connector_record": self.record}
            self.binding.with_context(**context)._after_import()

    def _values_to_write(self, data: dict) -> dict:
        """Return the values that differ and have no pending export."""
        return self._changes(self._without_pending(data))

    def _kind_of(self, changes: dict) -> str:
        """Return the kind of result of an update with these changes."""
        # A new version alone does not count as an update.
        versions = {"external_version", "exported_version", "file_sources"}
        return "updated" if set(changes) - versions else "unchanged"

    def _changes(self, data: dict) -> dict:
        """Return the part of ``data`` that differs from the binding."""
        return differences(self.binding, data)

    def _result(self, kind: str, reason: str = "") -> SyncResult:
        return SyncResult(
            kind,
            self.external_id,
            self.binding,
            reason,
            version=self._version() if self.record else None,
            conflict=self.context.conflict,
            work=self.work,
        )
