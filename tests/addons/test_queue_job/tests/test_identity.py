import logging

from odoo.tests import tagged

from odoo.addons.queue_job import identity_exact
from odoo.addons.queue_job.delay import chain, group
from odoo.addons.queue_job.engine.schema import uniqueness
from odoo.addons.queue_job.job import Job

from .common import JobCase


@tagged("post_install", "-at_install")
class TestIdentity(JobCase):
    def keyed(self, key, name="x"):
        return self.record.delayable(identity_key=key, description=name)

    def test_second_job_with_a_waiting_key_is_the_first_ones_record(self):
        first = self.record.with_delay(identity_key=identity_exact).testing_method(1)
        second = self.record.with_delay(identity_key=identity_exact).testing_method(1)
        self.assertIsInstance(first, Job)
        self.assertEqual(second._name, "queue.job")
        self.assertEqual(second, first.db_record())
        self.assertEqual(second.uuid, first.uuid)

    def test_started_and_ended_jobs_do_not_hold_their_key(self):
        for state in ("started", "done", "failed", "cancelled"):
            job = self.record.with_delay(identity_key="k").testing_method()
            self.assertIsInstance(job, Job, state)
            job.db_record().write({"state": state})
            self.env.flush_all()

    def test_each_waiting_state_holds_the_key(self):
        first = self.record.with_delay(identity_key="k").testing_method()
        for state in ("pending", "enqueued", "wait_dependencies"):
            first.db_record().write({"state": state})
            second = self.record.with_delay(identity_key="k").testing_method()
            self.assertEqual(second, first.db_record())

    def test_callable_key_is_called_once_with_the_job(self):
        calls = []

        def key(job):
            calls.append(job)
            return "computed"

        job = self.record.with_delay(identity_key=key).testing_method()
        self.assertEqual(job.db_record().identity_key, "computed")
        self.assertEqual(calls, [job])

    def test_unkeyed_jobs_of_a_graph_are_not_dropped_when_the_keyed_ones_exist(self):
        first = self.record.with_delay(identity_key="k").testing_method()
        keyed = self.keyed("k").testing_method()
        free = self.record.delayable(description="free").testing_method()
        group(keyed, free).delay()
        self.assertEqual(keyed._generated_job, first.db_record())
        self.assertTrue(free._generated_job.db_record())

    def test_each_keyed_job_of_a_graph_becomes_the_record_with_its_key(self):
        rows = [
            self.record.with_delay(identity_key=key).testing_method().db_record()
            for key in "ab"
        ]
        delayables = [self.keyed(key).testing_method() for key in "abc"]
        group(*delayables).delay()
        self.assertEqual([d._generated_job for d in delayables[:2]], rows)
        self.assertIsInstance(delayables[2]._generated_job, Job)
        self.assertFalse(delayables[2]._generated_job.db_record().graph_uuid)

    def test_child_of_an_existing_job_waits_for_that_one(self):
        first = self.record.with_delay(identity_key="k").testing_method()
        child = self.record.delayable(description="child").testing_method()
        chain(self.keyed("k").testing_method(), child).delay()
        row, parent = child._generated_job.db_record(), first.db_record()
        self.assertEqual(row.state, "wait_dependencies")
        self.assertEqual(row.dependency_ids, parent)
        self.assertEqual(parent.dependent_ids, row)
        self.assertEqual(row.graph_uuid, parent.graph_uuid)
        parent.button_done()
        self.assertEqual(row.state, "pending")

    def test_existing_jobs_of_two_graphs_become_one_graph_with_their_child(self):
        for key in "ab":
            chain(
                self.keyed(key).testing_method(),
                self.record.delayable().testing_method(),
            ).delay()
        child = self.record.delayable(description="child").testing_method()
        chain(
            group(self.keyed("a").testing_method(), self.keyed("b").testing_method()),
            child,
        ).delay()
        row = child._generated_job.db_record()
        self.assertEqual(len(row.dependency_ids), 2)
        self.assertEqual(row.graph_jobs_count, 5)

    def test_existing_child_keeps_its_own_parents(self):
        first = self.record.with_delay(identity_key="k").testing_method()
        chain(
            self.record.delayable().testing_method(), self.keyed("k").testing_method()
        ).delay()
        self.assertEqual(first.db_record().state, "pending")

    def test_same_key_twice_in_one_graph_is_one_job(self):
        one, two = self.keyed("k").testing_method(), self.keyed("k").testing_method()
        child = self.record.delayable().testing_method()
        chain(one, two, child).delay()
        self.assertEqual(len(self.queue_job.search([("identity_key", "=", "k")])), 1)
        self.assertEqual(two._generated_job, one._generated_job.db_record())
        row = child._generated_job.db_record()
        self.assertEqual(row.dependency_ids, one._generated_job.db_record())

    def test_retried_job_is_superseded_by_a_newer_waiting_one(self):
        job = self.stored(identity_key="k")
        job.set_started()
        job.store()
        newer = self.record.with_delay(identity_key="k").testing_method()
        self.assertIsInstance(newer, Job)
        job = self.reload(job)
        job.postpone(result="later", seconds=5)
        job.set_pending(reset_retry=False)
        job.store()
        row = job.db_record()
        self.assertEqual(row.state, "cancelled")
        self.assertIn(newer.uuid, row.result)
        waiting = [("identity_key", "=", "k"), ("state", "=", "pending")]
        self.assertEqual(self.queue_job.search(waiting), newer.db_record())

    def test_requeued_job_is_superseded_and_its_dependents_wait_for_the_newer_one(self):
        parent = self.keyed("k", "parent").testing_method()
        child = self.record.delayable(description="child").testing_method()
        chain(parent, child).delay()
        row = parent._generated_job.db_record()
        row.write({"state": "failed"})
        self.env.flush_all()
        newer = self.record.with_delay(identity_key="k").testing_method()
        row.requeue()
        self.assertEqual(row.state, "cancelled")
        child_row = child._generated_job.db_record()
        self.assertEqual(child_row.state, "wait_dependencies")
        self.assertEqual(child_row.dependency_ids, newer.db_record())
        newer.db_record().button_done()
        self.assertEqual(child_row.state, "pending")

    def test_waiting_duplicates_of_an_older_version_become_one(self):
        jobs = [self.stored(description=name) for name in "abc"]
        child = self.record.delayable(description="child").testing_method()
        child.delay()
        child._generated_job.add_depends({jobs[2]})
        for job in (jobs[2], child._generated_job):
            job.graph_uuid = "graph"
            job.store()
        self.env.flush_all()
        self.env.cr.execute(f"DROP INDEX {uniqueness.UNIQUE_INDEX}")
        self.env.cr.execute(
            "UPDATE queue_job SET identity_key = 'duplicate' WHERE uuid = ANY(%s)",
            ([job.uuid for job in jobs],),
        )
        with self.assertLogs(
            "odoo.addons.queue_job.engine.schema.uniqueness", "WARNING"
        ):
            self.assertEqual(uniqueness.cancel_waiting_duplicates(self.env.cr), 2)
        self.env.cr.execute(uniqueness.CREATE_UNIQUE_INDEX)
        self.env.invalidate_all()
        rows = [job.db_record() for job in jobs]
        self.assertEqual(
            [row.state for row in rows], ["pending", "cancelled", "cancelled"]
        )
        self.assertIn(jobs[0].uuid, rows[1].result)
        child_row = child._generated_job.db_record()
        self.assertEqual(child_row.dependency_ids, rows[0])
        self.assertEqual(rows[0].graph_uuid, "graph")

    def test_store_of_a_job_whose_key_waits_stores_nothing(self):
        self.stored(identity_key="k")
        with self.assertLogs("odoo.addons.queue_job.job.enqueue", logging.INFO):
            duplicate = self.stored(identity_key="k")
        self.assertFalse(duplicate.db_record())

    def test_jobs_rescued_by_sql_are_superseded_too(self):
        """Those of a dead worker, in one statement, with duplicates among them."""
        jobs = []
        for name in "ab":
            job = self.stored(identity_key="k", description=name)
            job.set_started()
            job.store()
            jobs.append(job)
        free = self.stored()
        free.set_started()
        free.store()
        child = self.record.delayable(description="child").testing_method()
        child.delay()
        child._generated_job.add_depends({jobs[1]})
        for job in (jobs[1], child._generated_job):
            job.graph_uuid = "graph"
            job.store()
        newer = self.record.with_delay(identity_key="k").testing_method()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'pending' WHERE state = 'started'"
        )
        self.env.invalidate_all()
        rows = [job.db_record() for job in jobs]
        self.assertEqual([row.state for row in rows], ["cancelled", "cancelled"])
        self.assertEqual({row.superseded_by for row in rows}, {newer.uuid})
        self.assertEqual(free.db_record().state, "pending")
        child_row = child._generated_job.db_record()
        self.assertEqual(child_row.dependency_ids, newer.db_record())
        self.assertEqual(newer.db_record().graph_uuid, "graph")
        newer.db_record().button_done()
        rows[0].requeue()
        self.assertEqual((rows[0].state, rows[0].superseded_by), ("pending", False))

    def test_two_started_duplicates_rescued_by_one_statement_leave_one(self):
        for _duplicate in range(2):
            job = self.stored(identity_key="k")
            job.set_started()
            job.store()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'pending' WHERE identity_key = 'k'"
        )
        self.env.invalidate_all()
        rows = self.queue_job.search([("identity_key", "=", "k")])
        self.assertEqual(sorted(rows.mapped("state")), ["cancelled", "pending"])
