from odoo.addons.component.core import Component
from odoo.addons.component.exception import NoComponentError
from odoo.addons.connector.api import TokenLogin
from odoo.addons.connector.components.core import is_default
from odoo.addons.connector.exceptions_http import RemoteAccessDenied

from .pantry_case import GUEST, PantryCase


class TestDefaults(PantryCase):
    def components(self):
        with self.backend.work_on(GUEST) as work:
            return work.components_registry

    def component(self, usage, model=GUEST):
        with self.backend.work_on(model) as work:
            return work.component(usage=usage)._name

    def declare(self, **attributes):
        values = {"_register": False, "_collection": "pantry.backend", **attributes}
        declared = type(Component)("Declared", (Component,), values)
        registry = self.components()
        declared._build_component(registry)
        self.addCleanup(registry._components.pop, attributes["_name"])
        self.addCleanup(registry._cache.clear)
        registry._cache.clear()

    def test_the_library_provides_what_is_not_defined(self):
        self.assertEqual(self.component("binder"), "pantry.backend.default.binder")

    def test_a_component_for_the_model_wins(self):
        self.declare(_name="own.binder", _inherit="base.binder", _apply_on=GUEST)
        self.assertEqual(self.component("binder"), "own.binder")

    def test_a_component_for_all_models_wins(self):
        self.declare(_name="own.binder", _inherit="base.binder")
        self.assertEqual(self.component("binder"), "own.binder")

    def test_a_component_for_a_version_wins_where_it_applies(self):
        self.declare(_name="own.2", _inherit="base.binder", _backend_version=">=2")
        self.backend.version = "2"
        self.assertEqual(self.component("binder"), "own.2")
        self.backend.version = "1"
        self.assertEqual(self.component("binder"), "pantry.backend.default.binder")

    def test_a_component_that_inherits_a_default_wins_over_it(self):
        self.declare(
            _name="own.importer", _inherit="pantry.backend.default.record.importer"
        )
        self.assertEqual(self.component("record.importer"), "own.importer")

    def test_backends_that_do_not_opt_in_get_nothing(self):
        registry = self.components()
        for name in registry:
            component = registry[name]
            if is_default(component):
                self.assertTrue(self.env[component._collection]._connector_defaults)

    def test_a_usage_without_default_is_not_found(self):
        with self.assertRaises(NoComponentError):
            self.component("no.such.usage")

    def test_settings_of_the_resource_reach_the_components(self):
        with self.backend.work_on(GUEST) as work:
            adapter = work.component(usage="backend.adapter")
            importer = work.component(usage="record.importer")
            deleter = work.component(usage="record.deleter")
        self.assertEqual(adapter._path, "/api/guests")
        self.assertEqual(importer._match_field, "email")
        self.assertEqual(deleter._on_remote_delete, "archive")

    def test_the_import_of_declared_models_can_be_previewed(self):
        preview = self.env["connector.import.preview"]
        of_pantry = preview.with_context(
            connector_preview_backend_model="pantry.backend"
        )
        names = [name for name, _label in of_pantry._selection_model()]
        self.assertEqual(names, ["pantry.res.partner", "pantry.order", "pantry.shelf"])
        # The web client loads the view without the context.
        of_any = dict(preview.fields_get(["model"])["model"]["selection"])
        self.assertLessEqual(set(names), set(of_any))

    def test_the_connection_test_sends_the_declared_request(self):
        self.backend.action_test_connection()
        self.assertEqual(self.backend.connection_state, "connected")
        self.assertEqual(self.server.calls("GET", "/api/guests"), 1)

    def test_a_login_response_without_a_token_is_reported(self):
        adapter = self.components()["pantry.adapter"]
        login = TokenLogin("/api/login", username="user", token="jwt")
        self.patch(adapter, "_token_login", login)
        with self.assertRaisesRegex(RemoteAccessDenied, "contains no token"):
            self.backend._check_connection()
