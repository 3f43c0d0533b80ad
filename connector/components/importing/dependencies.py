"""The dependencies of a record are imported before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any

from odoo.addons.component.exception import NoComponentError
from odoo.addons.queue_job.exception import RetryableJobError

from ...exception import DependencyError, InvalidDataError
from ..binding.external_id import is_external_id
from ..result import SyncResult
from .context import ImportContext
from .errors import aborts_batch, failure_reason, is_transient
from .state import Key, OneByOneError, import_state


class ImportDependenciesMixin:
    """The part of the record importer that imports dependencies.

    Records that depend on each other are fetched once: the first one started is created
    last, and the reference to it is set then. A required reference, which cannot be
    left empty until then, is rejected with the reason.
    """

    #: Maximum length of a chain of dependencies.
    _max_depth = 30

    def _dependencies(self, record: dict) -> Iterable[tuple[Any, str]]:
        """Return the IDs and binding models of the dependencies of this record.

        By default those of its ``bound`` relations, and of its lines.
        """
        return self._bound_mapper.bound_ids(record) if self._bound_mapper else ()

    @cached_property
    def _bound_mapper(self) -> Any:
        """The mapper, if there is one: importers may map without."""
        try:
            mapper = self.mapper
        except NoComponentError:
            return None
        return mapper if mapper.bound_sources or mapper._declared_lines else None

    def _import_dependencies(self) -> None:
        """Import the dependencies of this record.

        :raises DependencyError: a dependency does not exist, or cannot be imported
        """
        for external_id, binding_model in self._dependencies(self.record):
            self._import_dependency(external_id, binding_model)

    def prefetch_bindings(self, contexts: Iterable[ImportContext]) -> None:
        """Look up the bindings of records and of what they need, a query per model."""
        needed: defaultdict[str, set] = defaultdict(set)
        for context in contexts:
            needed[self.work.model_name].add(context.external_id)
            for external_id, model in self._dependencies(context.record):
                needed[model].add(external_id)
        for model, external_ids in needed.items():
            self.binder_for(model).prefetch(list(external_ids))

    def needs_any(self, record: dict, keys: Collection[Key]) -> bool:
        """Whether a record directly needs one of some records of the same model."""
        name = self.work.model_name
        return bool(keys) and any(
            model == name and self._key(external_id) in keys
            for external_id, model in self._dependencies(record)
            if is_external_id(external_id)
        )

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
        if key in state.in_progress:
            return
        if key in state.unsaved:
            raise OneByOneError("A record of the page is needed before it is saved.")
        if len(state.in_progress) > self._max_depth:
            raise DependencyError(
                self.env._(
                    "Dependency chain of more than %(limit)s records; the last one is "
                    "%(model)s %(id)s.",
                    limit=self._max_depth,
                    model=binder.model._description,
                    id=external_id,
                )
            )
        if key not in state.missing:
            importer = self.component(usage=component_usage, model_name=binding_model)
            result = self._import_needed(importer, key, external_id)
            if result is not None and result.kind == "failed":
                # It was imported, without some of its files.
                self.env["connector.sync.run"]._current()._count([result])
            if not importer.context.missing_reason or binder.to_internal(external_id):
                return
            state.missing[key] = self.env._(
                "Requires %(model)s %(id)s, which does not exist in %(backend)s "
                "(%(why)s).",
                model=binder.model._description,
                id=external_id,
                backend=self.backend_record.display_name,
                why=importer.context.missing_reason.rstrip("."),
            )
        # Many systems write "no relation" as 0, even if 0 can be an ID elsewhere.
        if external_id != 0 and not self._may_be_gone(external_id, binding_model):
            raise DependencyError(state.missing[key])

    def _may_be_gone(self, external_id: Any, binding_model: str) -> bool:
        """Whether the field of a dependency that does not exist is left empty."""
        mapper = self._bound_mapper
        return bool(mapper) and mapper.may_be_gone(
            self.record, external_id, binding_model
        )

    def _import_needed(self, importer, key: Key, external_id: Any) -> SyncResult:
        """Import a dependency; its errors are reported on this record."""
        try:
            with self.env.cr.savepoint():
                return import_state(self.work).import_needed(importer, external_id)
        except Exception as error:
            if aborts_batch(error):
                raise
            self.discard_rolled_back()
            why = self._why_not(key, error)
            if isinstance(error, RetryableJobError):
                error.args = (why,)
                raise
            if is_transient(error):
                raise RetryableJobError(why) from error
            raise DependencyError(why) from error

    def _why_not(self, key: Key, error: Exception) -> str:
        model, external_id = key
        return self.env._(
            "Requires %(model)s %(id)s, which cannot be imported: %(why)s",
            model=self.env[model]._description,
            id=external_id,
            why=failure_reason(self.env, error),
        )

    def discard_rolled_back(self) -> None:
        """Drop the cached state that a rollback has undone."""
        vars(self.work).get("binding_cache", {}).clear()
        import_state(self.work).deferred.clear()
        self.mapper.clear_search_cache()

    def _complete_deferred(self, key: Key) -> None:
        """Set the references to this record that were deferred."""
        state = import_state(self.work)
        for importer in state.deferred.pop(key, ()):
            waiting = (importer.work.model_name, importer.external_id)
            with state.importing(waiting, importer):
                map_record = importer.mapper.map_record(importer.record)
                values = importer._changes(importer._update_data(map_record))
                importer._update(values)
