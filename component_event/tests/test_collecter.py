from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.component_event.core import EventWorkContext

from .common import EventCase


class TestCollecter(EventCase):
    def setUp(self):
        super().setUp()

        class Partners(Component):
            _name = "partners"
            _inherit = "base.event.listener"
            _apply_on = ["res.partner"]

            def on_test(self):
                """Received for partners."""

        class Everyone(Component):
            _name = "everyone"
            _inherit = "base.event.listener"

            def on_test(self):
                """Received for all models."""

        class OfCollection(Component):
            _name = "of.collection"
            _inherit = "base.event.listener"
            _collection = "collection.base"

            def on_test(self):
                """Received for one collection."""

        class OfOther(Component):
            _name = "of.other"
            _inherit = "base.event.listener"
            _collection = "other.collection"

            def on_test(self):
                """Received for another collection."""

        class Template(AbstractComponent):
            _name = "template"
            _inherit = "base.event.listener"

            def on_test(self):
                """Abstract, hence never called."""

        self.listen(Partners, Everyone, OfCollection, OfOther, Template)

    def collect(self, model="res.partner", name="on_test", **kw):
        if "collection" not in kw:
            kw["env"] = self.env
        work = EventWorkContext(model, components_registry=self.comp_registry, **kw)
        return self.comp_registry["base.event.collecter"](work).collect_events(name)

    def names(self, **kw):
        return [event.__self__._name for event in self.collect(**kw).events]

    def test_without_a_collection_the_listeners_of_all_collections_match(self):
        self.assertEqual(
            self.names(), ["partners", "everyone", "of.collection", "of.other"]
        )

    def test_with_a_collection_only_its_listeners_and_those_of_any_match(self):
        backend = self.env["collection.base"].new()
        self.assertEqual(
            self.names(collection=backend), ["partners", "everyone", "of.collection"]
        )

    def test_listeners_of_other_models_do_not_match(self):
        self.assertNotIn("partners", self.names(model="res.users"))

    def test_listeners_without_the_method_do_not_match(self):
        self.assertEqual(self.names(name="on_else"), [])

    def test_the_listener_works_with_the_work_context_of_the_event(self):
        work = EventWorkContext(
            "res.partner", env=self.env, components_registry=self.comp_registry
        )
        collecter = self.comp_registry["base.event.collecter"](work)
        for event in collecter.collect_events("on_test").events:
            self.assertIs(event.__self__.work, work)
            self.assertIs(event.__self__.env, self.env)

    def test_a_name_without_on_is_refused(self):
        with self.assertRaisesRegex(ValueError, "on_: 'test'"):
            self.collect(name="test")

    def test_a_listener_built_later_is_found_once_the_caches_are_cleared(self):
        class Later(Component):
            _name = "later"
            _inherit = "base.event.listener"

            def on_test(self):
                """Comes too late."""

        before = self.names()
        self._build_components(Later)
        self.assertEqual(self.names(), before)
        self.assertIn(
            "later", self.names(model="res.users"), "asked for the first time"
        )
        self.comp_registry["base.event.collecter"]._cache.clear()
        self.assertEqual(self.names(), before)
        self.comp_registry["base.event.collecter"]._cache.clear()
        self.comp_registry._cache.clear()
        self.assertEqual(self.names(), [*before, "later"])

    def test_listeners_are_called_by_priority_then_in_order_of_registration(self):
        class First(Component):
            _name = "first"
            _inherit = "base.event.listener"
            _event_priority = 1

            def on_test(self):
                """Comes before all others."""

        self.listen(First)
        self.assertEqual(
            self.names(), ["first", "partners", "everyone", "of.collection", "of.other"]
        )

    def test_a_listener_without_the_base_listener_is_found(self):
        class Own(Component):
            _name = "own"
            _usage = "event.listener"

            @classmethod
            def has_event(cls, name):
                return name == "on_own"

            def on_own(self):
                """Received because has_event says so."""

        self.listen(Own)
        self.assertEqual(self.names(name="on_own"), ["own"])

    def test_an_override_of_the_collection_is_called_each_time(self):
        collected = []

        class Decider(Component):
            _inherit = "base.event.collecter"

            def _collect_events(self, name):
                collected.append(name)
                return super()._collect_events(name)

        self.listen(Decider)
        records = self.env["res.partner"].with_context(
            components_registry=self.comp_registry
        )
        records._event("on_unlistened").notify()
        records._event("on_unlistened").notify()
        self.assertEqual(collected, ["on_unlistened"] * 2)
        collected.clear()
        records.create({"name": "Somebody"})
        self.assertIn("on_record_create", collected)
