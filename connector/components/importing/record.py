"""Imports one record: the flow every connector needs, with a hook for each step."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from functools import cached_property
from typing import Any

from odoo.addons.component.core import AbstractComponent

from ...exception import DependencyError, IDMissingInBackend, InvalidDataError
from ..binding.external_id import is_external_id
from ..differences import differences, with_stored_datetimes
from ..exporting.digests import UNKNOWN_VERSION
from ..result import SyncResult
from .concurrency import ImportLockMixin
from .dependencies import ImportDependenciesMixin
from .errors import failure_reason, is_record_failure
from .matching import MatchingMixin
from .missing_keys import MissingKeysMixin
from .pending_exports import PendingExportsMixin
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
    AbstractComponent,
):
    """Fetch, skip if unchanged, lock, dependencies, map, create or update, bind.

    Guarantees: two jobs never create the same record twice; nothing is written when
    nothing changed; an older version never replaces a newer one; what waits for export
    is kept; a record that is gone, or not wanted, is told with its reason.
    """

    _name = "generic.record.importer"
    _inherit = "base.importer"
    _usage = "record.importer"

    def __init__(self, work_context):
        super().__init__(work_context)
        #: Why the other system does not have the record, empty where it does.
        self.missing_reason = ""
        self._missing_keys: dict[str, int] = {}
        self._turn_to(None, None)

    def run(self, external_id: Any, force: bool = False, record: dict | None = None):
        """Import one record, return what happened in words (the job's result).

        :param force: also when it seems unchanged, older than what is known, or was
            merged into another one
        :param record: what the other side said of it, if that is known already; it is
            read again where it may be older than what Odoo exported
        :raises Exception: what is wrong with the record, where no run tells of it
        """
        return self._run_one(external_id, force=force, record=record)

    def run_again(self, external_id: Any) -> str:
        """Import a record that failed before, and note on its line if it fails again.

        It comes as it is: neither made again where it was merged, nor undone by what a
        replica still has.
        """
        self._imports_unchanged = True
        return self._run_one(external_id, is_told=True)

    def _run_one(self, external_id: Any, is_told: bool = False, **kwargs: Any) -> str:
        run = self.env["connector.sync.run"]._current()
        is_told = is_told or bool(run)
        # What is raised in a job undoes all of it anyway.
        alone = is_told or not self.env.context.get("job_uuid")
        try:
            with self.env.cr.savepoint() if alone else nullcontext():
                result = self.import_one(external_id, **kwargs)
        except Exception as error:
            is_told = is_told or (alone and isinstance(error, DependencyError))
            if not (is_told and is_record_failure(error)):
                raise
            _logger.info("%s not imported", self.work.model_name, exc_info=True)
            result = SyncResult(
                "failed",
                external_id,
                self.binding,
                failure_reason(self.env, error),
                self.record,
                work=self.work,
            )
        run._count([result])
        label = self.env["connector.sync.line"]._kind_label(result.kind)
        what = f"{self.model._description} {external_id}: {label}"
        texts = [result.reason, result.conflict, *self._missing_key_texts()]
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

        :param read_now: ``record`` was read in this transaction, as of a list
        :raises InvalidDataError: it has no id, or one that bindings cannot hold
        :raises DependencyError: what it needs cannot be imported
        """
        key = self._key(external_id)
        state = import_state(self.work)
        if key in state.in_progress:
            return SyncResult("unchanged", external_id)
        with state.importing(key, self):
            result = self._import_one(external_id, force, record, read_now)
        self._complete_deferred(key)
        return result

    def _import_one(
        self, external_id: Any, force: bool, record: dict | None, read_now: bool
    ) -> SyncResult:
        result = self._begin(external_id, force, record, read_now)
        if result:
            return result
        self._lock()
        if not self.binding:
            self._retry_if_bound_concurrently([external_id])
        self._import_dependencies()
        map_record = self.mapper.map_record(self.record)
        if self.binding:
            data = self._update_data(map_record)
            values = self._values_to_write(data)
            self._lock_rows(self.binding, values)
            self._update(values)
            self._store_remote_digests(data)
            kind = self._kind_of(values)
        else:
            with self._retry_if_created_concurrently():
                self.binding = self._create(self._create_data(map_record))
            kind = "created"
        self.binder.bind(external_id, self.binding)
        self._after_import()
        if kind == "created" and self._odoo_wins:
            self._export_match()
        return self._result(kind)

    def _key(self, external_id: Any) -> Key:
        """Return what tells our record from all others.

        :raises InvalidDataError: it has no id, or one that bindings cannot hold
        """
        if not is_external_id(external_id):
            raise InvalidDataError(
                self.env._("%s without an ID.", self.model._description)
            )
        return self.work.model_name, self.binder.normalize_external_id(external_id)

    def _begin(
        self,
        external_id: Any,
        force: bool = False,
        record: dict | None = None,
        read_now: bool = False,
    ) -> SyncResult | None:
        """Fetch the record and its binding; the result when there is no more to do.

        A given record that may be older than our last export is fetched again.
        """
        self._turn_to(external_id, record)
        try:
            self.record = self._fetch() if record is None else record
        except IDMissingInBackend as error:
            self.missing_reason = str(error) or type(error).__name__
            return self._result(
                "skipped", reason=self._on_missing() or self.missing_reason
            )
        reason = self._skip_reason()
        if reason:
            return self._result("skipped", reason=reason)
        self.binding = self.binder.to_internal(external_id)
        result = None if force else self._known_result()
        if result or record is None or not self.binding:
            return result
        if self._may_precede_export(read_now):
            return self._begin(external_id, force)
        return None

    def _known_result(self) -> SyncResult | None:
        """Return the result where what came is nothing new, or is not wanted."""
        if not self.binding:
            return self._merged_result()
        if self._is_unchanged() and not self._imports_unchanged:
            return self._result("unchanged")
        if self._is_older():
            reason = self.env._(
                "The received version is older than the last imported one."
            )
            return self._result("skipped", reason=reason)
        return None

    def _turn_to(self, external_id: Any, record: dict | None, binding=None) -> None:
        """Forget the record before."""
        self.external_id, self.record, self.binding = external_id, record, binding
        self.missing_reason = self._conflict = ""
        self._kept = set()
        self._odoo_wins = False

    @cached_property
    def _imports_unchanged(self) -> bool:
        """Whether what seems unchanged is imported again, as full runs do."""
        return self.env["connector.sync.run"]._current().full

    @cached_property
    def _has_merges(self) -> bool:
        """Whether any records of our model were ever merged in Odoo."""
        merged = self.env["connector.merged.binding"]
        return self.work.model_name in merged._merged_models()

    def _merged_result(self) -> SyncResult | None:
        if not self._has_merges:
            return None
        record = self.env["connector.merged.binding"]._merged_into(
            self.binder, self.external_id
        )
        if not record:
            return None
        reason = self.env._("It was merged into %s in Odoo.", record.display_name)
        return self._result("skipped", reason=reason)

    # -- hooks, in the order they are called

    def _fetch(self) -> dict:
        """Read the record from the other side.

        :raises IDMissingInBackend: it is gone
        """
        return self.backend_adapter.read(self.external_id)

    def _on_missing(self) -> str:
        """Act on a record that is gone over there; may return what was done."""
        return ""

    def _skip_reason(self) -> str:
        """Return why this record is not wanted, in words; empty to import it."""
        return ""

    def _create_data(self, map_record) -> dict:
        """Return the values of a new binding, or of one for a record Odoo has."""
        data = self._mapped(map_record, for_create=True)
        match = self._find_match(data)
        if match:
            data = self._values_of_match(match, data)
            self._odoo_wins = self._match_policy == "odoo"
        return self._bookkeeping() | data

    def _update_data(self, map_record) -> dict:
        """Return the values of a binding that is there, changed or not."""
        return self._bookkeeping() | self._mapped(map_record, binding=self.binding)

    def _mapped(self, map_record, **options: Any) -> dict:
        data = self._without_missing(map_record, map_record.values(**options))
        return with_stored_datetimes(self.model, data)

    def _bookkeeping(self) -> dict:
        version = self._version_text()
        if not version:
            return {}
        values = {"external_version": version}
        if self.binding and self.binding.exported_version == UNKNOWN_VERSION:
            # What was exported is part of what came.
            values["exported_version"] = version
        return values

    def _create(self, data: dict):
        return self._create_many([self._link() | data])

    def _link(self) -> dict:
        """Return what makes a new record the binding of ours."""
        binder = self.binder
        return {
            binder._backend_field: self.backend_record.id,
            binder._external_field: binder.normalize_external_id(self.external_id),
        }

    def _create_many(self, values: list[dict]):
        return self.model.with_context(connector_no_export=True).create(values)

    def _update(self, data: dict) -> None:
        """Write the values that differ."""
        if data:
            self.binding.with_context(connector_no_export=True).write(data)

    def _after_import(self) -> None:
        """Do what needs the binding, in the same transaction."""

    # -- helpers

    def _values_to_write(self, data: dict) -> dict:
        """Return what of the values differs and does not wait for export."""
        return self._changes(self._without_pending(data))

    def _kind_of(self, changes: dict) -> str:
        """Return what to call an update with these changes."""
        # A new version alone is news for nobody.
        versions = {"external_version", "exported_version"}
        return "updated" if set(changes) - versions else "unchanged"

    def _changes(self, data: dict) -> dict:
        """Return the part of ``data`` that the binding does not say already."""
        return differences(self.binding, data)

    def _result(self, kind: str, reason: str = "") -> SyncResult:
        return SyncResult(
            kind,
            self.external_id,
            self.binding,
            reason,
            version=self._version() if self.record else None,
            conflict=self._conflict,
            work=self.work,
        )
