from unittest import mock

from odoo.addons.component.core import (
    Component,
    ComponentRegistry,
    WorkContext,
    _component_databases,
)
from odoo.addons.component.exception import (
    NoComponentError,
    RegistryNotReadyError,
    SeveralComponentError,
)

from .registry_case import RegistryCase


class TestWorkContext(RegistryCase):
    def setUp(self):
        super().setUp()
        self.backend = self.env["collection.base"].new()

    def work_on(self, model_name="res.partner", **kw):
        with self.backend.work_on(model_name, **kw) as work:
            return work

    def test_a_work_context_knows_collection_model_and_env(self):
        work = self.work_on()
        self.assertEqual(work.collection, self.backend)
        self.assertEqual(work.model_name, "res.partner")
        self.assertEqual(work.model, self.env["res.partner"])
        self.assertIs(work.env, self.backend.env)
        self.assertIs(work.components_registry, self.comp_registry)
        self.assertIn("res.partner", str(work))
        self.assertEqual(str(work), repr(work))

    def test_an_unknown_model_is_a_key_error(self):
        with self.assertRaises(KeyError):
            self.work_on("res.nothing")

    def test_one_record_is_worked_on(self):
        with self.assertRaises(ValueError):
            with self.env["collection.base"].work_on("res.partner"):
                """Not reached: an empty recordset has nothing to work for."""

    def test_a_missing_collection_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "needs a collection"):
            WorkContext(model_name="res.partner")

    def test_free_keywords_follow_to_another_model(self):
        work = self.work_on(client="machine")
        other = work.work_on("res.users")
        self.assertEqual(other.client, "machine")
        self.assertEqual(other.model_name, "res.users")
        self.assertEqual(other.collection, self.backend)
        self.assertIs(other.components_registry, work.components_registry)

    def test_attributes_set_later_follow_when_they_are_named(self):
        work = self.work_on()
        work.options = {"force": True}
        work._propagate_kwargs.append("options")
        self.assertIs(work.work_on("res.users").options, work.options)

    def test_what_one_component_sets_on_its_work_is_not_seen_by_the_next(self):
        class Users(Component):
            _name = "users"
            _usage = "users"

        self._build_components(Users)
        work = self.work_on()
        first = work.component("users", model_name="res.users")
        first.work.cursor = 42
        second = work.component("users", model_name="res.users")
        self.assertFalse(hasattr(second.work, "cursor"))

    def test_work_goes_on_with_another_collection(self):
        other = self.env["collection.base"].new()
        work = self.work_on().work_on(collection=other)
        self.assertEqual(work.collection, other)
        self.assertEqual(work.model_name, "res.partner")

    def test_work_goes_on_with_the_same_class_always_new(self):
        class OwnWork(WorkContext):
            pass

        work = OwnWork("res.partner", self.backend, self.comp_registry)
        self.assertIsInstance(work.work_on("res.users"), OwnWork)
        self.assertIsNot(work.work_on(), work)

    def test_a_keyword_can_not_hide_a_member(self):
        for name in ("component", "work_on", "env", "model", "_propagate_kwargs"):
            with (
                self.subTest(name),
                self.assertRaisesRegex(TypeError, f"the keyword {name},"),
            ):
                self.work_on(**{name: "hidden"})

    def test_the_registry_of_the_context_wins_over_the_argument(self):
        work = self.work_on(components_registry=ComponentRegistry())
        self.assertIs(work.components_registry, self.comp_registry)

    def test_the_registry_in_the_context_of_an_empty_collection_counts(self):
        empty = self.env["collection.base"]
        work = WorkContext("res.partner", empty)
        self.assertIs(work.components_registry, self.comp_registry)
        given = ComponentRegistry()
        work = WorkContext("res.partner", empty, components_registry=given)
        self.assertIs(work.components_registry, given)

    def test_a_mock_as_collection_works_with_the_registry_given(self):
        collection = mock.MagicMock()
        collection._name = "collection.base"
        work = WorkContext("res.partner", collection, self.comp_registry)
        self.assertIs(work.components_registry, self.comp_registry)

    def test_the_registry_given_is_used_without_one_in_the_context(self):
        given = ComponentRegistry()
        backend = self.backend.with_context(components_registry=None)
        work = WorkContext("res.partner", backend, components_registry=given)
        self.assertIs(work.components_registry, given)

    def test_without_components_the_database_is_named(self):
        dbname = self.env.cr.dbname
        former = _component_databases.pop(dbname, None)
        if former is not None:
            self.addCleanup(_component_databases.__setitem__, dbname, former)
        else:
            self.addCleanup(_component_databases.pop, dbname, None)
        backend = self.backend.with_context(components_registry=None)
        with self.assertRaisesRegex(RegistryNotReadyError, dbname):
            WorkContext("res.partner", backend)

    def test_components_that_are_not_built_yet_are_refused(self):
        dbname = self.env.cr.dbname
        former = _component_databases.get(dbname)
        if former is not None:
            self.addCleanup(_component_databases.__setitem__, dbname, former)
        else:
            self.addCleanup(_component_databases.pop, dbname, None)
        _component_databases[dbname] = ComponentRegistry()
        backend = self.backend.with_context(components_registry=None)
        with self.assertRaisesRegex(RegistryNotReadyError, dbname):
            WorkContext("res.partner", backend)

    def test_a_component_of_the_same_model_shares_the_work(self):
        class Machine(Component):
            _name = "machine"
            _usage = "serve"

        self._build_components(Machine)
        work = self.work_on(client="rest")
        self.assertIs(work.component("serve").work, work)
        other = work.component("serve", model_name="res.users")
        self.assertIsNot(other.work, work)
        self.assertEqual(other.work.client, "rest")
        self.assertEqual(other.model, self.env["res.users"])
        again = other.component("serve", model_name=self.env["res.partner"])
        self.assertEqual(again.work.model_name, "res.partner")
        self.assertEqual(other.many_components("serve")[0].work, other.work)
        self.assertEqual(other.component_by_name("machine").work, other.work)

    def test_nothing_found_is_an_error_for_one_and_an_empty_list_for_many(self):
        work = self.work_on()
        with self.assertRaises(NoComponentError):
            work.component("serve")
        self.assertEqual(work.many_components("serve"), [])

    def test_all_matching_components_come_in_order(self):
        class One(Component):
            _name = "one"
            _usage = "serve"

        class Two(Component):
            _name = "two"
            _usage = "serve"
            _collection = "collection.base"
            _apply_on = "res.partner"

        self._build_components(One, Two)
        names = [c._name for c in self.work_on().many_components("serve")]
        self.assertEqual(names, ["one", "two"])

    def test_the_collection_is_preferred_to_the_model(self):
        class OfCollection(Component):
            _name = "of.collection"
            _usage = "serve"
            _collection = "collection.base"

        class OfModel(Component):
            _name = "of.model"
            _usage = "serve"
            _apply_on = "res.partner"

        self._build_components(OfCollection, OfModel)
        self.assertEqual(self.work_on().component("serve")._name, "of.collection")

    def test_in_a_collection_the_model_is_preferred(self):
        class OfCollection(Component):
            _name = "of.collection"
            _usage = "serve"
            _collection = "collection.base"

        class OfBoth(Component):
            _name = "of.both"
            _usage = "serve"
            _collection = "collection.base"
            _apply_on = "res.partner"

        self._build_components(OfCollection, OfBoth)
        self.assertEqual(self.work_on().component("serve")._name, "of.both")
        self.assertEqual(
            self.work_on("res.users").component("serve")._name, "of.collection"
        )

    def test_a_generic_component_without_collection_can_be_specialized_by_model(self):
        class Generic(Component):
            _name = "generic"
            _usage = "serve"

        class Special(Component):
            _name = "special"
            _usage = "serve"
            _apply_on = "res.partner"

        self._build_components(Generic, Special)
        self.assertEqual(self.work_on().component("serve")._name, "special")
        self.assertEqual(self.work_on("res.users").component("serve")._name, "generic")

    def test_equal_components_are_an_error(self):
        class One(Component):
            _name = "one"
            _usage = "serve"

        class Other(Component):
            _name = "other"
            _usage = "serve"

        self._build_components(One, Other)
        with self.assertRaises(SeveralComponentError):
            self.work_on().component("serve")

    def test_a_lookup_sees_a_new_component_once_the_cache_is_cleared(self):
        class One(Component):
            _name = "one"
            _usage = "serve"

        class Two(Component):
            _name = "two"
            _usage = "serve"
            _apply_on = "res.partner"

        self._build_components(One)
        work = self.work_on()
        self.assertEqual(work.component("serve")._name, "one")
        self._build_components(Two)
        self.assertEqual(work.component("serve")._name, "one")
        self.comp_registry._cache.clear()
        self.assertEqual(work.component("serve")._name, "two")

    def test_any_model_can_be_asked_for(self):
        class Users(Component):
            _name = "users"
            _usage = "serve"
            _apply_on = "res.users"

        self._build_components(Users)
        classes, work = self.work_on()._matching_components("serve", model_name=None)
        self.assertEqual(classes, [self.comp_registry["users"]])
        self.assertEqual(work.model_name, "res.partner")

    def test_the_filters_keep_what_is_explicit(self):
        class Any(Component):
            _name = "any"

        class Own(Component):
            _name = "own"
            _collection = "collection.base"
            _apply_on = ["res.partner"]

        self._build_components(Any, Own)
        classes = [self.comp_registry["any"], self.comp_registry["own"]]
        work = self.work_on()
        own = classes[1:]
        self.assertEqual(work._filter_components_by_collection(classes), own)
        self.assertEqual(work._filter_components_by_model(classes, "res.partner"), own)
