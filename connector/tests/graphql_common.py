"""Shared code of the tests of the GraphQL adapter."""

from odoo.addons.component.core import Component, WorkContext

from ..components.graphql.documents import Fields
from .rest_common import RestCase


class GraphqlAdapterCase(RestCase):
    """A test with prepared responses; see ``test_connector`` for a real server."""

    def adapter(self, context=None, **attributes):
        """Return a GraphQL adapter with these class attributes."""

        class Adapter(Component):
            _name = "fake.graphql.adapter"
            _inherit = "base.graphql.adapter"
            _collection = "fake.backend"
            _record_fields = Fields("thing", "things", "id name")

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

    def outcome(self, body, status=200, act=None, adapter=None, **headers):
        """Return the exception raised for a response, by ``read`` if not told."""
        self.server._responses.clear()
        for _again in range(5):
            self.server.add_response(body, status, **headers)
        act = act or (lambda adapter: adapter.read(7))
        with self.assertRaises(Exception) as caught:
            act(adapter or self.adapter())
        return caught.exception
