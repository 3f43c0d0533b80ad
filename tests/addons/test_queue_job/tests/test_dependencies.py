from odoo.tests import tagged

from odoo.addons.queue_job.delay import chain, group
from odoo.addons.queue_job.job import Job

from .common import JobCase


@tagged("post_install", "-at_install")
class TestDependencies(JobCase):
    def graph(self):
        """Store a -> b -> d, a -> c -> d; return the rows."""
        nodes = {
            name: self.record.delayable(description=name).testing_method()
            for name in "abcd"
        }
        chain(nodes["a"], group(nodes["b"], nodes["c"]), nodes["d"]).delay()
        return [nodes[name]._generated_job.db_record() for name in "abcd"]

    def test_dependents_start_when_all_their_parents_are_done(self):
        a, b, c, d = self.graph()
        a.button_done()
        self.assertEqual(
            (b.state, c.state, d.state), ("pending", "pending", "wait_dependencies")
        )
        b.button_done()
        self.assertEqual(d.state, "wait_dependencies")
        c.button_done()
        self.assertEqual(d.state, "pending")

    def test_failed_or_cancelled_parent_holds_its_dependents(self):
        a, b, c, d = self.graph()
        a.button_done()
        b.button_done()
        c.write({"state": "failed"})
        self.assertEqual(d.state, "wait_dependencies")
        self.assertEqual(d.failed_dependency_ids, c)

    def test_deleted_parent_counts_as_done(self):
        a, b, c, d = self.graph()
        a.button_done()
        c.unlink()
        b.button_done()
        self.assertEqual(d.state, "pending")
        self.assertEqual(d.dependency_ids, b)

    def test_cancelling_cancels_everything_behind_that_waits(self):
        a, b, c, d = self.graph()
        a.button_done()
        b.button_cancelled()
        self.assertEqual(
            (b.state, c.state, d.state), ("cancelled", "pending", "cancelled")
        )
        self.assertEqual(d.date_cancelled, b.date_cancelled)
        self.assertEqual(
            d.result, "Cancelled because a job it depends on was cancelled"
        )

    def test_cancelling_a_selection_cancels_each_once(self):
        rows = self.queue_job.concat(*self.graph())
        rows.button_cancelled()
        self.assertEqual(set(rows.mapped("state")), {"cancelled"})
        self.assertEqual(sum("Cancelled by" in row.result for row in rows), 1)

    def test_requeueing_a_parent_leaves_its_dependents_alone(self):
        a, b, _c, d = self.graph()
        a.button_done()
        a.requeue()
        self.assertEqual((a.state, b.state), ("pending", "pending"))
        b.button_cancelled()
        b.requeue()
        self.assertEqual((b.state, d.state), ("wait_dependencies", "cancelled"))

    def test_job_stored_before_its_dependent_was_attached_releases_it(self):
        parent, child = self.stored(), self.stored()
        child.add_depends({parent})
        child.graph_uuid = parent.graph_uuid = "graph"
        child.store()
        self.env.cr.execute(
            "UPDATE queue_job SET graph_uuid = 'graph' WHERE uuid = %s", (parent.uuid,)
        )
        self.env.invalidate_all()
        parent.db_record().button_done()
        self.assertEqual(child.db_record().state, "pending")

    def test_searching_by_dependencies_and_dependents(self):
        a, b, c, d = self.graph()
        single = self.stored().db_record()

        def search(*condition):
            return self.queue_job.search(
                [condition, ("id", "in", (a + b + c + d + single).ids)]
            )

        self.assertEqual(search("dependency_ids", "in", a.ids), b | c)
        self.assertEqual(search("dependency_ids", "=", a.id), b | c)
        self.assertEqual(search("dependent_ids", "in", d.ids), b | c)
        self.assertEqual(
            search("dependency_ids", "any", [("name", "in", ["b", "a"])]), b | c | d
        )
        self.assertEqual(
            search("dependency_ids", "not any", [("name", "=", "a")]), a | d | single
        )
        self.assertEqual(search("dependency_ids", "not in", (a | b).ids), a | single)
        self.assertEqual(search("dependency_ids", "=", False), a | single)
        self.assertEqual(search("dependent_ids", "!=", False), a | b | c)

    def test_picture_of_the_graph(self):
        a, b, c, d = self.graph()
        a.button_done()
        b.write({"state": "failed"})
        c.write({"state": "started"})
        picture = a.dependency_graph
        nodes = {node["id"]: node for node in picture["nodes"]}
        self.assertEqual(
            nodes[a.id],
            {
                "id": a.id,
                "title": f"<strong>a</strong><br/>test.queue.job({self.record.id},)"
                ".testing_method()",
                "color": "#C2FABC",
                "border": "#4AD63A",
                "shadow": True,
            },
        )
        colors = [(nodes[r.id]["color"], nodes[r.id]["border"]) for r in (b, c, d)]
        self.assertEqual(
            colors,
            [("#FB7E81", "#FA0A10"), ("#FFFF00", "#FFA500"), ("#D2E5FF", "#2B7CE9")],
        )
        self.assertEqual(
            sorted(picture["edges"]),
            sorted([[a.id, b.id], [a.id, c.id], [b.id, d.id], [c.id, d.id]]),
        )
        self.assertEqual(self.stored().db_record().dependency_graph, {})

    def test_graph_escapes_the_texts_of_jobs(self):
        chain(
            self.record.delayable(description="<b>x</b>").testing_method("<i>"),
            self.record.delayable().testing_method(),
        ).delay()
        row = self.queue_job.search([("name", "=", "<b>x</b>")])
        self.assertIn("&lt;b&gt;x&lt;/b&gt;", row._dependency_graph_vis_node()["title"])

    def test_add_depends_refuses_the_job_itself(self):
        job = Job(self.record.testing_method)
        with self.assertRaises(ValueError):
            job.add_depends({job})
