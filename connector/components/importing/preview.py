"""Show what an import would do, without doing it."""

from __future__ import annotations

from contextlib import closing
from typing import Any, NamedTuple

from odoo import models
from odoo.tools import mute_logger

from odoo.addons.component.core import Component
from odoo.addons.component.exception import NoComponentError

from ...exception import DependencyError, IDMissingInBackend
from ..binding.external_id import is_external_id
from ..differences import differences
from ..mapping.trace import traced
from ..result import SyncResult
from .record import RecordImporter
from .state import import_state


class PreviewLine(NamedTuple):
    """What would become of one field; values are as people read them."""

    name: str
    label: str
    current: str
    new: str
    is_change: bool
    origin: str


class PreviewDependency(NamedTuple):
    """What would become of a record that is needed and not known yet."""

    label: str
    external_id: str
    #: As in :class:`~.result.SyncResult`; ``failed`` where it is missing.
    kind: str
    reason: str


class Preview(NamedTuple):
    """What an import would do.

    ``kind`` is one of :class:`~.result.SyncResult`, or ``linked`` where the new binding
    would be that of a record Odoo has, whose name is ``linked``.
    """

    kind: str
    binding_id: int | None = None
    lines: list[PreviewLine] = []
    reason: str = ""
    linked: str = ""
    dependencies: list[PreviewDependency] = []


