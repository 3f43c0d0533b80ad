from odoo.tests import tagged

from odoo.addons.connector.exception import MappingError

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestRelationalMapping(ShopCase):
    def test_a_binding_model_is_its_own_relation(self):
        binding = self.bind_partner("P1")
        self.assert_imported_as(
            self.backend,
            "shop.order",
            {"number": "SO1", "customer": "P1", "lines": []},
            {
                "name": "SO1",
                "partner_id": binding.id,
                "line_ids": [],
                "backend_id": self.backend.id,
            },
        )
        order = self.env["shop.order"].create(
            {"backend_id": self.backend.id, "name": "SO1", "partner_id": binding.id}
        )
        self.assert_exported_as(
            self.backend, order, {"number": "SO1", "customer": "P1", "lines": []}
        )

    def test_a_relation_goes_through_its_binding(self):
        company = self.bind_partner("P2", name="Analytical Engines")
        binding = self.bind_partner(parent_id=company.odoo_id.id)
        self.assert_exported_as(
            self.backend, binding, {"parent": "P2"}, fields=["parent_id"]
        )

    def test_a_relation_that_is_not_bound_is_an_error(self):
        company = self.env["res.partner"].create({"name": "Analytical Engines"})
        binding = self.bind_partner(parent_id=company.id)
        with self.assertRaisesRegex(MappingError, "parent_id"):
            self.assert_exported_as(self.backend, binding, {})

    def test_only_what_was_written_is_exported(self):
        binding = self.bind_partner(street="Main St 1", street2="2nd floor")
        self.assert_exported_as(
            self.backend,
            binding,
            {"address": "Main St 1, 2nd floor"},
            fields=["street"],
        )

    def test_a_partial_export_of_lines_has_the_whole_lines(self):
        order = self.env["shop.order"].create(
            {
                "backend_id": self.backend.id,
                "line_ids": [(0, 0, {"name": "A", "quantity": 0})],
            }
        )
        self.assert_exported_as(
            self.backend,
            order,
            {"lines": [{"sku": "A", "qty": 0.0}]},
            fields=["line_ids"],
        )
