from unittest import mock

from odoo.tests import tagged
from odoo.tests.common import TransactionCase

from odoo.addons.component import utils
from odoo.addons.component.core import (
    Component,
    ComponentRegistry,
    MetaComponent,
    _component_databases,
)
from odoo.addons.component.hooks import pre_init_hook, uninstall_hook


@tagged("post_install", "-at_install")
class TestBuilder(TransactionCase):
    def setUp(self):
        super().setUp()
        self.dbname = self.env.cr.dbname
        self.former = _component_databases[self.dbname]
        self.addCleanup(_component_databases.__setitem__, self.dbname, self.former)
        self.builder = self.env["component.builder"]
        self.enterContext(
            mock.patch.object(
                MetaComponent,
                "_modules_components",
                {k: list(v) for k, v in MetaComponent._modules_components.items()},
            )
        )

    def declare(self, addon, hook=None):
        class Machine(Component):
            _name = "machine"
            _module = addon

            @classmethod
            def _complete_component_build(cls):
                super()._complete_component_build()
                if hook:
                    hook()

        MetaComponent._modules_components.setdefault(addon, []).append(Machine)

    def test_the_former_components_serve_until_the_new_ones_are_all_built(self):
        seen = []
        self.declare(
            "component", lambda: seen.append(_component_databases[self.dbname])
        )
        self.builder._register_hook()
        self.assertEqual(seen, [self.former])
        self.assertTrue(seen[0].ready)
        new = _component_databases[self.dbname]
        self.assertIsNot(new, self.former)
        self.assertTrue(new.ready)
        self.assertIn("machine", new)

    def test_a_build_that_fails_leaves_the_former_components(self):
        def fail():
            raise TypeError("broken")

        self.declare("component", fail)
        with self.assertRaises(TypeError):
            self.builder._register_hook()
        self.assertIs(_component_databases[self.dbname], self.former)

    def test_components_of_addons_that_are_not_installed_are_not_built(self):
        self.declare("addon_of_another_database")
        self.builder._register_hook()
        self.assertNotIn("machine", _component_databases[self.dbname])

    def test_components_of_an_addon_are_built_once(self):
        registry = ComponentRegistry()
        self.builder.build_registry(registry)
        names = list(registry)
        self.builder.load_components("component", components_registry=registry)
        self.assertEqual(list(registry), names)
        self.assertIn("component", registry._loaded_modules)

    def test_excluded_addons_are_left_out_with_those_that_depend_on_them(self):
        registry = ComponentRegistry()
        self.builder.build_registry(registry, exclude_addons=["component"])
        self.assertEqual(list(registry), [])

    def test_an_addon_skipped_for_a_missing_dependency_is_logged(self):
        self.declare("component_of_missing")
        self.env.cr.execute(
            "INSERT INTO ir_module_module (name, state) "
            "VALUES ('component_of_missing', 'installed')"
        )
        with (
            self.assertLogs("odoo.addons.component.builder", "WARNING") as logs,
            self.assertLogs("odoo.modules.module_graph", "WARNING"),
        ):
            self.builder._register_hook()
        self.assertIn("component_of_missing", logs.output[0])

    def test_the_size_of_the_cache_can_be_chosen(self):
        with mock.patch.object(
            type(self.builder), "_components_registry_cache_size", 7
        ):
            self.builder._register_hook()
        self.assertEqual(_component_databases[self.dbname]._cache.maxsize, 7)

    def test_components_of_databases_no_longer_served_are_removed(self):
        dropped = ComponentRegistry()
        dropped.dbname = "database_gone"
        _component_databases["database_gone"] = dropped
        put_by_hand = ComponentRegistry()
        _component_databases["put_by_hand"] = put_by_hand
        self.addCleanup(_component_databases.pop, "put_by_hand", None)
        self.builder._register_hook()
        self.assertNotIn("database_gone", _component_databases)
        self.assertIn("put_by_hand", _component_databases)

    def test_a_new_database_does_not_get_the_components_of_its_namesake(self):
        pre_init_hook(self.env)
        self.assertNotIn(self.dbname, _component_databases)

    def test_a_database_that_uninstalls_the_addon_has_no_components(self):
        uninstall_hook(self.env)
        self.assertNotIn(self.dbname, _component_databases)

    def test_readiness_can_be_asked(self):
        self.assertIs(utils.get_component_registry(self.dbname), self.former)
        self.assertTrue(utils.is_component_registry_ready(self.dbname))
        self.assertFalse(utils.is_component_registry_ready("unknown"))
        with mock.patch.object(utils, "get_component_registry") as patched:
            patched.return_value.ready = False
            self.assertFalse(utils.is_component_registry_ready(self.dbname))

    def test_a_global_registry_started_by_hand_is_not_ready(self):
        registry = self.builder._init_global_registry()
        self.assertIs(_component_databases[self.dbname], registry)
        self.assertFalse(registry.ready)
        self.builder.load_components("component")
        self.assertEqual(list(registry), ["base"])
