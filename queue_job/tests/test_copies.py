import json
import os
import tempfile
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import BaseCase, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..engine.copies import sql
from ..engine.copies.identity import (
    CopyStatus,
    Identity,
    allow_copy,
    read_cluster,
    read_status,
    record_identity,
    status_of,
)
from ..engine.diagnostics.explain import Explainer
from ..engine.diagnostics.status import longest_wait, status
from ..engine.process import copy_guard, server_memory
from ..engine.process.copy_guard import CopyGuard
from .engine_common import EngineCase

_GUARD = "odoo.addons.queue_job.engine.process.copy_guard"

PRODUCTION = Identity("production", "uuid-1", "cluster-1")


class TestIdentity(BaseCase):
    """The identity of a database compared with the recorded one."""

    def status(self, here, origin=PRODUCTION, **values):
        return CopyStatus(here, origin, **values)

    def test_a_database_with_an_unchanged_identity_is_not_a_copy(self):
        found = self.status(PRODUCTION)
        self.assertIsNone(found.kind)
        self.assertFalse(found.is_held)

    def test_a_database_that_was_never_served_is_not_a_copy(self):
        self.assertFalse(self.status(Identity("staging"), None).is_held)

    def test_another_name_uuid_or_cluster_makes_a_copy(self):
        for part in Identity._fields:
            with self.subTest(part):
                found = self.status(PRODUCTION._replace(**{part: "other"}))
                self.assertEqual(found.differences, [part])
                self.assertEqual((found.kind, found.is_held), ("copy", True))

    def test_what_cannot_be_read_makes_no_copy(self):
        for here, origin in (
            (PRODUCTION._replace(cluster=None), PRODUCTION),
            (PRODUCTION, PRODUCTION._replace(cluster=None)),
            (PRODUCTION._replace(uuid=None), PRODUCTION),
        ):
            self.assertFalse(self.status(here, origin).is_held)

    def test_a_neutralized_database_is_held_whatever_its_name(self):
        for here in (PRODUCTION, PRODUCTION._replace(name="staging")):
            found = self.status(here, is_neutralized=True)
            self.assertEqual((found.kind, found.is_held), ("neutralized", True))

    def test_jobs_may_run_in_the_one_copy_a_manager_named(self):
        staging = PRODUCTION._replace(name="staging")
        for is_neutralized in (False, True):
            values = {"allowed": staging, "is_neutralized": is_neutralized}
            self.assertFalse(self.status(staging, **values).is_held)
            other = PRODUCTION._replace(name="staging2")
            self.assertTrue(self.status(other, **values).is_held)

    def test_an_invalid_parameter_stops_nothing(self):
        for text in ("", "no json", "[]", '"x"', '{"allowed": 3}'):
            about = {"name": "1", "parameters": {sql.PARAMETER: text}}
            self.assertFalse(status_of(about).is_held, text)
        self.assertFalse(status_of({"name": "1", "parameters": None}).is_held)


