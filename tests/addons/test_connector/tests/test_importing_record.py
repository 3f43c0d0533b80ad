from odoo.tests import tagged

from odoo.addons.connector.database import pg_try_advisory_lock
from odoo.addons.connector.exception import IDMissingInBackend, RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestImport(ShopCase):
    """A connector with its own importers."""

    def _import(self, external_id, model_name="shop.res.partner"):
        return self.env[model_name].import_record(self.backend, external_id)

    def test_a_record_is_created_and_bound(self):
        self.shop.resources["shop.res.partner"] = {
            "P1": {"name": "Ada", "ref": "abc", "points": "12", "newsletter": "1"}
        }
        self._import("P1")
        binding = self.env["shop.res.partner"].search([("external_id", "=", "P1")])
        self.assertEqual(binding.odoo_id.name, "Ada")
        self.assertEqual(binding.ref, "ABC")
        self.assertEqual(binding.points, 12)
        self.assertTrue(binding.newsletter)
        self.assertEqual(binding.backend_id, self.backend)
        self.assertTrue(binding.sync_date)

    def test_a_record_is_updated_without_what_is_for_creation(self):
        binding = self.bind_partner("P1", email="ada@example.org")
        other = self.env["res.partner"].create({"name": "x", "email": "x@example.org"})
        self.shop.resources["shop.res.partner"] = {
            "P1": {"name": "Ada Lovelace", "email": "x@example.org"}
        }
        self._import("P1")
        self.assertEqual(binding.name, "Ada Lovelace")
        self.assertNotEqual(binding.odoo_id, other)

    def test_dependencies_come_first(self):
        self.shop.resources["shop.res.partner"] = {
            "P1": {"name": "Ada", "parent": "P2"},
            "P2": {"name": "Analytical Engines"},
        }
        self._import("P1")
        binding = self.env["shop.res.partner"].search([("external_id", "=", "P1")])
        self.assertEqual(binding.parent_id.name, "Analytical Engines")
        self.assertEqual(binding.parent_id.shop_bind_ids.external_id, "P2")

    def test_lines_come_with_their_record(self):
        self.shop.resources["shop.res.partner"] = {"P1": {"name": "Ada"}}
        self.shop.resources["shop.order"] = {
            "O1": {
                "number": "SO1",
                "customer": "P1",
                "lines": [
                    {"sku": "A", "qty": 2},
                    {"sku": "B", "qty": 1, "cancelled": True},
                    {"sku": "C", "qty": 0},
                ],
            }
        }
        self._import("O1", "shop.order")
        order = self.env["shop.order"].search([("external_id", "=", "O1")])
        self.assertEqual(order.partner_id.external_id, "P1")
        self.assertEqual(
            order.line_ids.mapped(lambda line: (line.name, line.quantity)),
            [("A", 2), ("C", 0)],
        )

    def test_one_job_for_each_record(self):
        self.shop.resources["shop.res.partner"] = {
            "P1": {"name": "Ada"},
            "P2": {"name": "Bob"},
        }
        with trap_jobs() as trap:
            self.env["shop.res.partner"].import_batch(self.backend)
            trap.assert_jobs_count(2)
            trap.assert_enqueued_job(
                self.env["shop.res.partner"].import_record, (self.backend, "P2")
            )
            trap.perform_enqueued_jobs()
        self.assertEqual(
            self.env["shop.res.partner"].search_count(
                [("backend_id", "=", self.backend.id)]
            ),
            2,
        )

    def test_a_record_that_is_imported_by_another_job_is_tried_again(self):
        self.shop.resources["shop.res.partner"] = {"P1": {"name": "Ada"}}
        lock = f"import(shop.backend, {self.backend.id}, shop.res.partner, P1)"
        with self.registry.cursor() as cr:
            self.assertTrue(pg_try_advisory_lock(self.env(cr=cr), lock))
            with self.assertRaises(RetryableJobError):
                self._import("P1")

    def test_a_missing_record_is_an_error(self):
        with self.assertRaises(IDMissingInBackend):
            self._import("P9")
