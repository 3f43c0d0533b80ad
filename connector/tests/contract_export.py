"""Contract tests of exports."""

from __future__ import annotations

from typing import Any

from odoo import models

from .contract import OFTEN, ConnectionContract


class ExportContract(ConnectionContract):
    """To be mixed with a ``ConnectorCase``, see :mod:`.contract`.

    Requires ``export_model`` and a ``record.exporter`` for it.
    """

    # -- hooks

    def record_to_export(self) -> models.BaseModel:
        """Return a new record of Odoo to export.

        By default with values of the fields that the export map reads.
        """
        return self.declared.to_export(self.export_model)

    def change_to_export(self, record: models.BaseModel) -> None:
        """Change a record so that it has to be exported.

        By default a text or number that the export map reads.
        """
        self.declared.change(self.export_model, record)

    def export(self, record: models.BaseModel) -> None:
        """Have a job export a record."""
        self.env[self.export_model].with_delay().export_bound(self.backend, record)

    # -- tests

    def test_a_create_whose_response_is_lost_is_done_once(self):
        with self.lasting_receipts():
            path = self._export_path()
            self.server.fail("drop_after", times=OFTEN, method="POST", path=path)
            self._begin_export()
            self.run_all_jobs()
        self.assertEqual(len(self.server.created), 1, "it was created twice")
        self._assert_same_records()

    def test_a_record_deleted_externally_is_recreated_or_unbound(self):
        path = self._export_path()
        record = self._begin_export()
        self.end_well()
        for external_id in self.server.records(path):
            self.server.remove(path, external_id)
        self.change_to_export(record.with_context(no_connector_export=True))
        self.export(record)
        for job in self.run_jobs():
            self.assertEqual(job.state, "done", "it stays missing")
        remote = set(map(str, self.server.records(path)))
        ours = set(map(str, self.external_ids(self.export_model)))
        self.assertEqual(ours - remote, set(), "bound to a deleted record")

    def test_a_value_set_again_after_an_import_is_sent(self):
        if self.import_model != self.export_model:
            return  # without an import model, imports change nothing
        path = self._export_path()
        record = self._begin_export()
        self.end_well()
        ((external_id, before),) = self.server.records(path).items()
        changed = self._export_change(record, external_id)
        # An export may not send all values that an import requires.
        back = {**self.example(95), **{key: before[key] for key in changed}}
        self.server.change(path, external_id, **back)
        self.import_record(external_id)
        self.run_all_jobs()
        sent = self._export_change(record, external_id)
        # Values that the import changed may be sent too.
        self.assertLessEqual(changed.items(), sent.items(), "it was not sent")

    def test_pending_exports_are_not_overwritten(self):
        if self.import_model != self.export_model:
            return  # without an import model, imports change nothing
        record = self._begin_export()
        self.end_well()
        path, binding = self._export_path(), self.bindings(self.export_model)
        ((external_id, _before),) = self.server.records(path).items()
        self.change_to_export(record.with_context(no_connector_export=True))
        binding.delay_export()
        waiting = self._exported_values(binding)
        self.server.change(path, external_id, **self.example(95))
        with self.work_on(self.backend, self.import_model) as work:
            work.component(usage="record.importer").run(external_id)
        self.assertEqual(self._exported_values(binding), waiting, "it is lost")

    def test_a_record_older_than_an_export_does_not_undo_it(self):
        if self.import_model != self.export_model:
            return  # what is not imported cannot be changed by an import
        record = self._begin_export()
        self.end_well()
        path, binding = self._export_path(), self.bindings(self.export_model)
        ((external_id, _before),) = self.server.records(path).items()
        late = self.server.change(path, external_id, **self.example(95))
        exported = self._export_change(record, external_id)
        values = self._exported_values(binding)
        with self.work_on(self.backend, self.import_model) as work:
            work.component(usage="record.importer").run(external_id, record=late)
        values_now = self._exported_values(binding)
        for key in exported:
            self.assertEqual(values_now.get(key), values.get(key), "it is undone")

    # -- helpers

    def _exported_values(self, binding: models.BaseModel) -> dict:
        """Return the values sent by an export of a binding."""
        with self.work_on(self.backend, self.export_model) as work:
            mapper = work.component(usage="record.exporter").mapper
            return mapper.map_record(binding).values()

    def _export_change(self, record: models.BaseModel, external_id: Any) -> dict:
        """Change a record and export it; return the changed values."""
        path = self._export_path()
        before = self.server.records(path)[external_id]
        self.change_to_export(record.with_context(no_connector_export=True))
        self.export(record)
        self.run_all_jobs()
        after = self.server.records(path)[external_id]
        return {
            key: value
            for key, value in after.items()
            if value != before[key] and key != self.server.version_key
        }

    def _export_path(self) -> str:
        return self.path_of(self.export_model)

    def _begin_export(self) -> models.BaseModel:
        # Without listeners: exported once, by the job delayed here.
        quiet = self.env(context={**self.env.context, "no_connector_export": True})
        self.env, env = quiet, self.env
        try:
            record = self.record_to_export()
        finally:
            self.env = env
        record = record.with_env(env)
        self.export(record)
        return record

    def _assert_same_records(self) -> None:
        super()._assert_same_records()
        remote = set(map(str, self.server.records(self._export_path())))
        ours = set(map(str, self.external_ids(self.export_model)))
        self.assertEqual(ours - remote, set(), "bound to a missing record")
        unbound = self.bindings(self.export_model)
        self.assertEqual(len(ours), len(unbound), "not exported")
