from collections import defaultdict

from odoo.tests import tagged
from odoo.tests.common import TransactionCase

from odoo.addons.component.core import ComponentRegistry, _component_databases
from odoo.addons.component.exception import RegistryNotReadyError
from odoo.addons.component.utils import is_component_registry_ready

from .common import (
    ComponentMixin,
    SavepointComponentCase,
    SavepointComponentRegistryCase,
    TransactionComponentCase,
    TransactionComponentRegistryCase,
    new_rollbacked_env,
)


class TestTransactionComponentCase(TransactionComponentCase):
    def test_the_components_of_the_addon_are_there_and_ready(self):
        registry = _component_databases[self.env.cr.dbname]
        self.assertIs(registry, self._components_registry)
        self.assertTrue(registry.ready)
        self.assertEqual(next(iter(registry)), "base")
        self.assertIs(self.env.context["components_registry"], registry)

    def test_components_can_work(self):
        collection = self.env["collection.base"].new()
        with collection.work_on("res.partner") as work:
            self.assertIs(work.components_registry, self._components_registry)


class TestCommon(TransactionCase):
    def test_a_class_gives_the_former_components_back_when_it_is_done(self):
        dbname = self.env.cr.dbname
        former = ComponentRegistry()
        former.ready = True
        self.addCleanup(_put_back, dbname, _component_databases.get(dbname))
        _component_databases[dbname] = former

        class Case(TransactionCase, ComponentMixin):
            env = self.env

        Case.setUpComponent()
        self.assertIsNot(_component_databases[dbname], former)
        Case.doClassCleanups()
        self.assertIs(_component_databases[dbname], former)
        self.assertTrue(former.ready)

    def test_a_class_leaves_no_components_where_there_were_none(self):
        dbname = self.env.cr.dbname
        self.addCleanup(_put_back, dbname, _component_databases.pop(dbname, None))

        class Case(TransactionCase, ComponentMixin):
            env = self.env

        Case.setUpComponent()
        Case.doClassCleanups()
        self.assertNotIn(dbname, _component_databases)

    def test_what_is_no_registry_leaves_the_database_without_components(self):
        dbname = self.env.cr.dbname
        self.addCleanup(_put_back, dbname, _component_databases.get(dbname))
        collection = self.env["collection.base"].new()
        left_behind = defaultdict(list, component=[object])

        for store in (
            lambda: _component_databases.__setitem__(dbname, left_behind),
            lambda: _component_databases.update({dbname: left_behind}),
        ):
            _component_databases[dbname] = ComponentRegistry()
            store()
            self.assertFalse(is_component_registry_ready(dbname))
            with (
                self.assertRaises(RegistryNotReadyError),
                collection.work_on("res.partner"),
            ):
                pass

    def test_a_database_is_loaded_after_a_class_that_found_no_registry(self):
        dbname = self.env.cr.dbname
        self.addCleanup(_put_back, dbname, _component_databases.get(dbname))
        _component_databases[dbname] = defaultdict(list, component=[object])

        class Case(TransactionCase, ComponentMixin):
            env = self.env

        Case.setUpComponent()
        Case.doClassCleanups()
        self.env["component.builder"]._register_hook()
        self.assertTrue(is_component_registry_ready(dbname))

    def test_a_rolled_back_env_leaves_nothing(self):
        with new_rollbacked_env() as env:
            self.assertTrue(env.su)
            self.assertFalse(env.context)
            self.assertIsNot(env.cr, self.env.cr)
        self.assertTrue(env.cr.closed)

    def test_the_former_names_of_the_cases_still_work(self):
        self.assertIs(SavepointComponentCase, TransactionComponentCase)
        self.assertIs(SavepointComponentRegistryCase, TransactionComponentRegistryCase)


def _put_back(dbname, registry):
    if registry is None:
        _component_databases.pop(dbname, None)
    else:
        _component_databases[dbname] = registry


@tagged("post_install", "-at_install")
class TestAfterInstall(TransactionCase):
    def test_the_database_has_its_components(self):
        self.assertTrue(_component_databases[self.env.cr.dbname].ready)
