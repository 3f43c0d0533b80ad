from odoo.tests import tagged

from odoo.addons.queue_job.delay import chain, group
from odoo.addons.queue_job.job import Job

from .common import JobCase

SIZE = 10_000


@tagged("post_install", "-at_install")
class TestBigGraph(JobCase):
    def test_chain_of_ten_thousand_is_stored_shown_run_and_cancelled(self):
        nodes = [self.record.delayable().testing_method(i) for i in range(SIZE)]
        chain(*nodes).delay()
        rows = [nodes[i]._generated_job.db_record() for i in (0, 1, 5000, SIZE - 1)]
        first, second, middle, last = rows
        self.assertEqual(first.graph_jobs_count, SIZE)
        self.assertEqual(
            [row.state for row in rows], ["pending"] + ["wait_dependencies"] * 3
        )
        picture = middle.dependency_graph
        self.assertLess(len(picture["nodes"]), 300)
        self.assertIn(middle.id, [node["id"] for node in picture["nodes"]])
        job = Job.load(self.env, first.uuid)
        job.perform()
        job.set_done()
        job.store()
        job.enqueue_waiting()
        self.assertEqual(second.state, "pending")
        second.button_cancelled()
        self.assertEqual((middle.state, last.state), ("cancelled", "cancelled"))

    def test_group_after_a_group_of_thousands_is_linked_by_a_barrier_job(self):
        first = [self.record.delayable().testing_method(i) for i in range(2000)]
        then = [
            self.record.delayable(priority=i, channel="root.a").testing_method(i)
            for i in range(3, 2003)
        ]
        chain(group(*first), group(*then)).delay()
        row, child = (nodes[0]._generated_job.db_record() for nodes in (first, then))
        self.assertEqual(row.graph_jobs_count, 4001)
        between = row.dependent_ids
        self.assertEqual(between, child.dependency_ids)
        self.assertEqual((between.priority, between.channel), (3, "root.a"))
        self.assertEqual(between.state, "wait_dependencies")
        self.assertEqual(len(between.dependency_ids), 2000)
        self.assertEqual(len(between.dependent_ids), 2000)
        job = Job.load(self.env, between.uuid)
        job.perform()
        between.button_cancelled()
        self.assertEqual((row.state, child.state), ("pending", "cancelled"))

    def test_many_jobs_after_a_big_group_are_linked_by_a_barrier_job(self):
        first = [self.record.delayable().testing_method(i) for i in range(150)]
        then = [self.record.delayable().testing_method(i) for i in range(150)]
        group(*first).on_done(*then).delay()
        row, child = (nodes[0]._generated_job.db_record() for nodes in (first, then))
        self.assertEqual(row.dependent_ids, child.dependency_ids)
        self.assertEqual(row.graph_jobs_count, 301)

    def test_group_after_a_group_of_a_hundred_is_linked_job_by_job(self):
        first = [self.record.delayable().testing_method(i) for i in range(100)]
        then = [self.record.delayable().testing_method(i) for i in range(100)]
        chain(group(*first), group(*then)).delay()
        self.assertEqual(len(first[0]._generated_job.db_record().dependent_ids), 100)

    def test_group_of_ten_thousand_then_one(self):
        nodes = [self.record.delayable().testing_method(i) for i in range(SIZE)]
        end = self.record.delayable().testing_method("end")
        chain(group(*nodes), end).delay()
        row = end._generated_job.db_record()
        self.assertEqual(len(row.dependencies["depends_on"]), SIZE)
        self.assertLess(len(row.dependency_graph["nodes"]), 300)
        self.assertEqual(len(row.open_graph_jobs()["domain"]), 1)
        nodes[0]._generated_job.db_record().button_cancelled()
        self.assertEqual(row.state, "cancelled")
