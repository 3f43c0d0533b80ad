"""Shared code of the tests of the REST adapter."""

from types import SimpleNamespace

from odoo.addons.component.core import Component, WorkContext
from odoo.addons.component.tests.registry_case import RegistryCase

from .http_server import ScriptedServer


class FakeBackend(SimpleNamespace):
    """A stub of a backend, sufficient for an adapter."""

    _name = "fake.backend"

    def sudo(self):
        return self

    def _get_backend_version(self):
        return None


class RestCase(RegistryCase):
    """A test with a server, and an adapter created by :meth:`adapter`."""

    def setUp(self):
        super().setUp()
        self.comp_registry.load_components("connector")
        self.server = self.enterContext(ScriptedServer())
        self.backend = FakeBackend(
            id=self.env["res.partner"].create({"name": "for a free id"}).id,
            env=self.env,
            location=self.server.url,
            username="barista",
            password="espresso",
            display_name="The machine",
        )

    def adapter(self, context=None, **attributes):
        """Return an adapter with these class attributes."""

        class Adapter(Component):
            _name = "fake.adapter"
            _inherit = "base.rest.adapter"
            _collection = "fake.backend"
            _path = "/api/things"

        for name, value in attributes.items():
            setattr(Adapter, name, value)
        Adapter._build_component(self.comp_registry)
        self.comp_registry._cache.clear()
        self.backend.env = self.env(context={**self.env.context, **(context or {})})
        work = WorkContext(
            model_name="res.partner",
            collection=self.backend,
            components_registry=self.comp_registry,
        )
        return work.component(usage="backend.adapter")
