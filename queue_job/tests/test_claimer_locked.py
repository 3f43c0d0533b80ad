from psycopg2.extensions import STATUS_READY

from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..engine.claim.averages import Averages
from ..engine.claim.channel_string import read_channels
from ..engine.claim.claimer import DUE_INTERVAL, LOCKED_INTERVAL, Claimer
from ..engine.claim.sql.candidates import NEAR
from ..engine.run import sql as lease_sql
from ..engine.run.dependents import release_overdue

_JOB = """
INSERT INTO queue_job (uuid, state, name, channel, priority, date_created)
VALUES (gen_random_uuid(), 'pending', %s, %s, 10, clock_timestamp())
RETURNING id
"""
_WORKER = """
INSERT INTO queue_job_worker (node, pid, kind, slot, heartbeat)
VALUES ('test', 1, 'test', 0, now() AT TIME ZONE 'UTC') RETURNING id
"""


@tagged("post_install", "-at_install")
class TestLockedJobs(BaseCase):
    """With real transactions: another one locks a job while a worker claims."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.claimer = Claimer(read_channels("root:4,locked:1:sequential"), Averages())
        self.addCleanup(self.forget)
        with self.registry.cursor() as cr:
            self.worker = self.inserted(cr, _WORKER)
            self.first = self.inserted(cr, _JOB, "first", "root.locked")
            self.inserted(cr, _JOB, "second", "root.locked")

    def forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM queue_job WHERE name IN ('first', 'second')")
            cr.execute("DELETE FROM queue_job_worker WHERE id = %s", [self.worker])

    def inserted(self, cr, statement, *params) -> int:
        cr.execute(statement, params)
        return cr.fetchone()[0]

    def claim(self, settle=False):
        """Claim, and roll back; return the claim."""
        with self.registry.cursor() as cr:
            # fail rather than wait for the lock on the job
            cr.execute("SET LOCAL lock_timeout TO '5s'")
            claim = self.claimer.claim_in(cr, self.worker, settle=settle)
            cr.rollback()
        return claim

    def names(self, claim) -> list[str]:
        return [row["name"] for row in claim.rows]

    def test_order_is_kept_while_the_first_job_is_edited(self):
        with self.registry.cursor() as editor:
            editor.execute(
                "UPDATE queue_job SET name = name WHERE id = %s", [self.first]
            )
            claim = self.claim()
            self.assertEqual(self.names(claim), [])
            self.assertLessEqual(claim.seconds, LOCKED_INTERVAL)
            for channel in ("locked", "root.locked.below"):
                with self.registry.cursor() as cr:
                    cr.execute(
                        "UPDATE queue_job SET channel = %s WHERE name = 'second'",
                        [channel],
                    )
                self.assertEqual(self.names(self.claim()), [], channel)
            editor.rollback()
        self.assertEqual(self.names(self.claim()), ["first"])

    def test_any_number_of_edited_jobs_blocks_no_other(self):
        with self.registry.cursor() as cr:
            cr.execute("UPDATE queue_job SET channel = 'root' WHERE name = 'first'")
            for _number in range(NEAR):
                cr.execute(_JOB, ["second", "root"])
            last = self.inserted(cr, _JOB, "second", "root")
        with self.registry.cursor() as editor:
            editor.execute("SELECT 1 FROM queue_job WHERE id != %s FOR UPDATE", [last])
            self.assertEqual([row["id"] for row in self.claim().rows], [last])
            editor.rollback()

    def test_a_row_that_points_to_a_job_does_not_keep_it_from_starting(self):
        with self.registry.cursor() as other:
            other.execute(
                "INSERT INTO queue_job_lock (queue_job_id) VALUES (%s)", [self.first]
            )
            self.assertEqual(self.names(self.claim()), ["first"])
            other.rollback()

    def test_a_locked_leased_job_blocks_no_worker(self):
        with self.registry.cursor() as cr:
            claim = self.claimer.claim_in(cr, self.worker)
            self.assertEqual(self.names(claim), ["first"])
        with self.registry.cursor() as editor:
            editor.execute("SELECT 1 FROM queue_job WHERE name = 'first' FOR UPDATE")
            self.assertEqual(self.names(self.claim(settle=True)), ["second"])
            editor.rollback()
        self.assertEqual(self.names(self.claim(settle=True)), ["first"])

    def test_a_due_job_that_is_locked_is_not_polled_without_pause(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE queue_job SET eta = now() AT TIME ZONE 'UTC' - interval '1 s' "
                "WHERE name IN ('first', 'second')"
            )
        with self.registry.cursor() as editor:
            editor.execute("SELECT 1 FROM queue_job WHERE name = 'first' FOR UPDATE")
            editor.execute("SELECT 1 FROM queue_job WHERE name = 'second' FOR UPDATE")
            self.assertEqual(self.claim().seconds, DUE_INTERVAL)
            editor.rollback()
        self.assertEqual(self.names(self.claim()), ["first"])

    def test_a_job_is_done_while_the_next_one_of_its_lease_is_edited(self):
        with self.registry.cursor() as cr:
            lease = self.claimer.claim_in(cr, self.worker).lease
            cr.execute(
                "UPDATE queue_job SET lease_id = %s, state = CASE name "
                "       WHEN 'first' THEN 'started' ELSE 'enqueued' END "
                " WHERE name IN ('first', 'second') RETURNING id, name",
                [lease],
            )
            ids = {name: job for job, name in cr.fetchall()}
        with self.registry.cursor() as editor, self.registry.cursor() as cr:
            editor.execute("SELECT 1 FROM queue_job WHERE name = 'second' FOR UPDATE")
            cr.execute("SET LOCAL lock_timeout TO '5s'")
            values = {"id": ids["first"], "lease": lease, "pid": 1, "retry": 1}
            lease_sql.FINISH_AND_START.execute(
                cr, {**values, "result": None, "next": ids["second"]}
            )
            self.assertEqual([row[0] for row in cr.fetchall()], [ids["first"]])
            cr.execute(lease_sql.START_JOB, {**values, "id": ids["second"]})
            self.assertFalse(cr.fetchall())
            given_back = {"ids": [ids["second"]], "lease": lease}
            cr.execute(lease_sql.RELEASE_UNSTARTED, given_back)
            self.assertFalse(cr.rowcount)
            editor.rollback()
            cr.rollback()

    def state(self, name: str) -> tuple:
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT state, release_due FROM queue_job WHERE name = %s", [name]
            )
            return cr.fetchone()

    def release(self):
        with self.registry.cursor() as cr:
            release_overdue(cr)
            # the worker may sleep next
            self.assertEqual(cr._cnx.status, STATUS_READY)

    @mute_logger("odoo.sql_db")
    def test_dependents_being_edited_are_released_afterwards(self):
        """The release stays due until it succeeds."""
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE queue_job SET uuid = name, graph_uuid = 'locked', "
                "  state = CASE name WHEN 'first' THEN 'started' "
                "          ELSE 'wait_dependencies' END, "
                "  dependencies = CASE name WHEN 'first' "
                """THEN '{"depends_on": [], "reverse_depends_on": ["second"]}' """
                """ELSE '{"depends_on": ["first"], "reverse_depends_on": []}' END """
                "WHERE name IN ('first', 'second')"
            )
            # of a missing model: the release must not load it
            cr.execute(
                "UPDATE queue_job SET state = 'done', model_name = 'gone.model' "
                "WHERE name = 'first'"
            )
        self.assertEqual(self.state("first"), ("done", True))
        with self.registry.cursor() as editor:
            editor.execute("SELECT 1 FROM queue_job WHERE name = 'second' FOR UPDATE")
            self.release()
            self.assertEqual(self.state("first"), ("done", True))
            self.assertEqual(self.state("second")[0], "wait_dependencies")
            editor.rollback()
        with self.registry.cursor() as other:
            other.execute("SELECT 1 FROM queue_job WHERE name = 'first' FOR UPDATE")
            self.release()
            self.assertEqual(self.state("second")[0], "wait_dependencies")
            other.rollback()
        self.release()
        self.assertEqual(self.state("first"), ("done", None))
        self.assertEqual(self.state("second")[0], "pending")