class CopyCase(EngineCase):
    def setUp(self):
        super().setUp()
        self.configure("root:4")
        self.set_parameter(sql.PARAMETER, "{}")

    def set_parameter(self, key, value):
        self.env.invalidate_all()
        self.env["ir.config_parameter"].set_param(key, value)
        self.env.flush_all()

    def neutralize(self):
        for query in get_neutralization_queries(["base", "queue_job"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def be_a_copy(self, **changes):
        """Record another identity, as if the database was served under it before."""
        here = read_status(self.env.cr).here
        origin = here._replace(**(changes or {"name": "production"}))
        self.set_parameter(sql.PARAMETER, json.dumps(origin._asdict()))

    def reasons(self, record):
        self.env.flush_all()
        return "\n".join(Explainer(self.env).explain(record.uuid))


@tagged("post_install", "-at_install")
class TestCopies(CopyCase):
    def test_nothing_of_a_neutralized_database_is_claimed(self):
        record = self.delay("one")
        self.neutralize()
        claim = self.claim()
        self.assertIsNone(claim.lease)
        self.assertGreater(claim.seconds, 10, "the claim is not repeated without pause")
        self.assertIn("This database is neutralized", self.reasons(record))
        self.assertIn("Run Jobs in This Copy", record.waiting_reason)

    def test_nothing_of_a_copy_is_claimed(self):
        record = self.delay("one")
        self.be_a_copy()
        self.assertIsNone(self.claim().lease)
        reasons = self.reasons(record)
        self.assertIn("looks like a copy", reasons)
        self.assertIn("its name was production", reasons)
        self.be_a_copy(uuid="other")
        self.assertIsNone(self.claim().lease)
        self.assertIn("database.uuid) has changed", self.reasons(record))

    def test_a_claim_uses_the_given_cluster(self):
        self.delay("one")
        self.be_a_copy(cluster="other")
        cluster = read_status(self.env.cr).here.cluster
        claimer, cr, worker = self.claimer, self.env.cr, self.workers[0]
        self.env.flush_all()
        self.assertIsNone(claimer.claim_in(cr, worker, False, cluster).lease)
        self.assertIsNotNone(claimer.claim_in(cr, worker, False, "other").lease)

    def test_a_job_that_waits_for_dependencies_is_explained_too(self):
        self.delay("one")
        record = self.delay("two")
        record.state = "wait_dependencies"
        self.neutralize()
        self.assertIn("This database is neutralized", self.reasons(record))

    def test_the_jobs_of_a_copy_run_until_a_manager_holds_them_again(self):
        self.delay("one")
        self.delay("two")
        for prepare in (self.be_a_copy, self.neutralize):
            with self.subTest(prepare.__name__):
                prepare()
                self.assertIsNone(self.claim().lease)
                self.jobs.run_jobs_in_copy()
                self.assertIsNotNone(self.claim(settle=True).lease)
                self.jobs.hold_jobs_in_copy()
                self.assertIsNone(self.claim(settle=True).lease)

    def test_running_the_jobs_of_a_copy_activates_the_scheduled_action(self):
        cron = self.env.ref("queue_job.ir_cron_run_jobs")
        self.neutralize()
        self.assertFalse(cron.active)
        self.jobs.run_jobs_in_copy()
        self.assertTrue(cron.active)

    def test_a_renamed_database_is_an_original_again(self):
        self.delay("one")
        self.be_a_copy()
        self.jobs.adopt_moved_database()
        self.assertIsNone(read_status(self.env.cr).kind)
        self.assertIsNotNone(self.claim().lease)

    def test_a_neutralized_database_cannot_be_marked_as_moved(self):
        self.be_a_copy()
        self.neutralize()
        with self.assertRaisesRegex(UserError, "cannot be marked as moved"):
            self.jobs.adopt_moved_database()

    def test_an_original_is_reported_as_such(self):
        for decide in (
            self.jobs.run_jobs_in_copy,
            self.jobs.hold_jobs_in_copy,
            self.jobs.adopt_moved_database,
        ):
            with self.assertRaisesRegex(UserError, "is not a copy"):
                decide()

    def test_a_decision_that_cannot_be_stored_is_refused(self):
        self.neutralize()
        self.env["ir.config_parameter"].search([("key", "=", sql.PARAMETER)]).unlink()
        with self.assertRaisesRegex(UserError, "Nothing was changed"):
            self.jobs.run_jobs_in_copy()

    def test_a_decision_does_not_undo_another(self):
        self.be_a_copy()
        seen = read_status(self.env.cr)
        self.assertTrue(record_identity(self.env.cr, seen))
        self.assertFalse(allow_copy(self.env.cr, seen, True))

    def test_the_status_is_reported(self):
        self.assertIsNone(status(self.env)["copy"])
        self.neutralize()
        found = status(self.env)["copy"]
        self.assertEqual((found["kind"], found["is_held"]), ("neutralized", True))

    def test_held_jobs_trigger_no_alert_for_waiting(self):
        self.delay("one")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET date_created = date_created - interval '1 h'"
        )
        self.assertGreater(longest_wait(self.env), 3000)
        self.neutralize()
        self.assertEqual(longest_wait(self.env), 0)


@tagged("post_install", "-at_install")
class TestCopyGuard(CopyCase):
    """How a worker handles the identity of the database it claims in."""

    def setUp(self):
        super().setUp()
        memory = self.enterContext(tempfile.TemporaryFile(buffering=0))
        self.patch(server_memory, "_file", memory)
        self.patch(self.env.cr, "commit", lambda: None)
        self.patch(self.env.cr, "rollback", lambda: None)

    def check(self, guard=None):
        guard = guard or CopyGuard()
        cluster = guard.cluster(self.env.cr)
        claim = self.claimer.claim_in(self.env.cr, self.workers[0], False, cluster)
        guard.check(self.env.cr, claim.copy_status)

    def stored(self):
        self.env.cr.execute(
            "SELECT value FROM ir_config_parameter WHERE key = %s", [sql.PARAMETER]
        )
        return json.loads(self.env.cr.fetchone()[0])

    def test_the_first_claim_records_the_identity_of_the_database(self):
        self.check()
        here = read_status(self.env.cr).here
        self.assertEqual(self.stored(), here._asdict())
        self.assertTrue(here.uuid and here.cluster)
        self.be_a_copy()
        with mute_logger(_GUARD):
            self.check()
        self.assertEqual(self.stored()["name"], "production", "it is recorded once")

    def test_a_copy_is_logged_once_and_again_when_it_is_held_again(self):
        self.be_a_copy()
        with self.assertLogs(_GUARD) as logs:
            self.check()
            # as another worker
            self.check()
        [line] = logs.output
        self.assertIn("origin=production changed=name", line)
        self.assertIn("odoo queue resume", line)
        self.jobs.run_jobs_in_copy()
        with self.assertNoLogs(_GUARD):
            self.check()
        self.jobs.hold_jobs_in_copy()
        with self.assertLogs(_GUARD):
            self.check()

    def test_a_setting_adopts_every_copy(self):
        for setting, name in (("True", self.env.cr.dbname), ("False", "production")):
            self.be_a_copy()
            with (
                self.subTest(setting),
                patch.dict(os.environ, ODOO_QUEUE_JOB_ADOPT_COPIES=setting),
                self.assertLogs(_GUARD),
            ):
                self.check()
                self.assertEqual(self.stored()["name"], name)

    def test_the_setting_does_not_make_a_neutralized_database_an_original(self):
        self.be_a_copy()
        self.neutralize()
        with (
            patch.dict(os.environ, ODOO_QUEUE_JOB_ADOPT_COPIES="1"),
            self.assertLogs(_GUARD) as logs,
        ):
            self.check()
            self.check()
        self.assertIn("database is neutralized", logs.output[-1])
        self.assertIsNone(self.claim().lease)

    def test_an_invalid_setting_is_logged_and_adopts_nothing(self):
        self.be_a_copy()
        with (
            patch.dict(os.environ, ODOO_QUEUE_JOB_ADOPT_COPIES="perhaps"),
            self.assertLogs("odoo.addons.queue_job.engine.config") as logs,
            mute_logger(_GUARD),
        ):
            self.check()
        self.assertIn("key=adopt_copies value='perhaps'", logs.output[0])
        self.assertEqual(self.stored()["name"], "production")

    def test_the_cluster_is_asked_for_once_a_connection(self):
        guard = CopyGuard()
        with patch.object(copy_guard, "read_cluster", side_effect=["1", "2"]) as read:
            self.assertEqual(guard.cluster(self.env.cr), "1")
            self.assertEqual(guard.cluster(self.env.cr), "1")
            guard.forget(self.env.cr.dbname)
            self.assertEqual(guard.cluster(self.env.cr), "2")
        self.assertEqual(read.call_count, 2)

    def test_a_cluster_that_may_not_be_asked_for_is_unknown(self):
        self.env.cr.execute("SELECT current_setting('is_superuser')")
        if self.env.cr.fetchone() != ("on",):
            self.skipTest("only a superuser can take the privilege away")
        self.env.cr.execute("REVOKE EXECUTE ON FUNCTION pg_control_system FROM PUBLIC")
        self.env.cr.execute("SET LOCAL ROLE pg_monitor")
        self.assertIsNone(read_cluster(self.env.cr))

    def test_processes_of_a_server_share_what_was_logged(self):
        self.assertFalse(server_memory.is_news("prod", None))
        child = os.fork()
        if not child:
            os._exit(server_memory.is_news("prod", "copy"))
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 1)
        self.assertFalse(server_memory.is_news("prod", "copy"))
        self.assertTrue(server_memory.is_news("prod", None))


