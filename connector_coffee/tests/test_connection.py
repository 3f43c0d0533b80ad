from odoo.exceptions import UserError

from .common import CoffeeCase


class TestConnection(CoffeeCase):
    def test_a_good_connection_says_what_machine_it_is(self):
        action = self.backend.action_test_connection()
        self.assertIn("Barista 9000", action["params"]["message"])
        self.assertEqual(self.backend.connection_state, "connected")

    def test_a_wrong_password_is_said_in_words(self):
        self.backend.password = "tea"
        with self.assertRaisesRegex(UserError, "Check the user name and the password"):
            self.backend.action_test_connection()

    def test_a_corrected_password_is_tried_at_once(self):
        self.backend.password = "tea"
        with self.assertRaises(UserError):
            self.backend.action_test_connection()
        self.backend.password = "espresso"
        self.backend.action_test_connection()
        self.assertEqual(self.backend.connection_state, "connected")

    def test_a_machine_that_is_off_is_said_in_words(self):
        self.device.stop()
        self.addCleanup(self.device.start)
        with self.assertRaisesRegex(UserError, "Check that it is running"):
            self.backend.action_test_connection()

    def test_jobs_with_a_wrong_password_fail_at_once_after_one_login(self):
        self.drinker("Ada")
        self.drinker("Bob")
        self.backend.password = "tea"
        run = self.sync("badges")
        self.assertEqual(run.state, "failed")
        self.assertEqual(self.counts(run), {"seen": 2, "failed": 2})
        self.assertIn("Check the user name and the password", run.line_ids[0].reason)
        requests = self.machine.statistics.to_json()["requests"]
        self.assertEqual(requests, {"POST /api/login": 1})

    def test_what_failed_can_be_tried_again(self):
        self.backend.password = "tea"
        self.drinker("Ada")
        run = self.sync("badges")
        self.backend.password = "espresso"
        run.action_retry_failed()
        self.run_jobs()
        run._settle()
        self.assertEqual(run.state, "done")
        self.assertEqual(self.counts(run), {"seen": 1, "created": 1})
        self.assertTrue(run.line_ids.resolved)

    def test_jobs_wait_for_a_machine_that_is_off_and_lose_no_try(self):
        self.device.stop()
        self.addCleanup(self.device.start)
        run = self.start("recipes")
        self.run_jobs()
        job = self.env["queue.job"].search([("sync_run_id", "=", run.id)])
        self.assertEqual((job.state, job.retry), ("pending", 0))
        self.assertIn("cannot be reached", job.result)
