from odoo.addons.component.core import Component
from odoo.addons.connector.api import Resource
from odoo.addons.connector.components.importing.record import RecordImporter

from ..models import PantryGuest
from .pantry_case import GUEST, PantryCase


class TestResource(PantryCase):
    def importer(self, resource, **attributes):
        """Return the importer of guests, whose class has some attributes."""
        self.patch(PantryGuest, "_resource", resource)
        values = {"_register": False, "_collection": "pantry.backend", **attributes}
        declared = type(Component)(
            "Importer",
            (Component,),
            {**values, "_name": "own.importer", "_inherit": "generic.record.importer"},
        )
        with self.backend.work_on(GUEST) as work:
            registry = work.components_registry
            declared._build_component(registry)
            self.addCleanup(registry._components.pop, "own.importer")
            self.addCleanup(registry._cache.clear)
            registry._cache.clear()
            return work.component(usage="record.importer")

    def test_a_page_is_imported_record_by_record_where_that_is_overridden(self):
        created = []

        def create(importer, data):
            created.append(data["name"])
            return RecordImporter._create(importer, data)

        def batch():
            return self.env[GUEST].import_batch(self.backend)

        self.guest(name="Ada")
        batch()
        self.importer(PantryGuest._resource, _create=create)
        self.guest(name="Grace")
        self.guest(name="Mary")
        batch()
        self.assertEqual(created, ["Grace", "Mary"])
        self.assertEqual(self.env[GUEST].search_count([]), 3)

    def test_what_is_declared_wins_even_if_it_is_what_the_library_has(self):
        resource = Resource("/x", version_key="updated_at", match_policy="remote")
        importer = self.importer(
            resource, _version_key="etag", _match_policy="odoo", _match_field="name"
        )
        self.assertEqual(importer._version_key, "updated_at")
        self.assertEqual(importer._match_policy, "remote")
        self.assertEqual(importer._match_field, "name", "it is not declared")

    def test_none_is_a_declaration_too(self):
        importer = self.importer(Resource("/x", version_key=None), _version_key="etag")
        self.assertIsNone(importer._version_key)
