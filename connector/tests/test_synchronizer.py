from unittest.mock import MagicMock

from odoo.tests import tagged

from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.component.tests.registry_case import RegistryCase
from odoo.addons.connector.components.core import (
    BaseConnectorComponent,
    ConnectorUnit,
)


@tagged("post_install", "-at_install")
class TestSynchronizer(RegistryCase):
    def setUp(self):
        super().setUp()
        self._load_module_components("connector")

    def test_the_old_name_of_components_still_exists(self):
        self.assertIs(ConnectorUnit, BaseConnectorComponent)

    def test_parts_are_looked_up_once_when_they_are_needed(self):
        work = MagicMock()
        importer = self.comp_registry["base.importer"](work)
        work.component.assert_not_called()
        self.assertIs(importer.mapper, importer.mapper)
        work.component.assert_called_once_with(usage="import.mapper", model_name=None)

    def test_the_flow_is_up_to_the_connector(self):
        for name in ("base.importer", "base.exporter", "base.deleter"):
            with self.assertRaises(NotImplementedError):
                self.comp_registry[name](MagicMock()).run()

    def test_crud_operations_are_up_to_the_connector(self):
        adapter = self.comp_registry["base.backend.adapter.crud"](MagicMock())
        for name in ("search", "read", "search_read", "create", "write", "delete"):
            with self.assertRaises(NotImplementedError):
                getattr(adapter, name)(1, key="value")

    def test_usage_and_collection_reach_a_component_whatever_the_order_of_parents(self):
        class Base(AbstractComponent):
            _name = "test.base"
            _inherit = "base.connector"
            _collection = "collection.base"

        class First(Component):
            _name = "test.first"
            _inherit = ["base.exporter", "test.base"]

        class Last(Component):
            _name = "test.last"
            _inherit = ["test.base", "base.exporter"]

        self._build_components(Base, First, Last)
        for name in ("test.first", "test.last"):
            built = self.comp_registry[name]
            self.assertEqual(
                (built._usage, built._collection), ("exporter", "collection.base")
            )
