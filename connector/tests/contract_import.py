"""What every connector that imports has to bear."""

from __future__ import annotations

from typing import Any

from .contract import ConnectionContract

_RECORDS = 5
_HOUR = 3600


class ImportContract(ConnectionContract):
    """To be mixed with a ``ConnectorCase``, see :mod:`.contract`.

    Needs ``import_model`` and a ``record.importer`` and ``batch.importer`` for it.
    """

    #: Values that no connector can know: a record with them is refused, with a reason.
    unknown_value: dict[str, Any]

    # -- hooks

    def example(self, number: int) -> dict[str, Any]:
        """Return a record as the other side writes it; it has its id and time."""
        raise NotImplementedError(f"{type(self).__name__} has to give an example")

    def start_import(self) -> None:
        """Begin to import what is new, the way the button does."""
        flows = self.backend._sync_flows()
        for flow in flows:
            if (flow.direction, flow.model) == ("import", self.import_model):
                self.backend._start_flow(flow.name)
                return
        raise AssertionError(f"no flow of {self.backend} imports {self.import_model}")

    def import_record(self, external_id: Any) -> None:
        """Have a job import one record."""
        model = self.env[self.import_model]
        model.with_delay().import_record(self.backend, external_id, force=True)

    def shorten_pages(self, adapter: Any) -> None:
        """Have lists come in pages of two records."""
        self.patch(adapter._paging, "_size", 2)

    # -- tests

    def test_a_list_that_shrinks_while_it_is_read_loses_nothing(self):
        self.shorten_pages(self.adapter(self.import_model))
        path = self._import_path()
        first, *others = self._fill()
        self.server.afterwards("GET", path, lambda: self.server.remove(path, first))
        self.import_all()
        missing = set(map(str, others)) - set(self._imported())
        self.assertFalse(missing, "records that moved to a page read before")

    def test_a_record_deleted_over_there_meanwhile_stops_nothing(self):
        path = self._import_path()
        gone, *others = self._fill()
        self.import_all()
        self.server.remove(path, gone)
        self.import_record(gone)
        for job in self.run_jobs():
            self.assertEqual(job.state, "done", "trying again cannot help")
        self.server.change(path, others[0], **self.example(99))
        self.import_all()
        self.assertLessEqual(set(map(str, others)), set(self._imported()))

    def test_an_unknown_value_stops_only_its_record_and_is_told(self):
        path = self._import_path()
        first, *others = self._fill()
        self.server.change(path, first, **self.unknown_value)
        run = self.import_all()
        self.assertEqual(self._imported(), sorted(map(str, others)))
        self.assertEqual((run.state, run.failed), ("failed", 1))
        self.assertTrue(run.line_ids.reason, "nobody is told what is wrong")

    def test_a_clock_that_is_behind_over_there_loses_nothing(self):
        self.server.clock_offset = -_HOUR
        path = self._import_path()
        *_others, last = self._fill()
        self.import_all()
        self.assertEqual(len(self._imported()), _RECORDS)
        # At the very moment of the last one, and later by the clock over there.
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

    def test_what_comes_late_does_not_replace_what_is_newer(self):
        path = self._import_path()
        external_id, *_others = self._fill()
        late = self.server.records(path)[external_id]
        self.server.change(path, external_id, **self.example(96))
        self.import_all()
        with self.work_on(self.backend, self.import_model) as work:
            importer = work.component(usage="record.importer")
            result = importer.import_one(external_id, record=late)
        self.assertEqual(result.kind, "skipped", "an older version was taken")

    # -- helpers

    def import_all(self) -> Any:
        """Import what is new, to the end; return the run."""
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

    def _all_is_there(self) -> None:
        super()._all_is_there()
        theirs = self.server.records(self._import_path())
        missing = set(map(str, theirs)) - set(self._imported())
        self.assertFalse(missing, "not imported")
