"""Imports one record: the flow every connector needs, with a hook for each step."""

import re
from collections.abc import Iterable
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import errorcodes

from odoo.addons.component.core import AbstractComponent
from odoo.addons.queue_job.exception import RetryableJobError

from ..exception import IDMissingInBackend
from .differences import differences
from .result import SyncResult


class RecordImporter(AbstractComponent):
    """Fetch, skip if unchanged, lock, dependencies, map, create or update, bind.

    Guarantees: two jobs never create the same record twice; nothing is written when
    nothing changed; a record that is gone, or not wanted, is told with its reason.
    """

    _name = "generic.record.importer"
    _inherit = "base.importer"
    _usage = "record.importer"

    #: Key of what changes whenever the record does: a time, a version, an etag.
    _version_key: str | None = "updated_at"
    #: Field by which a new record may be one that Odoo has already, like ``email``.
    _match_field: str | None = None

    def __init__(self, work_context):
        super().__init__(work_context)
        self.external_id: Any = None
        self.record: dict | None = None
        self.binding = None

    def run(self, external_id: Any, force: bool = False, record: dict | None = None):
        """Import one record, return what happened in words (the job's result).

        :param force: also when it seems unchanged
        :param record: what the other side said of it, if that is known already
        """
        result = self.import_one(external_id, force=force, record=record)
        self.env["connector.sync.run"]._current()._count([result])
        label = self.env["connector.sync.line"]._kind_label(result.kind)
        what = f"{self.model._description} {external_id}: {label}"
        return f"{what} ({result.reason})" if result.reason else what

    def import_one(
        self, external_id: Any, force: bool = False, record: dict | None = None
    ) -> SyncResult:
        """Import one record without counting it."""
        result = self._begin(external_id, force, record)
        if result:
            return result
        self._lock()
        if not self.binding:
            self._retry_if_bound_meanwhile([external_id])
        self._import_dependencies()
        map_record = self.mapper.map_record(self.record)
        if self.binding:
            values = self._changes(self._update_data(map_record))
            self._update(values)
            kind = self._kind_of(values)
        else:
            with self._retry_if_created_meanwhile():
                self.binding = self._create(self._create_data(map_record))
            kind = "created"
        self.binder.bind(external_id, self.binding)
        self._after_import()
        return self._result(kind)

    def _begin(
        self, external_id: Any, force: bool = False, record: dict | None = None
    ) -> SyncResult | None:
        """Fetch the record and its binding; the result when there is no more to do."""
        self.external_id, self.record, self.binding = external_id, record, None
        try:
            self.record = self._fetch() if record is None else record
        except IDMissingInBackend as error:
            return self._result("skipped", reason=self._missing() or str(error))
        reason = self._skip_reason()
        if reason:
            return self._result("skipped", reason=reason)
        self.binding = self.binder.to_internal(external_id)
        if self.binding and not force and self._is_unchanged():
            return self._result("unchanged")
        return None

    # -- hooks, in the order they are called

    def _fetch(self) -> dict:
        """Read the record from the other side."""
        return self.backend_adapter.read(self.external_id)

    def _missing(self) -> str:
        """Act on a record that is gone over there; may return what was done."""
        return ""

    def _skip_reason(self) -> str:
        """Return why this record is not wanted, in words; empty to import it."""
        return ""

    def _is_unchanged(self) -> bool:
        version = self._version()
        return bool(version) and version == self.binding.external_version

    def _version(self) -> str | None:
        return self.record.get(self._version_key) if self._version_key else None

    def _lock(self) -> None:
        """Let nobody else import this record until the end of the transaction."""
        self.advisory_lock_or_retry(self._lock_name(self.external_id))

    def _lock_name(self, external_id: Any) -> str:
        backend = self.backend_record
        model = self.work.model_name
        return f"import({backend._name}, {backend.id}, {model}, {external_id})"

    def _dependencies(self, record: dict) -> Iterable[tuple[Any, str]]:
        """Return ids and binding models of the records that this one needs."""
        return ()

    def _import_dependencies(self) -> None:
        """Import what this record needs."""
        for external_id, binding_model in self._dependencies(self.record):
            self._import_dependency(external_id, binding_model)

    def _import_dependency(
        self,
        external_id: Any,
        binding_model: str,
        component_usage: str = "record.importer",
        always: bool = False,
    ) -> None:
        """Import another record unless it is known, or ``always``."""
        if external_id in (None, False, ""):
            return
        if always or not self.binder_for(binding_model).to_internal(external_id):
            self.component(usage=component_usage, model_name=binding_model).import_one(
                external_id
            )

    def _create_data(self, map_record) -> dict:
        data = map_record.values(for_create=True)
        match = self._find_match(data)
        if match:
            # It is bound as it is: who is right about the rest is not ours to say.
            data = {self.binder._odoo_field: match.id}
        return self._bookkeeping() | data

    def _find_match(self, data: dict):
        """Return the record of Odoo that an unknown external one is, if any.

        By default the first one with the same ``_match_field``, in any case, that is
        not bound to the backend.
        """
        value = data.get(self._match_field) if self._match_field else None
        if not value:
            return None
        pattern = re.sub(r"([\\%_])", r"\\\1", value)
        records = self.env[self.binder.unwrap_model()].search(
            [(self._match_field, "=ilike", pattern)]
        )
        return next(
            (r for r in records if not self.binder.to_external(r, wrap=True)), None
        )

    def _update_data(self, map_record) -> dict:
        return self._bookkeeping() | map_record.values(binding=self.binding)

    def _bookkeeping(self) -> dict:
        version = self._version()
        return {"external_version": version} if version else {}

    def _create(self, data: dict):
        return self._create_many([self._link() | data])

    def _link(self) -> dict:
        """Return what makes a new record the binding of ours."""
        binder = self.binder
        return {
            binder._backend_field: self.backend_record.id,
            binder._external_field: self.external_id,
        }

    def _create_many(self, values: list[dict]):
        return self.model.with_context(connector_no_export=True).create(values)

    def _update(self, data: dict) -> None:
        if data:
            self.binding.with_context(connector_no_export=True).write(data)

    def _after_import(self) -> None:
        """Do what needs the binding, in the same transaction."""

    # -- helpers

    def _kind_of(self, changes: dict) -> str:
        """Return what to call an update with these changes."""
        # A new version alone is news for nobody.
        return "updated" if set(changes) - {"external_version"} else "unchanged"

    def _changes(self, data: dict) -> dict:
        """Return the part of ``data`` that the binding does not say already."""
        return differences(self.binding, data)

    def _retry_if_bound_meanwhile(self, external_ids: list) -> None:
        """Look with new eyes, having the locks: ours may be older than a commit.

        :raise RetryableJobError: another job has bound one of them since we began; a
            new transaction will see it
        """
        with self.env.registry.cursor() as cr:
            model = self.model.with_env(self.env(cr=cr)).with_context(active_test=False)
            bound = model.search_count(self.binder._domain_of(external_ids), limit=1)
        if bound:
            raise RetryableJobError(
                self.env._(
                    "%(model)s %(id)s was created by another job at the same time.",
                    model=self.model._description,
                    id=self.external_id,
                ),
                seconds=1,
                ignore_retry=True,
            )

    @contextmanager
    def _retry_if_created_meanwhile(self):
        """Tell a record that something else has bound from one that cannot be."""
        try:
            with self.env.cr.savepoint():
                yield
        except psycopg2.IntegrityError as error:
            if error.pgcode == errorcodes.UNIQUE_VIOLATION:
                self._retry_if_bound_meanwhile([self.external_id])
            raise

    def _result(self, kind: str, reason: str = "") -> SyncResult:
        version = self._version() if self.record else None
        return SyncResult(kind, self.external_id, self.binding, reason, version=version)
