"""Failed records are retried automatically until they are resolved or dismissed."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

from odoo.addons.connector.exceptions_http import RemoteInvalidData

from .kiosk_case import GUEST, PATH, KioskCase


class TestRetry(KioskCase):
    def failures(self):
        return self.lines.search([("kind", "=", "failed")])

    def test_the_next_run_brings_what_failed_before(self):
        for number in range(4):
            self.guest(number)
        self.guest(4, country="QX")
        run = self.sync()
        self.assertEqual((run.state, run.created, run.failed), ("failed", 4, 1))
        self.assertTrue(self.backend._since(GUEST), "the cursor does not move")
        self.mend()
        second = self.sync()
        self.assertEqual((second.state, second.created), ("done", 1))
        self.assertEqual(len(self.names()), 5)
        line = self.failures()
        self.assertTrue(line.resolved)
        self.assertEqual(self.backend.failed_count, 0)
        self.assertIn("1 retried later", run.message)

    def test_a_record_that_goes_on_failing_has_one_line_and_counts_once(self):
        self.guest(1, country="QX", updated_at="2020-01-01T00:00:00Z")
        self.guest(2, updated_at="2026-01-01T00:00:00Z")
        first = self.sync()
        second = self.sync()
        self.assertEqual((second.state, second.failed), ("failed", 1))
        line = self.failures()
        self.assertEqual(len(line), 1)
        self.assertEqual((line.run_id, line.attempts), (second, 2))
        self.assertEqual((first.failed, first.taken_over), (0, 1))
        self.assertEqual(self.backend.failed_count, 1)

    def test_pauses_between_tries_grow(self):
        self.guest(1, country="QX", updated_at="2020-01-01T00:00:00Z")
        self.guest(2, updated_at="2026-01-01T00:00:00Z")
        pauses = []
        for _run in range(6):
            self.let_time_pass()
            before = fields.Datetime.now()
            self.sync()
            pause = self.failures().next_try - before
            pauses.append(pause // timedelta(minutes=1))
        self.assertEqual(pauses, [0, 0, 10, 60, 360, 1440])
        calls = self.server.calls("GET", f"{PATH}/1")
        self.sync()
        self.assertEqual(self.server.calls("GET", f"{PATH}/1"), calls, "no pause")

    def test_a_dismissed_record_is_neither_tried_again_nor_counted(self):
        self.guest(1, country="QX")
        run = self.sync()
        self.failures().action_dismiss()
        self.assertEqual((run.failed, self.backend.failed_count), (0, 0))
        self.assertEqual(self.backend.status, "connected")
        calls = self.server.calls("GET", f"{PATH}/1")
        # Within the overlap it is listed again, unchanged.
        self.sync()
        self.assertEqual(self.server.calls("GET", f"{PATH}/1"), calls)
        self.assertEqual(self.backend.failed_count, 0)
        # Once changed, it is retried.
        self.server.change(PATH, 1, name="Renamed")
        self.sync()
        self.assertEqual(self.backend.failed_count, 1)

    def test_retry_pressed_twice_does_no_harm(self):
        for number in range(6):
            self.guest(number, country="QX" if number % 2 else "QY")
        run = self.sync()
        self.assertEqual(run.failed, 6)
        self.mend("QX")
        for _press in range(2):
            run.action_retry_failed()
        self.run_jobs()
        run._settle()
        self.assertEqual((run.state, run.created, run.failed), ("failed", 3, 3))
        self.assertEqual(len(self.failures()), 6)
        self.assertFalse(run.job_failed_count)
        self.mend("QY")
        run.action_retry_failed()
        self.run_jobs()
        run.action_retry_failed()
        run._settle()
        self.assertEqual((run.state, run.created, run.failed), ("done", 6, 0))
        self.assertEqual(len(self.failures()), 6)

    def test_what_came_otherwise_is_resolved(self):
        self.guest(1, country="QX")
        self.sync()
        self.mend()
        self.env[GUEST].import_record(self.backend, 1)
        self.assertTrue(self.failures().resolved)
        self.assertEqual(self.backend.status, "connected")

    def test_a_record_without_an_id_stays_failed_until_it_is_dismissed(self):
        self.server._tables[PATH]["x"] = {
            "id": None,
            "updated_at": "2026-01-01T00:00:00Z",
        }
        self.guest(1)
        run = self.sync()
        self.assertEqual((run.state, run.failed), ("failed", 1))
        self.assertFalse(self.failures().resolved)
        self.sync()
        self.assertTrue(self.failures().filtered(lambda line: not line.resolved))
        self.failures().action_dismiss()
        self.assertFalse(self.backend.failed_count)

    def test_a_record_that_the_other_system_refuses_fails_alone(self):
        self.guest(1, country="QX", updated_at="2020-01-01T00:00:00Z")
        self.guest(2, updated_at="2026-01-01T00:00:00Z")
        self.sync()
        with self.work_on(self.backend, GUEST) as work:
            adapter = type(work.component(usage="backend.adapter"))

        def read(adapter, external_id):
            raise RemoteInvalidData("There is no way to show it.")

        self.patch(adapter, "read", read)
        run = self.sync()
        self.assertEqual(
            (run.state, run.failed, run.job_failed_count), ("failed", 1, 0)
        )
        self.assertIn("no way to show it", self.failures().reason)

    def test_a_failure_whose_job_is_gone_says_so(self):
        line = self.lines.create(
            {
                "kind": "failed",
                "is_job": True,
                "job_uuid": "gone",
                "backend_model": self.backend._name,
                "backend_id": self.backend.id,
            }
        )
        with self.assertRaisesRegex(UserError, "dismiss"):
            line.action_retry()

    def test_an_export_that_fails_again_is_reported_once(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        self.server.password = "other"
        for _again in range(2):
            self.export(partner)
        self.assertEqual(len(self.failures()), 1)
        self.assertEqual(self.failures().attempts, 2)
        self.server.password = "open-sesame"
        self.backend.action_test_connection()
        self.export(partner)
        self.assertTrue(self.failures().resolved)

    def export(self, partner):
        self.env[GUEST].with_delay().export_bound(self.backend, partner)
        self.run_jobs()

    def test_a_list_that_could_not_be_read_is_forgotten_by_the_next_run(self):
        self.guest(1)
        self.server.password = "other"
        for _again in range(2):
            self.assertEqual(self.sync().state, "failed")
        self.assertEqual(self.backend.failed_count, 1)
        self.server.password = "open-sesame"
        self.backend.action_test_connection()
        self.assertEqual(self.sync().state, "done")
        self.assertEqual(
            (self.backend.failed_count, self.backend.status), (0, "connected")
        )
