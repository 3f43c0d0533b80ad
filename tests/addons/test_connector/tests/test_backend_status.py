"""Each failure is counted where users see it, with its reason."""

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.connector.components.webhook.receiver import Delivery
from odoo.addons.connector.exceptions_http import RemoteUnavailable

from .kiosk_case import GUEST, KioskCase


class ShownCase(KioskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.watcher = new_test_user(
            cls.env,
            "kiosk_watcher",
            "base.group_user,connector.group_connector_manager",
        )

    def setUp(self):
        super().setUp()
        self.backend.action_test_connection()
        self.assertEqual(self.backend.status, "connected")

    def bound(self):
        guest = self.guest(1)
        self.sync()
        return self.env[GUEST].search([("external_id", "=", str(guest["id"]))])

    def card(self):
        self.env.invalidate_all()
        cards = self.env["connector.backend.overview"].with_user(self.watcher)
        domain = [
            ("backend_model", "=", "kiosk.backend"),
            ("backend_id", "=", self.backend.id),
        ]
        return cards.search(domain)


@tagged("post_install", "-at_install")
class TestFailuresShown(ShownCase):
    def fail_an_export(self):
        binding = self.bound()
        self.server.password = "another one"
        binding.with_context(connector_no_export=False).delay_export(["name"])
        self.run_jobs()
        return binding

    def test_a_failed_export_is_counted_on_backend_card_and_record(self):
        binding = self.fail_an_export()
        self.assertEqual(self.backend.job_failed_count, 1)
        self.assertEqual(self.backend.failed_count, 1)
        self.assertEqual(self.backend.status, "error")
        self.assertEqual((self.card().status, self.card().open_failures), ("error", 1))
        self.assertIn("password", binding.with_user(self.watcher).last_error)
        action = self.card().action_open_failures()
        lines = self.lines.with_user(self.watcher).search(action["domain"])
        self.assertIn("password", lines.reason)
        self.assertEqual(lines.record_id, binding.odoo_id.id)

    def test_a_failure_is_shown_on_its_own_record_only(self):
        self.fail_an_export()
        other = self.env["res.partner"].create({"name": "Other"})
        binding = self.bind(self.backend, GUEST, other)
        self.assertFalse(binding.last_error)

    def test_a_failure_is_stored_even_if_it_cannot_be_reported(self):
        job = self.bound().with_delay().export_record().db_record()

        def broken(lines, job):
            raise ValueError("no line today")

        self.patch(type(self.lines), "_report_standalone_job", broken)
        with self.assertLogs("odoo.addons.connector", "ERROR"):
            job.write({"state": "failed"})
        self.assertEqual(job.state, "failed")

    def test_a_wrong_password_met_by_a_job_turns_the_backend_bad(self):
        self.fail_an_export()
        self.env.invalidate_all()
        self.assertEqual(self.backend.connection_state, "error")
        self.assertIn("password", self.backend.connection_message)

    def test_a_failure_that_is_mended_is_counted_no_more(self):
        binding = self.fail_an_export()
        self.server.password = "open-sesame"
        self.backend.action_test_connection()
        self.assertEqual(self.backend.status, "error")
        self.lines.search([]).with_user(self.watcher).action_retry()
        self.env.invalidate_all()
        self.assertEqual(self.backend.failed_count, 0)
        self.run_jobs()
        self.assertEqual(
            (self.backend.status, binding.last_error), ("connected", False)
        )

    def test_a_failed_job_is_reported_without_secrets(self):
        job = self.bound().with_delay().export_record().db_record()
        job.write({"state": "failed", "exc_message": "refused: password=hunter22"})
        line = self.lines.search([("job_uuid", "=", job.uuid)])
        self.assertIn("refused", line.reason)
        self.assertNotIn("hunter22", line.reason)

    def test_a_job_that_failed_with_its_worker_is_reported_by_the_scheduled_action(
        self,
    ):
        job = self.bound().with_delay().export_record().db_record()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'failed', exc_message = 'killed',"
            " date_failed = now()"
            " WHERE id = %s",
            [job.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.backend.failed_count, 0)
        for _again in range(2):
            self.runs._cron_settle()
        self.env.invalidate_all()
        self.assertEqual(self.backend.failed_count, 1)

    def test_a_failed_delivery_shows_its_reason_to_users_without_access_to_jobs(self):
        endpoint = self.env["connector.webhook.endpoint"]._of(self.backend)
        body = json.dumps({"id": "e1", "event": "new", "guest": {}}).encode()
        event = endpoint._take(Delivery({}, body), "e1", "new")
        self.run_jobs()
        seen = event.with_user(self.watcher)
        self.assertEqual(seen.state, "failed")
        self.assertIn("id", seen.reason)
        self.assertEqual(self.backend.failed_count, 1)

    def test_status_comes_from_the_last_runs(self):
        self.guest(1, country="QX")
        self.sync()
        self.assertEqual(
            (self.backend.connection_state, self.backend.status), ("connected", "error")
        )
        self.assertEqual(self.card().status, "error")
        self.assertIn("1 records or jobs failed", self.card().status_message)

    def test_the_overview_is_filtered_by_the_status_that_it_shows(self):
        def found(status):
            self.env.invalidate_all()
            cards = self.env["connector.backend.overview"].with_user(self.watcher)
            return self.card() in cards.search([("status", "=", status)])

        self.assertTrue(found("connected"))
        self.assertFalse(found("error"))
        self.fail_an_export()
        self.assertFalse(found("connected"))
        self.assertTrue(found("error"))

    def test_a_run_whose_failure_is_resolved_does_not_say_that_there_was_nothing(self):
        password, self.server.password = self.server.password, "another one"
        run = self.sync()
        self.assertEqual(run.state, "failed")
        self.server.password = password
        self.assertEqual(self.sync().state, "done")
        run.invalidate_recordset()
        self.assertFalse(run.failed)
        self.assertNotIn("Nothing", run.message)
        self.assertIn("resolved", run.message)

    def test_the_card_shows_the_last_runs_and_how_yesterday_was(self):
        self.guest(1, country="QX")
        self.sync()
        self.mend()
        self.sync()
        (flow,) = self.card().history
        self.assertEqual([run["state"] for run in flow["runs"]], ["failed", "done"])
        self.assertEqual(self.card().yesterday, "none")
        runs = self.runs.search([], order="id")
        runs.date_start = fields.Datetime.now() - timedelta(days=1)
        self.assertEqual(self.card().yesterday, "failure")
        self.assertEqual(self.card().yesterday_failed, 1)
        runs[0].date_start = fields.Datetime.now() - timedelta(days=2)
        self.assertEqual(self.card().yesterday, "success")
        for _run in range(8):
            self.sync()
        self.assertEqual(len(self.card().history[0]["runs"]), 7)

    def test_jobs_are_found_from_their_record_and_their_run(self):
        binding = self.bound()
        binding.delay_export(["name"])
        self.env[GUEST].with_delay().import_record(self.backend, binding.external_id)
        other = self.env["res.partner"].create({"name": "Other"})
        self.env[GUEST].with_delay().export_bound(self.backend, other)
        jobs = self.env["queue.job"].search(binding.action_open_jobs()["domain"])
        self.assertEqual(
            set(jobs.mapped("method_name")), {"export_changes", "import_record"}
        )
        run = self.start()
        job = self.env["queue.job"].search(run.action_open_jobs()["domain"])
        self.assertEqual(job.action_open_sync_run()["res_id"], run.id)
        self.assertEqual(job.action_open_backend()["res_id"], self.backend.id)

    def test_lines_and_runs_are_found_by_an_external_id(self):
        guests = [self.guest(number, country="QX") for number in range(3)]
        run = self.sync()
        wanted = str(guests[1]["id"])
        line = self.lines.with_user(self.watcher).search(
            [("external_id", "=", wanted), ("backend_name", "=", "Kiosk")]
        )
        self.assertEqual(line.run_id, run)
        self.assertEqual(self.runs.search([("line_ids.external_id", "=", wanted)]), run)
        self.assertEqual(self.runs.search([("flow_label", "ilike", "guests")]), run)

    def test_all_skipped_ids_are_reported(self):
        with self.work_on(self.backend, GUEST) as work:
            importer = type(work.component(usage="record.importer"))
        self.patch(importer, "_skip_reason", lambda importer: "not wanted")
        ids = [str(self.guest(number)["id"]) for number in range(30)]
        run = self.sync()
        self.assertEqual(run.line_ids.external_id, ", ".join(ids))


@tagged("post_install", "-at_install")
class TestConnection(ShownCase):
    def test_changed_credentials_are_not_tested_and_the_chatter_says_so(self):
        self.backend.password = "new"
        self.assertEqual(
            (self.backend.connection_state, self.backend.status),
            ("not_tested", "not_tested"),
        )
        posted = str(self.backend.message_ids.mapped("body"))
        self.assertIn("Password changed", posted)
        self.assertNotIn("new", posted)

    def test_what_is_written_again_unchanged_changes_nothing(self):
        self.backend.write({"password": "open-sesame", "name": "Other"})
        self.assertEqual(self.backend.connection_state, "connected")

    def test_a_test_in_an_outage_leaves_the_backend_on_hold(self):
        breaker = self.env["connector.circuit.breaker"]
        breaker._record_failure(self.backend, "It is off.", unreachable=True)
        self.patch(type(self.backend), "_check_connection", _unreachable)
        with self.assertRaises(UserError):
            self.backend.action_test_connection()
        self.env.invalidate_all()
        self.assertEqual(
            (self.backend.connection_state, self.backend.status),
            ("connected", "on_hold"),
        )

    def test_any_error_of_a_connection_test_is_explained(self):
        def check(backend):
            return {}["serial"]

        self.patch(type(self.backend), "_check_connection", check)
        with self.assertRaisesRegex(UserError, "KeyError: 'serial'"):
            self.backend.action_test_connection()


def _unreachable(backend):
    raise RemoteUnavailable("It is off.")