@tagged("post_install", "-at_install")
class TestCopyRights(HttpCase):
    """Through the route that the web client uses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "queue_boss", "base.group_user,queue_job.group_queue_job_manager"
        )
        cls.clerk = new_test_user(cls.env, "queue_clerk", "base.group_user")
        for query in get_neutralization_queries(["base"]):
            cls.env.cr.execute(query)
        cls.env["queue.job"].with_delay()._test_job()
        cls.env.flush_all()

    def call(self, method):
        response = self.url_open(
            f"/web/dataset/call_kw/queue.job/{method}",
            data=json.dumps(
                {
                    "params": {
                        "model": "queue.job",
                        "method": method,
                        "args": [],
                        "kwargs": {},
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def test_a_manager_runs_and_holds_the_jobs_of_a_copy(self):
        self.authenticate("queue_boss", "queue_boss")
        found = self.call("copy_status")["result"]
        self.assertEqual((found["kind"], found["is_held"]), ("neutralized", True))
        self.assertTrue(found["can_manage"])
        self.assertGreater(found["waiting"], 0)
        self.assertTrue(self.call("run_jobs_in_copy")["result"])
        self.assertFalse(self.call("copy_status")["result"]["is_held"])
        self.assertTrue(self.call("hold_jobs_in_copy")["result"])
        self.assertTrue(self.call("copy_status")["result"]["is_held"])

    @mute_logger("odoo.http")
    def test_other_users_decide_nothing(self):
        self.authenticate("queue_clerk", "queue_clerk")
        for method in ("run_jobs_in_copy", "hold_jobs_in_copy", "adopt_moved_database"):
            response = self.call(method)
            self.assertEqual(
                response["error"]["data"]["name"], "odoo.exceptions.AccessError", method
            )
        self.assertIn("error", self.call("copy_status"))
        self.assertTrue(read_status(self.env.cr).is_held)
        with self.assertRaises(AccessError):
            self.env["queue.job"].with_user(self.clerk).run_jobs_in_copy()
