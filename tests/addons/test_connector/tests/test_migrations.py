"""The data kept by an update from 19.0.2."""

from odoo.modules.migration import load_script
from odoo.tests import new_test_user
from odoo.tools.misc import file_path

from odoo.addons.connector.components.webhook.receiver import Delivery

from .kiosk_case import GUEST, KioskCase

FOLDER = "connector/migrations/19.0.3.0.0"


def script(name):
    return load_script(file_path(f"{FOLDER}/{name}-migration.py"), f"{name}_migration")


class TestMigration(KioskCase):
    def test_job_managers_stay_connector_managers(self):
        manager = self.env.ref("connector.group_connector_manager")
        group = self.env["res.groups"].create(
            {
                "name": "On call",
                "implied_ids": [
                    (4, self.env.ref("queue_job.group_queue_job_manager").id)
                ],
            }
        )
        user = new_test_user(self.env, "on_call", "base.group_user")
        user.group_ids += group
        other = new_test_user(self.env, "other", "base.group_user")
        self.env.flush_all()
        for _again in range(2):
            script("pre").keep_managers(self.env.cr)
        self.env.invalidate_all()
        self.assertIn(manager, user.group_ids)
        self.assertNotIn(manager, other.group_ids)

    def test_a_cursor_of_a_model_becomes_that_of_its_flow(self):
        self.guest(1, updated_at="2026-01-01T00:00:00Z")
        run = self.sync()
        cursors = self.env["connector.sync.cursor"]
        cursor = cursors._of(self.backend, "guests_in")
        run.flow = cursor.flow = False
        orphan = cursors.create(
            {
                "backend_model": self.backend._name,
                "backend_id": self.backend.id,
                "model": "res.partner",
                "value": "2026-01-01T00:00:00Z",
            }
        )
        script("end").give_flows(self.env)
        self.assertEqual((cursor.flow, run.flow), ("guests_in", "guests_in"))
        self.assertFalse(orphan.exists())
        self.assertEqual(self.backend._since(GUEST), "2025-12-31T23:55:00Z")

    def test_lines_know_their_backend_and_each_record_has_one(self):
        run = self.start()
        values = {"run_id": run.id, "kind": "failed", "external_id": "7"}
        old, new = self.lines.create([values, values])
        self.env.flush_all()
        script("post").complete_lines(self.env.cr)
        self.env.invalidate_all()
        self.assertEqual((new.backend_id, new.model), (self.backend.id, GUEST))
        self.assertEqual((old.dismissed, new.dismissed), (True, False))
        self.assertEqual(new.attempts, 1)

    def test_an_earlier_delivery_is_recognized_when_it_is_repeated(self):
        endpoint = self.env["connector.webhook.endpoint"]._of(self.backend)
        events = self.env["connector.webhook.event"]
        with endpoint._receiver() as receiver:
            delivery = Delivery({}, b'{"id": "e1", "event": "new"}')
            delivery_id = receiver.delivery_id(delivery, "e1", "new")
        event = events._store(endpoint, delivery, "e1", "new", None)
        self.env.flush_all()
        script("post").identify_deliveries(self.env.cr)
        event.invalidate_recordset()
        self.assertEqual(event.delivery_id, delivery_id)
