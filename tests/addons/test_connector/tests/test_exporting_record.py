from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.connector.exception import (
    IDMissingInBackend,
    InvalidDataError,
    RetryableJobError,
)
from odoo.addons.queue_job.tests.common import trap_jobs

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestExport(ShopCase):
    """A connector that only uses the original exporter."""

    @property
    def partners(self):
        return self.shop.resources.setdefault("shop.res.partner", {})

    def test_a_new_record_is_created_and_bound(self):
        binding = self.bind_partner(email="ada@example.org", street="Main St")
        result = binding.export_record()
        self.assertEqual(
            self.partners,
            {
                "S1": {
                    "name": "Ada",
                    "email": "ada@example.org",
                    "points": 0,
                    "country": False,
                    "parent": False,
                    "address": "Main St",
                    "origin": "odoo",
                }
            },
        )
        self.assertEqual(binding.external_id, "S1")
        self.assertTrue(binding.sync_date)
        self.assertIn("S1", result)

    def test_a_known_record_is_updated_with_what_changed(self):
        binding = self.bind_partner("S1", email="ada@example.org")
        self.partners["S1"] = {"name": "?", "email": "?"}
        binding.export_record(fields=["name"])
        self.assertEqual(self.partners["S1"], {"name": "Ada", "email": "?"})

    def test_a_record_is_created_complete_whatever_fields_are_given(self):
        binding = self.bind_partner(email="ada@example.org")
        binding.export_record(fields=["name"])
        self.assertEqual(self.partners["S1"]["email"], "ada@example.org")

    def test_nothing_is_sent_when_nothing_changed(self):
        binding = self.bind_partner("S1")
        self.partners["S1"] = {}
        binding.export_record(fields=["comment"])
        self.assertEqual(self.shop.calls, [])

    def test_a_skipped_record_is_not_marked_as_synchronized(self):
        for external_id in (None, "S1"):
            binding = self.bind_partner(external_id, name="Nobody")
            binding.sync_date = False
            self.assertFalse(binding.export_record())
            self.assertEqual(binding.external_id or None, external_id)
            self.assertFalse(binding.sync_date)
        self.assertEqual(self.shop.calls, [])

    def test_data_is_validated_before_it_is_sent(self):
        binding = self.bind_partner(name="invalid")
        with self.assertRaises(InvalidDataError):
            binding.export_record()
        self.assertEqual(self.shop.calls, [])

    def test_a_deleted_binding_is_not_an_error(self):
        binding = self.bind_partner()
        exporter = self.component("record.exporter")
        binding.unlink()
        self.assertIn("no longer exists", exporter.run(binding))

    def test_a_record_deleted_externally_is_created_again(self):
        binding = self.bind_partner("S9")
        exporter = self.component("record.exporter")
        with patch.object(
            type(exporter), "_should_import", side_effect=IDMissingInBackend("gone")
        ):
            exporter.run(binding)
        self.assertEqual(binding.external_id, "S1")
        self.assertEqual(list(self.partners), ["S1"])

    def test_a_record_changed_externally_is_imported_too(self):
        binding = self.bind_partner("S1")
        self.partners["S1"] = {}
        exporter = self.component("record.exporter")
        with (
            trap_jobs() as trap,
            patch.object(type(exporter), "_should_import", return_value=True),
        ):
            exporter.run(binding)
            trap.assert_enqueued_job(
                binding.import_record, (self.backend, "S1"), {"force": True}
            )
        self.assertEqual(self.partners["S1"]["name"], "Ada")

    def test_a_locked_record_is_tried_again_without_counting(self):
        binding = self.bind_partner("S1")
        exporter = self.component("record.exporter")
        with (
            patch.object(
                self._components_registry["base.record.locker"],
                "_lock_rows",
                return_value=False,
            ),
            self.assertRaises(RetryableJobError) as caught,
        ):
            exporter.run(binding)
        self.assertTrue(caught.exception.ignore_retry)
        self.assertEqual(self.shop.calls, [])

    # -- dependencies

    def test_a_dependency_is_bound_and_exported_first(self):
        company = self.env["res.partner"].create({"name": "Analytical Engines"})
        binding = self.bind_partner(parent_id=company.id)
        binding.export_record()
        self.assertEqual(self.partners["S1"]["name"], "Analytical Engines")
        self.assertEqual(self.partners["S2"]["parent"], "S1")
        self.assertEqual(company.shop_bind_ids.external_id, "S1")

    def test_a_dependency_that_was_exported_is_left_alone(self):
        company = self.bind_partner("S7", name="Analytical Engines")
        binding = self.bind_partner(parent_id=company.odoo_id.id)
        binding.export_record()
        self.assertEqual(list(self.partners), ["S1"])
        self.assertEqual(self.partners["S1"]["parent"], "S7")

    def test_a_dependency_that_is_a_binding_is_exported_itself(self):
        binding = self.bind_partner()
        order = self.env["shop.order"].create(
            {"backend_id": self.backend.id, "name": "SO1", "partner_id": binding.id}
        )
        order.export_record()
        self.assertEqual(binding.external_id, "S1")
        self.assertEqual(self.shop.resources["shop.order"]["S1"]["customer"], "S1")

    def test_an_archived_binding_of_a_dependency_is_not_made_twice(self):
        company = self.bind_partner("S7", name="Analytical Engines")
        company.active = False
        binding = self.bind_partner(parent_id=company.odoo_id.id)
        binding.export_record()
        self.assertEqual(self.partners["S1"]["parent"], "S7")

    def test_the_binder_says_how_the_fields_of_bindings_are_called(self):
        tag = self.env["res.partner.category"].create({"name": "tag"})
        exporter = self.component("record.exporter")
        exporter._get_or_create_binding(
            tag,
            "shop.res.partner.category",
            exporter.binder_for("shop.res.partner.category"),
            {"external_id": 5},
        )
        binding = self.env["shop.res.partner.category"].search(
            [("odoo_id", "=", tag.id)]
        )
        self.assertEqual((binding.backend_id, binding.external_id), (self.backend, 5))

    def test_a_record_that_is_bound_at_the_same_time_is_tried_again(self):
        exporter = self.component("record.exporter")
        binding = self.bind_partner("S1")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(RetryableJobError),
            exporter._retry_unique_violation(),
        ):
            self.env["shop.res.partner"].create(
                {"backend_id": self.backend.id, "odoo_id": binding.odoo_id.id}
            )
        self.assertTrue(binding.name, "the transaction stays usable")

    def test_other_violations_are_errors(self):
        exporter = self.component("record.exporter")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            exporter._retry_unique_violation(),
            self.cr.savepoint(),
        ):
            self.cr.execute("INSERT INTO shop_order_line (order_id) VALUES (-1)")
