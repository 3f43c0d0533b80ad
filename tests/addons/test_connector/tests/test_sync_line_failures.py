"""A failed record is reported on its line, whichever job failed, until it is
resolved."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.connector.components.importing.batch import DelayedBatchImporter
from odoo.addons.connector.components.mapper import external_to_m2o, optional
from odoo.addons.connector.exceptions_http import RemoteInvalidData
from odoo.addons.queue_job.exception import RetryableJobError

from .kiosk_case import GUEST, PATH, KioskCase

LONG_AGO, LATELY = "2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z"


@tagged("post_install", "-at_install")
class TestFailedRecords(KioskCase):
    def setUp(self):
        super().setUp()
        # The cursor moves beyond the bad one: no list contains it any more.
        self.bad = self.guest(1, country="QX", updated_at=LONG_AGO)
        self.guest(2, updated_at=LATELY)

    def open_lines(self):
        return self.lines.search(
            [
                ("kind", "=", "failed"),
                ("resolved", "=", False),
                ("dismissed", "=", False),
            ]
        )

    def component(self, usage):
        with self.work_on(self.backend, GUEST) as work:
            return type(work.component(usage=usage))

    def binding(self, number=1):
        return self.env[GUEST].search([("external_id", "=", str(number))])

    def import_later(self, external_id):
        self.env[GUEST].with_delay().import_record(self.backend, external_id)
        self.run_jobs()

    def test_a_record_that_is_gone_fails_no_more(self):
        self.sync()
        self.server.remove(PATH, self.bad["id"])
        run = self.sync()
        self.assertFalse(self.open_lines())
        self.assertEqual((run.state, run.skipped), ("done", 1))

    def test_a_record_that_is_not_wanted_any_more_fails_no_more(self):
        self.sync()
        importer = self.component("record.importer")
        self.patch(importer, "_skip_reason", lambda importer: "Not for us.")
        self.sync()
        self.assertFalse(self.open_lines())

    def test_a_job_for_each_record_lets_the_cursor_go_on(self):
        batch = self.component("batch.importer")
        self.patch(batch, "_import_page", DelayedBatchImporter._import_page)
        run = self.sync()
        self.assertEqual((run.state, run.created, run.failed), ("failed", 1, 1))
        self.assertEqual(self.open_lines().external_id, "1")
        self.assertTrue(self.backend._since(GUEST))
        self.mend()
        run = self.sync()
        self.assertEqual((run.state, self.names()), ("done", ["Guest 1", "Guest 2"]))
        self.assertFalse(self.open_lines())

    def test_a_record_that_failed_outside_of_runs_is_retried_by_the_next_run(self):
        self.import_later(1)
        line = self.open_lines()
        self.assertEqual((line.external_id, line.model), ("1", GUEST))
        self.assertEqual(self.backend.failed_count, 1)
        self.mend()
        self.sync()
        self.assertEqual(self.names(), ["Guest 1", "Guest 2"])
        self.assertFalse(self.open_lines())

    def test_an_earlier_job_of_a_failure_is_not_reported_again(self):
        for _again in range(2):
            self.import_later(1)
        line = self.open_lines()
        self.assertEqual(line.attempts, 2)
        for _again in range(2):
            self.runs._cron_settle()
        self.assertEqual(self.open_lines().attempts, 2)
        line.resolved = True
        self.runs._cron_settle()
        self.assertFalse(self.open_lines())

    def test_a_job_whose_worker_died_is_reported_by_the_scheduled_action(self):
        self.env[GUEST].with_delay().import_record(self.backend, 1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'failed', date_failed = now(),"
            " exc_message = 'The worker died.' WHERE state = 'pending'"
        )
        self.env.invalidate_all()
        self.runs._cron_settle()
        self.assertIn("worker died", self.open_lines().reason)

    def test_each_failure_has_one_line_whatever_tells_of_it_at_once(self):
        self.sync()
        line = self.open_lines()
        values = {
            name: line[name]
            for name in ("backend_model", "backend_id", "model", "external_id")
        }
        # As if the line of another transaction was not visible yet.
        with (
            patch.object(
                type(self.lines), "_open_lines_by_key", lambda lines, failures: {}
            ),
            mute_logger("odoo.sql_db"),
            self.assertRaises(RetryableJobError) as raised,
        ):
            self.lines._record_failures([{**values, "reason": "no"}])
        self.assertTrue(raised.exception.ignore_retry)

    def test_a_retry_does_not_make_a_merged_record_again(self):
        ada = self.guest(3, updated_at=LONG_AGO)
        bea = self.guest(4, updated_at=LONG_AGO)
        self.sync()
        self.server.change(PATH, bea["id"], country="QY", updated_at=LATELY)
        self.sync()
        kept = self.binding(ada["id"]).odoo_id
        self.merge(kept, self.binding(bea["id"]).odoo_id)
        self.mend("QY")
        partners = self.env["res.partner"].search_count([])
        self.sync()
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertNotIn(str(bea["id"]), self.open_lines().mapped("external_id"))

    def test_what_needs_a_merged_record_refers_to_the_one_that_stayed(self):
        ada, bea = self.guest(3), self.guest(4)
        self.sync()
        kept = self.binding(ada["id"]).odoo_id
        self.merge(kept, self.binding(bea["id"]).odoo_id)
        parent = external_to_m2o(optional("parent"), binding=GUEST)
        mapper = self.component("import.mapper")
        self.patch(mapper, "direct", [("name", "name"), (parent, "parent_id")])
        importer = self.component("record.importer")
        self.patch(
            importer,
            "_dependencies",
            lambda importer, rec: [(rec.get("parent"), GUEST)],
        )
        child = self.guest(5, parent=bea["id"])
        self.sync()
        self.assertEqual(self.binding(child["id"]).parent_id, kept)
        with self.work_on(self.backend, GUEST) as work:
            binder = work.component(usage="binder")
            stayed = binder.binding_of_merged(bea["id"])
        self.assertEqual(stayed, self.binding(ada["id"]))

    def merge(self, kept, other):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept | other).ids, dst_partner=kept)

    def test_an_import_without_jobs_goes_on_after_a_locked_record(self):
        self.mend()
        self.guest(3)
        importer = self.component("record.importer")
        lock = importer._lock

        def locked(importer):
            if importer.external_id == 2:
                raise RetryableJobError("It is locked.", seconds=1, ignore_retry=True)
            lock(importer)

        self.patch(importer, "_lock", locked)
        self.backend = self.backend.with_context(queue_job__no_delay=True)
        run = self.start()
        self.assertEqual((run.state, run.failed), ("failed", 1))
        self.assertEqual(self.names(), ["Guest 1", "Guest 3"])

    def test_a_time_far_ahead_does_not_end_the_flow(self):
        self.guest(3, updated_at="9999-12-31T00:00:00Z")
        self.sync()
        self.guest(4, updated_at="2026-01-01T00:00:01Z")
        self.sync()
        self.assertIn("Guest 4", self.names())


@tagged("post_install", "-at_install")
class TestFailedExports(KioskCase):
    def setUp(self):
        super().setUp()
        self.guest(1, country="BE")
        self.sync()
        self.binding = self.env[GUEST].search([])

    def change_here(self, **values):
        self.binding.odoo_id.write(values)
        self.binding.delay_export(list(values))

    def refuse(self):
        with self.work_on(self.backend, GUEST) as work:
            adapter = type(work.component(usage="backend.adapter"))

        def write(adapter, external_id, data):
            raise RemoteInvalidData("There is no such name.")

        return patch.object(adapter, "write", write)

    def test_an_import_of_the_record_does_not_hide_a_failed_export(self):
        self.change_here(name="Ada")
        with self.refuse():
            self.run_jobs()
        self.server.change(PATH, 1, country="FR")
        self.sync()
        self.assertEqual(self.binding.name, "Ada")
        self.assertEqual(self.binding.country_id.code, "FR")
        self.assertEqual(self.backend.failed_count, 1)
        self.assertIn("no such name", self.binding.last_error)
        self.change_here(name="Bea")
        self.run_jobs()
        self.env.invalidate_all()
        self.assertEqual(self.backend.failed_count, 0)
        self.assertEqual(self.server.records(PATH)[1]["name"], "Bea")

    def test_an_export_of_the_record_does_not_hide_a_failed_import(self):
        self.server.change(PATH, 1, country="QX")
        self.sync()
        self.change_here(name="Ada")
        self.run_jobs()
        self.env.invalidate_all()
        self.assertEqual(self.backend.failed_count, 1)

    def test_an_export_that_was_given_up_is_overwritten(self):
        for give_up in ("cancel", "delete"):
            with self.subTest(give_up):
                self.change_here(name="Ada")
                job = self.env["queue.job"].search([("state", "=", "pending")])
                if give_up == "cancel":
                    job._change_job_state("cancelled", result="By hand")
                else:
                    job.unlink()
                self.server.change(PATH, 1, name=f"Bea {give_up}")
                self.sync(full=True)
                self.assertEqual(self.binding.name, f"Bea {give_up}")
