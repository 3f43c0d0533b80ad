"""Preview of an import, without side effects."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from odoo.tools import mute_logger

from odoo.addons.component.core import Component
from odoo.addons.component.exception import NoComponentError

from ...exception import DependencyError, IDMissingInBackend
from ..binding.external_id import is_external_id
from ..mapping.trace import traced
from ..result import SyncResult
from .context import ImportContext
from .preview_by_mapper import PreviewByMapperMixin
from .preview_lines import Preview, PreviewDependency, PreviewLinesMixin
from .record import RecordImporter
from .state import import_state


class ImportPreviewer(PreviewByMapperMixin, PreviewLinesMixin, Component):
    """Execute an import with the hooks of its importer, and roll it back.

    Dependencies are read from the external system, and nothing is written to it: hooks
    with side effects, ``_on_missing`` and ``_after_import``, are not called, and jobs
    are rolled back with everything else. If the importer does not inherit from
    ``generic.record.importer``, or a record has no ID, only the mapper is called.
    """

    _name = "base.import.previewer"
    _inherit = "base.connector"
    _usage = "import.previewer"

    def __init__(self, work_context):
        super().__init__(work_context)
        self._dependencies: list[PreviewDependency] = []

    def run(self, external_id: Any = None, payload: dict | None = None) -> Preview:
        """Preview the import of one record.

        :param external_id: needed to compare with the existing record
        :param payload: the record in the format of the external system; fetched if not
            given
        :raises Exception: whatever the import would raise
        """
        # All writes are rolled back, including delayed jobs and records created by
        # mappings.
        with closing(self.env.cr.savepoint()):
            importer = self._importer()
            if importer and payload is not None and not is_external_id(external_id):
                id_key = getattr(importer.backend_adapter, "_id_key", None)
                external_id = payload.get(id_key)
            if importer and is_external_id(external_id):
                return self._import(importer, external_id, payload)
            if importer and payload is not None:
                payload = importer.parsed(payload)
            return self._map(external_id, payload)

    def _importer(self) -> Component | None:
        try:
            importer = self.component(usage="record.importer")
        except NoComponentError:
            return None
        return importer if isinstance(importer, RecordImporter) else None

    def _import(
        self, importer: Component, external_id: Any, payload: dict | None
    ) -> Preview:
        """Execute the import of one record, without its locks and its end."""
        state = import_state(self.work)
        state.import_needed = self._import_needed
        state.downloads = False
        context = importer.new_context(external_id, payload)
        with state.importing(context.key, importer):
            try:
                self._open(importer, context)
            except IDMissingInBackend as error:
                why = self.env._("The record no longer exists: %s", error)
                return Preview("skipped", reason=why)
            if context.result:
                binding_id = context.binding.id if context.binding else None
                result = context.result
                return Preview(result.kind, binding_id, reason=result.reason)
            reason = self._import_dependencies(importer)
            if reason:
                return Preview("failed", reason=reason, dependencies=self._dependencies)
            return self._write(importer)

    def _open(self, importer: Component, context: ImportContext) -> None:
        """Fetch a record, as the importer does; nothing is done about a missing one.

        :raises IDMissingInBackend: it does not exist
        """
        importer.context = context
        if context.record is None:
            importer.receive(importer._fetch())
            context.read_now = True
        importer.open_record(context)

    def _import_dependencies(self, importer: Component) -> str:
        """Import the dependencies of a record; return why that is not possible."""
        reasons: dict[str, None] = {}
        # Each one separately, to report all that are missing.
        for external_id, model in importer._dependencies(importer.record):
            try:
                importer._import_dependency(external_id, model)
            except DependencyError as error:
                reasons[str(error)] = None
                self._note_dependency(model, external_id, "failed", str(error))
        try:
            importer._import_dependencies()
        except DependencyError as error:
            reasons[str(error)] = None
        return "\n".join(reasons)

    def _import_needed(self, importer: Component, external_id: Any) -> SyncResult:
        """Import a dependency."""
        model = importer.work.model_name
        context = importer.new_context(external_id)
        with import_state(self.work).importing(context.key, importer):
            try:
                self._open(importer, context)
            except IDMissingInBackend as error:
                context.missing_reason = str(error) or type(error).__name__
                return importer._result("skipped", reason=context.missing_reason)
            result = context.result
            if not result:
                preview = self._write(importer)
                result = importer._result(preview.kind)
        self._note_dependency(model, external_id, result.kind, result.reason)
        return result

    def _note_dependency(
        self, model: str, external_id: Any, kind: str, reason: str
    ) -> None:
        label = self.env[model]._description
        self._dependencies.append(
            PreviewDependency(label, str(external_id), kind, reason)
        )

    def _write(self, importer: Component) -> Preview:
        """Create or update a record; return the changes."""
        context = importer.context
        with traced(importer.mapper) as origins:
            importer.prepare_record(context)
        preview = self._preview(importer, context, origins)
        with mute_logger("odoo.sql_db"):
            if context.binding:
                importer._update(context.values)
            else:
                context.binding = importer._create(context.values)
            importer.binder.bind(context.external_id, context.binding)
            self.env.flush_all()
        return preview

    def _preview(
        self, importer: Component, context: ImportContext, origins: dict
    ) -> Preview:
        is_new = context.kind == "created"
        data = context.values if is_new else context.mapped
        linked = self._linked(importer.binder, data) if is_new else None
        known = linked if linked is not None else context.binding
        hidden = {*importer._bookkeeping(), importer.binder._odoo_field}
        lines = [
            self._line(importer.model, known, name, value, origins.get(name, []))
            for name, value in data.items()
            if name not in hidden or name in origins
        ]
        if not is_new:
            # Fields with a pending export keep their value.
            lines = [
                line._replace(is_change=line.name in context.values) for line in lines
            ]
        return Preview(
            context.kind if linked is None else "linked",
            context.binding.id or None,
            lines,
            context.conflict,
            linked.display_name if linked else "",
            self._dependencies,
        )
