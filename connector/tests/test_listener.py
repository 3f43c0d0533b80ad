from unittest.mock import Mock

from odoo.tests import tagged

from odoo.addons.component.core import Component
from odoo.addons.component.tests.registry_case import RegistryCase
from odoo.addons.component_event import skip_if
from odoo.addons.component_event.core import EventWorkContext
from odoo.addons.connector.components.core import BaseConnectorComponent
from odoo.addons.connector.components.listener import ConnectorListener


@tagged("post_install", "-at_install")
class TestConnectorListener(RegistryCase):
    def test_listeners_keep_quiet_about_what_an_import_writes(self):
        class Export(Component):
            _name = "test.export.listener"
            _inherit = "base.connector.listener"
            received = []

            @skip_if(lambda self, record, **kwargs: self.no_connector_export(record))
            def on_record_write(self, record, fields=None):
                self.received.append(fields)

        class Log(Component):
            _name = "test.log.listener"
            _inherit = "base.event.listener"
            received = []

            def on_record_write(self, record, fields=None):
                self.received.append(fields)

        for component in (BaseConnectorComponent, ConnectorListener):
            if component._name not in self.comp_registry:
                component._build_component(self.comp_registry)
        self._build_components(Export, Log)
        partner = self.env["res.partner"]
        work = EventWorkContext(
            model_name="res.partner",
            env=self.env,
            components_registry=self.comp_registry,
        )
        collecter = self.comp_registry["base.event.collecter"](work)
        events = collecter.collect_events("on_record_write")
        for key in ("connector_no_export", "no_connector_export"):
            events.notify(partner.with_context(**{key: True}), fields=[key])
        events.notify(Mock(), fields=["any context"])
        events.notify(partner, fields=["name"])
        self.assertEqual(Export.received, [["name"]])
        self.assertEqual(len(Log.received), 4)
