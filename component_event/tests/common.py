from odoo.addons.component.tests.registry_case import RegistryCase


class EventCase(RegistryCase):
    """A private registry with the components of this addon, a list of received events,
    and a partner."""

    def setUp(self):
        super().setUp()
        self._load_module_components("component_event")
        self.received = []
        self.partner = self.env["res.partner"].create({"name": "Ada"})

    def listen(self, *classes):
        """Build listeners, as if they had been there from the start."""
        self._build_components(*classes)
        self.comp_registry._cache.clear()
        self.comp_registry["base.event.collecter"]._cache.clear()
