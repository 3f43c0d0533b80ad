from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.connector.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestDelete(ShopCase):
    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Ada"})
        self.note = self.bind(self.backend, "shop.note", self.partner, "N1")
        self.notes = self.shop.resources["shop.note"] = {"N1": {}}

    def _delete_remote(self, reaction):
        deleter = self.component("record.deleter", "shop.note")
        with (
            patch.object(type(deleter), "_on_remote_delete", reaction),
            trap_jobs() as trap,
        ):
            text = deleter.run("N1")
            trap.assert_jobs_count(0)
        return text

    def test_records_deleted_in_odoo_are_deleted_externally(self):
        with trap_jobs() as trap:
            self.note.unlink()
            trap.assert_enqueued_job(
                self.env["shop.note"].export_delete_record, (self.backend, "N1")
            )
            trap.perform_enqueued_jobs()
        self.assertEqual(self.notes, {})

    def test_a_record_with_id_zero_is_deleted_externally_too(self):
        model = "shop.res.partner.category"
        tag = self.env["res.partner.category"].create({"name": "Zero"})
        zero = self.bind(self.backend, model, tag, 0)
        with self.work_on(self.backend, "shop.note") as work, trap_jobs() as trap:
            work.component_by_name("shop.note.listener")._delay_delete(zero)
            delete = zero.browse().export_delete_record
            trap.assert_enqueued_job(delete, (self.backend, 0))

    def test_a_record_that_was_never_exported_is_not_deleted_externally(self):
        note = self.bind(self.backend, "shop.note", self.partner)
        with trap_jobs() as trap:
            note.unlink()
            trap.assert_jobs_count(0)

    def test_a_record_already_deleted_externally_is_no_error(self):
        self.notes.clear()
        text = self.env["shop.note"].export_delete_record(self.backend, "N1")
        self.assertIn("already deleted", text)

    def test_a_record_deleted_externally_is_unbound(self):
        self._delete_remote("unbind")
        self.assertFalse(self.note.exists())
        self.assertTrue(self.partner.exists())

    def test_or_archived_here(self):
        self._delete_remote("archive")
        self.assertFalse(self.note.active)
        self.assertFalse(self.partner.active)

    def test_or_deleted_here(self):
        self._delete_remote("delete")
        self.assertFalse(self.note.exists())
        self.assertFalse(self.partner.exists())

    def test_what_binds_nothing_is_deleted_itself(self):
        note = self.env["shop.note"].create({"backend_id": self.backend.id})
        self.component("binder", "shop.note").bind("N2", note)
        with patch.object(
            self._components_registry["shop.note.binder"],
            "unwrap_binding",
            side_effect=ValueError("nothing is bound"),
        ):
            self.component("record.deleter", "shop.note").run("N2")
        self.assertFalse(note.exists())

    def test_what_was_never_imported_cannot_be_followed(self):
        text = self.component("record.deleter", "shop.note").run("N9")
        self.assertIn("N9 does not exist", text)

    def test_a_record_that_is_being_exported_is_tried_again(self):
        locker = self._components_registry["base.record.locker"]
        with (
            patch.object(locker, "_lock_rows", return_value=False),
            self.assertRaises(RetryableJobError),
        ):
            self.component("record.deleter", "shop.note").run("N1")
        self.assertTrue(self.note.exists())
