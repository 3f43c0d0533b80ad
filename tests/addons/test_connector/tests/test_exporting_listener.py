from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestListener(ShopCase):
    def test_a_change_is_exported_by_a_job(self):
        binding = self.bind_partner("P1")
        with trap_jobs() as trap:
            binding.odoo_id.write({"city": "London"})
            trap.assert_enqueued_job(binding.export_record, kwargs={"fields": ["city"]})

    def test_what_an_import_writes_is_not_exported(self):
        self.bind_partner("P1")
        self.shop.resources["shop.res.partner"] = {"P1": {"name": "Ada Lovelace"}}
        with trap_jobs() as trap:
            self.env["shop.res.partner"].import_record(self.backend, "P1")
            trap.assert_jobs_count(0)

    def test_a_deleted_record_is_deleted_externally(self):
        binding = self.bind_partner("P1")
        self.shop.resources["shop.res.partner"] = {"P1": {"name": "Ada"}}
        with trap_jobs() as trap:
            binding.odoo_id.unlink()
            trap.perform_enqueued_jobs()
        self.assertEqual(self.shop.resources["shop.res.partner"], {})
