from odoo.tests import tagged

from odoo.addons.queue_job.job import Job

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestJobs(ShopCase):
    """The related action of the job of a binding."""

    def _action(self, records):
        job = records.with_delay().export_record()
        return Job.load(self.env, job.uuid).related_action()

    def test_the_job_of_a_binding_opens_the_bound_record(self):
        binding = self.bind_partner("P1")
        self.assertEqual(
            self._action(binding),
            {
                "name": "Related Record",
                "type": "ir.actions.act_window",
                "view_type": "form",
                "view_mode": "form",
                "res_model": "res.partner",
                "res_id": binding.odoo_id.id,
            },
        )

    def test_a_binding_that_binds_nothing_is_opened_itself(self):
        order = self.env["shop.order"].create({"backend_id": self.backend.id})
        action = self._action(order)
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("shop.order", order.id)
        )

    def test_the_job_of_several_bindings_opens_all_of_them(self):
        bindings = self.bind_partner("P1") + self.bind_partner("P2")
        action = self._action(bindings)
        self.assertEqual(action["res_model"], "res.partner")
        self.assertEqual(action["domain"], [("id", "in", bindings.odoo_id.ids)])

    def test_nothing_is_left_to_open_of_what_was_deleted(self):
        binding = self.bind_partner("P1")
        job = binding.with_delay().export_record()
        binding.unlink()
        self.assertIsNone(Job.load(self.env, job.uuid).related_action())

    def test_a_binding_that_waits_for_its_backend_is_opened_itself(self):
        note = self.env["shop.note"].create({"title": "x"})
        action = note.with_delay().write({}).db_record()
        action = action.related_action_unwrap_binding()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("shop.note", note.id)
        )

    def test_a_record_without_backend_is_opened_itself(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        job = partner.with_delay().write({})
        action = job.db_record().related_action_unwrap_binding()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", partner.id)
        )

    def test_a_failed_job_that_cannot_be_read_gets_its_line_in_the_run(self):
        run = self.env["connector.sync.run"].create(
            {
                "backend_model": self.backend._name,
                "backend_id": self.backend.id,
                "direction": "export",
                "model": "shop.res.partner",
            }
        )
        row = self.bind_partner("P1").with_delay().export_record().db_record()
        row.sync_run_id = run
        row.state = "failed"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET args = to_jsonb('no json'::text) WHERE id = %s",
            (row.id,),
        )
        self.env.invalidate_all()
        self.env["connector.sync.line"]._report_failed_jobs(run, row)
        line = self.env["connector.sync.line"].search([("run_id", "=", run.id)])
        self.assertEqual(line.job_uuid, row.uuid)
