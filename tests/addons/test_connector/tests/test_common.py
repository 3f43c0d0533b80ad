from odoo.tests import tagged

from odoo.addons.component.core import Component
from odoo.addons.connector.exception import IDMissingInBackend, NetworkRetryableError

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestHelpers(ShopCase):
    """The test helpers for connectors."""

    def test_a_model_talks_to_a_system_in_memory(self):
        system = self.fake_adapter(
            self.backend, "shop.res.partner", {"P1": {"name": "?"}}
        )
        known, new = self.bind_partner("P1"), self.bind_partner()
        known.export_record(fields=["name"])
        new.export_record()
        self.assertEqual(system.records["P1"], {"name": "Ada"})
        self.assertEqual(system.records[new.external_id]["origin"], "odoo")
        self.assertEqual([call[0] for call in system.calls], ["write", "create"])
        self.assertEqual(self.shop.calls, [], "its own adapter is not called")

    def test_requests_go_to_the_fake_system(self):
        system = self.fake_adapter(self.backend, "shop.res.partner", {"P1": {"a": 1}})
        adapter = self.component("backend.adapter")
        self.assertEqual(adapter.search(), ["P1"])
        self.assertEqual(adapter.read("P1"), {"id": "P1", "a": 1})
        self.assertEqual(adapter.search_read(), [{"id": "P1", "a": 1}])
        adapter.delete("P1")
        self.assertEqual(system.records, {})
        for call in (adapter.read, adapter.delete):
            with self.assertRaises(IDMissingInBackend):
                call("P1")

    def test_an_answer_can_get_lost(self):
        system = self.fake_adapter(self.backend, "shop.res.partner")
        system.errors.append(NetworkRetryableError("lost"))
        with self.assertRaises(NetworkRetryableError):
            self.bind_partner().export_record()
        self.assertEqual(len(system.records), 1)

    def test_other_models_keep_their_adapter(self):
        self.fake_adapter(self.backend, "shop.res.partner")
        adapter = self.component("backend.adapter", "shop.order")
        self.assertEqual(adapter._name, "shop.adapter")

    def test_mappings_are_compared(self):
        binding = self.bind_partner()
        with self.assertRaises(AssertionError):
            self.assert_exported_as(self.backend, binding, {"name": "Bob"})

    def test_a_record_with_id_zero_is_updated_and_not_created_again(self):
        class Mapper(Component):
            _name = "test.category.export.mapper"
            _inherit = ["base.export.mapper", "shop.base"]
            _apply_on = "shop.res.partner.category"
            direct = [("name", "name")]

        class Exporter(Component):
            _name = "test.category.exporter"
            _inherit = ["generic.exporter", "shop.base"]
            _apply_on = "shop.res.partner.category"
            _usage = "record.exporter"

        for component in (Mapper, Exporter):
            component._build_component(self._components_registry)
            self.addCleanup(self._components_registry._components.pop, component._name)
        model = "shop.res.partner.category"
        system = self.fake_adapter(self.backend, model, {0: {}})
        zero, never_exported = (
            self.bind(
                self.backend,
                model,
                self.env["res.partner.category"].create({"name": name}),
                external_id,
            )
            for name, external_id in (("zero", 0), ("never exported", None))
        )
        system.create = lambda data: system.records.setdefault(7, data) and 7
        exporter = self.component("record.exporter", model)
        exporter.run(zero)
        exporter.run(never_exported)
        self.assertEqual(
            system.records, {0: {"name": "zero"}, 7: {"name": "never exported"}}
        )
        self.assertEqual(never_exported.external_id, 7)
