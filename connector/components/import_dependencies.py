"""The dependencies of a record are imported before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from odoo.addons.queue_job.exception import RetryableJobError

from ..exception import DependencyError, InvalidDataError
from .external_id import is_external_id
from .import_errors import concerns_all_records, is_for_a_moment, reason_of
from .import_state import Key, import_state
from .result import SyncResult


class ImportsDependencies:
    """The part of the record importer that imports dependencies.

    Records that depend on each other are fetched once: the first one started is created
    last, and the reference to it is set then. A required reference, which cannot be
    left empty until then, is rejected with the reason.
    """

    #: Maximum length of a chain of dependencies.
    _max_depth = 30

    def _dependencies(self, record: dict) -> Iterable[tuple[Any, str]]:
        """Return the IDs and binding models of the dependencies of this record."""
        return ()

    def _import_dependencies(self) -> None:
        """Import the dependencies of this record.

        :raises DependencyError: a dependency does not exist, or cannot be imported
        """
        for external_id, binding_model in self._dependencies(self.record):
            self._import_dependency(external_id, binding_model)

    def _import_dependency(
        self,
        external_id: Any,
        binding_model: str,
        component_usage: str = "record.importer",
        always: bool = False,
    ) -> None:
        """Import another record if it is not bound yet, or ``always``.

        :raises DependencyError: a dependency does not exist, or cannot be imported
        """
        if not is_external_id(external_id):
            return
        # The mapper, which needs the same records, then finds them in the cache.
        binder = self.mapper.binder_for(binding_model)
        try:
            known = binder.to_internal(external_id)
            if known and not always:
                return
            key = (binding_model, binder.normalize_external_id(external_id))
        except (InvalidDataError, ValueError) as error:
            why = self._why_not(key=(binding_model, external_id), error=error)
            raise DependencyError(why) from error
        state = import_state(self.work)
        if key in state.under_way:
            return
        if len(state.under_way) > self._max_depth:
            raise DependencyError(
                self.env._(
                    "Dependency chain of more than %(limit)s records; the last one is "
                    "%(model)s %(id)s.",
                    limit=self._max_depth,
                    model=binder.model._description,
                    id=external_id,
                )
            )
        if key not in state.gone:
            importer = self.component(usage=component_usage, model_name=binding_model)
            self._import_needed(importer, key, external_id)
            if not importer.gone or binder.to_internal(external_id):
                return
            state.gone[key] = self.env._(
                "Requires %(model)s %(id)s, which does not exist in %(backend)s "
                "(%(why)s).",
                model=binder.model._description,
                id=external_id,
                backend=self.backend_record.display_name,
                why=importer.gone.rstrip("."),
            )
        # Many systems write "no relation" as 0, even if 0 can be an ID elsewhere.
        if external_id != 0:
            raise DependencyError(state.gone[key])

    def _import_needed(self, importer, key: Key, external_id: Any) -> SyncResult:
        """Import a dependency; its errors are reported on this record."""
        try:
            with self.env.cr.savepoint():
                return importer.import_one(external_id)
        except Exception as error:
            if concerns_all_records(error):
                raise
            self._forget_undone()
            why = self._why_not(key, error)
            if isinstance(error, RetryableJobError):
                error.args = (why,)
                raise
            if is_for_a_moment(error):
                raise RetryableJobError(why) from error
            raise DependencyError(why) from error

    def _why_not(self, key: Key, error: Exception) -> str:
        model, external_id = key
        return self.env._(
            "Requires %(model)s %(id)s, which cannot be imported: %(why)s",
            model=self.env[model]._description,
            id=external_id,
            why=reason_of(self.env, error),
        )

    def _forget_undone(self) -> None:
        """Drop the cached state that a rollback has undone."""
        vars(self.work).get("known_bindings", {}).clear()
        import_state(self.work).waiting.clear()
        self.mapper.forget_found()

    def _complete_waiting(self, key: Key) -> None:
        """Set the references to this record that were deferred."""
        state = import_state(self.work)
        for importer in state.waiting.pop(key, ()):
            waiting = (importer.work.model_name, importer.external_id)
            with state.importing(waiting, importer):
                map_record = importer.mapper.map_record(importer.record)
                values = importer._changes(importer._update_data(map_record))
                importer._update(values)
