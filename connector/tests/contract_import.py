"""Contract tests of imports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

from ..components.importing.version import UNORDERED
from ..exception import IncompleteListError
from .contract import ConnectionContract

_RECORDS = 5
_HOUR = 3600
# Maximum number of requests for a list of a few records.
_MANY = 20
_INCOMPLETE = "the list is not sorted"


def _refuse_list(adapter, filters=None, page_token=None):
    raise IncompleteListError(_INCOMPLETE)


class ImportContract(ConnectionContract):
    """To be mixed with a ``ConnectorCase``, see :mod:`.contract`.

    Requires ``import_model`` and a ``record.importer`` and ``batch.importer`` for it.
    """

    @property
    def unknown_value(self) -> dict[str, Any]:
        """Unknown values: a record with them is rejected, with the reason.

        By default derived from the import map of the model.
        """
        return self.declared.unknown_value(self.import_model)

    # -- hooks

    def example(self, number: int) -> dict[str, Any]:
        """Return a record in the format of the external system, without ID and time.

        By default derived from the import map of the model.
        """
        return self.declared.received(self.import_model, number)

    def start_import(self) -> None:
        """Start the import, as the button does."""
        flows = self.backend._sync_flows()
        for flow in flows:
            wanted = (flow.direction, flow.model) == ("import", self.import_model)
            if wanted and not flow.compare_ids:
                self.backend._start_flow(flow.name)
                return
        raise AssertionError(f"no flow of {self.backend} imports {self.import_model}")

    def import_record(self, external_id: Any) -> None:
        """Have a job import one record."""
        model = self.env[self.import_model]
        model.with_delay().import_record(self.backend, external_id, force=True)

    def shorten_pages(self, adapter: Any) -> None:
        """Set the page size to two records."""
        if hasattr(adapter._paging, "_size"):
            self.patch(adapter._paging, "_size", 2)
        else:
            self.cap_pages()

    def cap_pages(self) -> None:
        """Limit the external system to two records per page."""
        self.server.habits = replace(self.server.habits, page_limit=2)

    def ignore_parameters(self) -> None:
        """Have the external system return the same two records for all parameters."""
        self.server.habits = replace(self.server.habits, page_limit=2, ignores=("*",))

    # -- tests

    def test_a_list_that_shrinks_while_it_is_read_loses_nothing(self):
        self.shorten_pages(self.adapter(self.import_model))
        path = self._import_path()
        first, *others = self._fill()
        self.server.afterwards("GET", path, lambda: self.server.remove(path, first))
        self.import_all()
        missing = set(map(str, others)) - set(self._imported())
        self.assertFalse(missing, "records that moved to a page already read")

    def test_pages_smaller_than_requested_lose_nothing(self):
        self.cap_pages()
        self._fill()
        self.import_all()
        self.assertEqual(len(self._imported()), _RECORDS)

    def test_a_cyclic_list_ends_and_is_reported(self):
        self.ignore_parameters()
        self._fill()
        self.start_import()
        run = self.run_jobs().sync_run_id[-1:]
        run._settle()
        calls = self.server.calls("GET", self._import_path())
        self.assertLess(calls, _MANY, "it must end at a page already received")
        if len(self._imported()) < _RECORDS:
            self.assertNotEqual(run.state, "done", "no reason is reported")
            self.assertFalse(
                self.backend._since(self.import_model),
                "the missing records are never imported",
            )

    def test_a_record_deleted_during_the_import_stops_nothing(self):
        path = self._import_path()
        removed, *others = self._fill()
        self.import_all()
        self.server.remove(path, removed)
        self.import_record(removed)
        for job in self.run_jobs():
            self.assertEqual(job.state, "done", "retries are useless")
        self.server.change(path, others[0], **self.example(99))
        self.import_all()
        self.assertLessEqual(set(map(str, others)), set(self._imported()))

    def test_an_unknown_value_fails_only_its_record_and_is_reported(self):
        path = self._import_path()
        first, *others = self._fill()
        self.server.change(path, first, **self.unknown_value)
        run = self.import_all()
        self.assertEqual(self._imported(), sorted(map(str, others)))
        self.assertEqual((run.state, run.failed), ("failed", 1))
        self.assertTrue(run.line_ids.reason, "no reason is reported")

    def test_failed_records_are_retried_automatically(self):
        path = self._import_path()
        stamp = self.server.version_key
        # So old that no later list contains it: it has to be requested.
        refused = {**self.example(97), **self.unknown_value, stamp: self._old()}
        failed = self.server.add(path, **refused)[self.server.id_key]
        self._fill()
        run = self.import_all()
        self.assertEqual(run.failed, 1)
        self.assertNotIn(str(failed), self._imported())
        # The example may not have the rejected key.
        mended = {**dict.fromkeys(self.unknown_value), **self.example(97)}
        self.server.change(path, failed, **mended, **{stamp: self._old()})
        self.import_all()
        self.assertIn(str(failed), self._imported(), "it was never requested again")
        self.assertFalse(
            self.backend.failed_count, "a resolved record counts as failed"
        )

    def test_a_possibly_incomplete_list_keeps_its_cursor_and_is_reported(self):
        self._fill()
        adapter = type(self.adapter(self.import_model))
        with patch.object(adapter, "read_page", _refuse_list):
            run = self.import_all()
        self.assertEqual(run.state, "incomplete", "it is reported as complete")
        self.assertIn(_INCOMPLETE, run.message)
        self.assertEqual(self.backend.status, "error", "it is not shown")
        self.import_all()
        self._assert_same_records()

    def test_each_failure_is_counted_on_the_backend_until_it_is_dismissed(self):
        path = self._import_path()
        first, *_others = self._fill()
        self.server.change(path, first, **self.unknown_value)
        run = self.import_all()
        self.assertEqual((self.backend.failed_count, self.backend.status), (1, "error"))
        run.line_ids.filtered(lambda line: line.kind == "failed").action_dismiss()
        self.backend.invalidate_recordset()
        self.assertEqual(self.backend.failed_count, 0)

    def test_an_external_clock_that_is_behind_loses_nothing(self):
        self.server.clock_offset = -_HOUR
        path = self._import_path()
        *_others, last = self._fill()
        self.import_all()
        self.assertEqual(len(self._imported()), _RECORDS)
        # At the moment of the last one, and later by the clock of the external system.
        stamp = self.server.records(path)[last][self.server.version_key]
        self.server.add(path, **self.example(98), **{self.server.version_key: stamp})
        self.server.add(path, **self.example(99))
        self.import_all()
        self.assertEqual(len(self._imported()), _RECORDS + 2, "new ones were missed")

    def test_a_record_without_an_id_fails_alone_and_stays_failed(self):
        others = self._fill()
        nobody = {**self.example(97), self.server.id_key: None}
        self.server.add(self._import_path(), **nobody)
        run = self.import_all()
        self.assertEqual(self._imported(), sorted(map(str, others)))
        self.assertEqual((run.state, run.failed), ("failed", 1))

    def test_a_late_version_does_not_replace_a_newer_one(self):
        path = self._import_path()
        external_id, *_others = self._fill()
        late = self.server.records(path)[external_id]
        self.server.change(path, external_id, **self.example(96))
        self.import_all()
        with self.work_on(self.backend, self.import_model) as work:
            importer = work.component(usage="record.importer")
            if getattr(importer, "_version_type", None) in UNORDERED:
                return  # of such versions none is older
            result = importer.import_one(external_id, record=late)
            # Without versions, nothing tells that a record is older.
            expected = "skipped" if importer._version_key else "updated"
        self.assertEqual(result.kind, expected, "an older version was taken")

    def test_an_id_in_another_format_is_the_same_record(self):
        path = self._import_path()
        external_id, *_others = self._fill()
        self.import_all()
        record = self.server.records(path)[external_id]
        with self.work_on(self.backend, self.import_model) as work:
            importer = work.component(usage="record.importer")
            importer.import_one(str(external_id), force=True, record=record)
        self.assertEqual(len(self._imported()), _RECORDS, "it was imported twice")

    def test_a_failed_record_that_was_deleted_is_resolved(self):
        path = self._import_path()
        refused = {**self.example(97), **self.unknown_value}
        refused[self.server.version_key] = self._old()
        removed = self.server.add(path, **refused)[self.server.id_key]
        self._fill()
        self.import_all()
        self.assertEqual(self.backend.failed_count, 1)
        self.server.remove(path, removed)
        self.import_all()
        self.backend.invalidate_recordset()
        self.assertFalse(self.backend.failed_count, "it is retried forever")

    # -- helpers

    def _old(self) -> str:
        """Return an old time in the format of the external system."""
        offset, self.server.clock_offset = self.server.clock_offset, -1000 * _HOUR
        try:
            return self.server.now()
        finally:
            self.server.clock_offset = offset

    def import_all(self) -> Any:
        """Run the import to its end; return the run."""
        self.start_import()
        jobs = self.run_jobs()
        for job in jobs:
            self.assertEqual(job.state, "done", job.exc_info or job.result)
        run = jobs.sync_run_id[-1:]
        run._settle()
        return run

    def _import_path(self) -> str:
        return self.path_of(self.import_model)

    def _fill(self) -> list[Any]:
        path = self._import_path()
        key = self.server.id_key
        return [
            self.server.add(path, **self.example(number))[key]
            for number in range(_RECORDS)
        ]

    def _imported(self) -> list[str]:
        return sorted(map(str, self.external_ids(self.import_model)))

    def _begin_import(self) -> None:
        self._fill()
        self.start_import()

    def _assert_same_records(self) -> None:
        super()._assert_same_records()
        remote = self.server.records(self._import_path())
        missing = set(map(str, remote)) - set(self._imported())
        self.assertFalse(missing, "not imported")