class ImportPreviewer(Component):
    """Do what an import does, by the hooks of its importer, and undo it.

    What is needed is read from the other system, and nothing is written there: of the
    importers' hooks those that act, ``_missing`` and ``_after_import``, are not called,
    and jobs are undone with all the rest. Where the importer does not inherit from
    ``generic.record.importer``, or a record comes without its id, only the mapper is
    asked.
    """

    _name = "base.import.previewer"
    _inherit = "base.connector"
    _usage = "import.previewer"

    def __init__(self, work_context):
        super().__init__(work_context)
        self._dependencies: list[PreviewDependency] = []

    def run(self, external_id: Any = None, payload: dict | None = None) -> Preview:
        """Preview the import of one record.

        :param external_id: needed to compare with the record here
        :param payload: the record as the other system tells it; fetched if not given
        :raises Exception: whatever the import would raise
        """
        # All that is written is undone, delayed jobs and what a mapping creates too.
        with closing(self.env.cr.savepoint()):
            importer = self._importer()
            if importer and payload is not None and not is_external_id(external_id):
                id_key = getattr(importer.backend_adapter, "_id_key", None)
                external_id = payload.get(id_key)
            if importer and is_external_id(external_id):
                return self._import(importer, external_id, payload)
            return self._map(external_id, payload)

    # -- by the importer

    def _importer(self) -> Component | None:
        try:
            importer = self.component(usage="record.importer")
        except NoComponentError:
            return None
        return importer if isinstance(importer, RecordImporter) else None

    def _import(
        self, importer: Component, external_id: Any, payload: dict | None
    ) -> Preview:
        """Do what an import of one record does, but for its locks and its end."""
        state = import_state(self.work)
        state.import_needed = self._import_needed
        with state.importing(importer._key(external_id), importer):
            try:
                result = self._begin(importer, external_id, payload)
            except IDMissingInBackend as error:
                why = self.env._("The record does not exist any more: %s", error)
                return Preview("skipped", reason=why)
            if result:
                binding_id = importer.binding.id if importer.binding else None
                return Preview(result.kind, binding_id, reason=result.reason)
            reason = self._import_dependencies(importer)
            if reason:
                return Preview("failed", reason=reason, dependencies=self._dependencies)
            return self._write(importer)

    def _begin(
        self, importer: Component, external_id: Any, record: dict | None
    ) -> SyncResult | None:
        """Fetch a record, as the importer does; the result when there is no more to do.

        :raises IDMissingInBackend: it is gone
        """
        read_now = record is None
        if read_now:
            importer._turn_to(external_id, None)
            record = importer._fetch()
        return importer._begin(external_id, record=record, read_now=read_now)

    def _import_dependencies(self, importer: Component) -> str:
        """Import what a record needs; return why that is not possible."""
        reasons: dict[str, None] = {}
        # Each one by itself, to tell of all that are missing.
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
        """Import a record that another one needs."""
        model = importer.work.model_name
        with import_state(self.work).importing(importer._key(external_id), importer):
            try:
                result = self._begin(importer, external_id, None)
            except IDMissingInBackend as error:
                importer.gone = str(error) or type(error).__name__
                return importer._result("skipped", reason=importer.gone)
            if not result:
                importer._import_dependencies()
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
        """Create or update a record, and tell what that changes."""
        binding, mapper = importer.binding, importer.mapper
        map_record = mapper.map_record(importer.record)
        with traced(mapper) as origins:
            if binding:
                data = importer._update_data(map_record)
                values = importer._values_to_write(data)
                kind = importer._kind_of(values)
            else:
                data = values = importer._create_data(map_record)
                kind = "created"
        preview = self._preview(importer, kind, data, values, origins)
        with mute_logger("odoo.sql_db"):
            if binding:
                importer._update(values)
            else:
                importer.binding = importer._create(values)
            importer.binder.bind(importer.external_id, importer.binding)
            self.env.flush_all()
        return preview

    def _preview(
        self, importer: Component, kind: str, data: dict, values: dict, origins: dict
    ) -> Preview:
        linked = self._linked(importer.binder, data) if kind == "created" else None
        known = linked if linked is not None else importer.binding
        hidden = {*importer._bookkeeping(), importer.binder._odoo_field}
        lines = [
            self._line(importer.model, known, name, value, origins.get(name, []))
            for name, value in data.items()
            if name not in hidden or name in origins
        ]
        if kind != "created":
            # What waits for export keeps its value.
            lines = [line._replace(is_change=line.name in values) for line in lines]
        return Preview(
            kind if linked is None else "linked",
            importer.binding.id or None,
            lines,
            importer._conflict,
            linked.display_name if linked else "",
            self._dependencies,
        )

    def _linked(self, binder: Component, data: dict) -> models.BaseModel | None:
        """Return the record of Odoo that a new binding would bind."""
        field = binder.model._fields.get(binder._odoo_field)
        record_id = field and field.type == "many2one" and data.get(field.name)
        return self.env[field.comodel_name].browse(record_id) if record_id else None

    # -- by the mapper

    def _map(self, external_id: Any, payload: dict | None) -> Preview:
        if payload is None:
            payload = self._fetch(external_id)
        binder = self.component(usage="binder")
        binding = binder.to_internal(external_id)
        mapper = self.component(usage="import.mapper")
        with traced(mapper) as origins:
            values = mapper.map_record(payload).values(
                for_create=not binding, binding=binding or None
            )
        linked = None if binding else self._linked(binder, values)
        known = binding if linked is None else linked
        lines = [
            self._line(self.model, known, name, value, origins[name])
            for name, value in values.items()
        ]
        self._try(external_id, binding, values)
        if binding:
            changes = any(line.is_change for line in lines)
            return Preview("updated" if changes else "unchanged", binding.id, lines)
        if linked is None:
            return Preview("created", lines=lines)
        return Preview("linked", lines=lines, linked=linked.display_name)

    def _try(self, external_id: Any, binding: models.BaseModel, values: dict) -> None:
        """Do what the import would do to the database; the caller undoes it.

        :raises Exception: what the database, or a constraint, refuses
        """
        known = {key: val for key, val in values.items() if key in self.model._fields}
        model = self.model.with_context(connector_no_export=True)
        with mute_logger("odoo.sql_db"):
            if binding:
                changes = differences(binding, known)
                binding.with_context(connector_no_export=True).write(changes)
            else:
                model.create({**self._link(external_id), **known})
            self.env.flush_all()

    def _link(self, external_id: Any) -> dict:
        """Return what makes a new record the binding of an external id."""
        binder = self.component(usage="binder")
        link = {binder._backend_field: self.backend_record.id}
        if is_external_id(external_id):
            link[binder._external_field] = binder.normalize_external_id(external_id)
        return link

    def _fetch(self, external_id: Any) -> dict:
        return self.component(usage="backend.adapter").read(external_id)

    def _line(
        self,
        model: models.BaseModel,
        known: models.BaseModel,
        name: str,
        value: Any,
        origins: list[str],
    ) -> PreviewLine:
        """Compare a value with what is there.

        :param known: the binding, or the record that is going to be bound
        """
        origin = ", ".join(reversed(origins))
        field = model._fields.get(name)
        if field is None:
            problem = self.env._("there is no such field")
            return PreviewLine(name, problem, "", str(value), True, origin)
        is_known = bool(known) and name in known._fields
        if is_known and known._name != model._name:
            # Other fields of a binding have the names of a record's by chance.
            is_known = field.inherited
        return PreviewLine(
            name,
            field._description_string(self.env),
            self._shown(field, known[name]) if is_known else "",
            self._shown_value(model, field, value),
            not is_known or bool(differences(known, {name: value})),
            origin,
        )

    def _shown_value(self, model: models.BaseModel, field, value: Any) -> str:
        """Return a value to write as people read it."""
        if field.type in ("one2many", "many2many"):
            return self.env._("%s commands", len(value or ()))
        record = model.new({field.name: value})
        return self._shown(field, record[field.name])

    def _shown(self, field, value: Any) -> str:
        if isinstance(value, models.BaseModel):
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value or "")
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if value is False or value is None:
            return ""
        return str(value)
