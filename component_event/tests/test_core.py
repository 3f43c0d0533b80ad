from odoo.addons.component.core import Component, WorkContext
from odoo.addons.component_event.core import EventWorkContext

from .common import EventCase


class TestEventWorkContext(EventCase):
    def setUp(self):
        super().setUp()
        self.backend = self.env["collection.base"].new()

        class Machine(Component):
            _name = "machine"
            _usage = "serve"

        class Other(Component):
            _name = "other"
            _usage = "serve"
            _apply_on = "res.partner"
            _collection = "collection.base"

            @classmethod
            def _component_match(cls, work, usage=None, model_name=None, **kw):
                return not kw.get("plain")

        self._build_components(Machine, Other)

    def work_on(self, **kw):
        kw.setdefault("components_registry", self.comp_registry)
        return EventWorkContext("res.partner", **kw)

    def test_a_collection_or_an_env_is_needed(self):
        with self.assertRaises(ValueError):
            self.work_on()

    def test_a_collection_and_an_env_are_an_error(self):
        with self.assertRaises(ValueError):
            self.work_on(collection=self.backend, env=self.env)

    def test_with_an_env(self):
        work = self.work_on(env=self.env, cups=2)
        self.assertIs(work.env, self.env)
        self.assertEqual(work.model, self.env["res.partner"])
        self.assertEqual(work.cups, 2)
        self.assertIn("EventWorkContext(res.partner", str(work))
        with self.assertRaisesRegex(ValueError, "without a collection"):
            work.collection  # noqa: B018 - reading it is the test

    def test_with_a_collection(self):
        work = self.work_on(collection=self.backend)
        self.assertEqual(work.collection, self.backend)
        self.assertIs(work.env, self.backend.env)
        self.assertIn("collection.base", str(work))

    def test_work_goes_on_with_a_collection_in_a_plain_work_context(self):
        work = self.work_on(env=self.env, cups=2)
        other = work.work_on(model_name="res.users", collection=self.backend)
        self.assertIs(type(other), WorkContext)
        self.assertEqual(other.collection, self.backend)
        self.assertEqual(other.model_name, "res.users")
        self.assertEqual(other.cups, 2)
        self.assertIs(other.components_registry, self.comp_registry)
        own = self.work_on(collection=self.backend).work_on()
        self.assertEqual(own.collection, self.backend)
        self.assertEqual(own.model_name, "res.partner")

    def test_work_can_not_go_on_without_a_collection(self):
        with self.assertRaises(ValueError):
            self.work_on(env=self.env).work_on("res.users")

    def test_a_collection_with_another_context_is_accepted(self):
        backend = self.backend.with_context(lang="fr_FR")
        work = self.work_on(env=self.env).work_on(collection=backend)
        self.assertEqual(work.env.context["lang"], "fr_FR")

    def test_a_collection_of_another_user_or_transaction_is_refused(self):
        work = self.work_on(env=self.env)
        other_user = self.backend.with_user(self.env.ref("base.public_user"))
        with self.assertRaisesRegex(ValueError, "another transaction or user"):
            work.work_on(collection=other_user)
        with self.registry.cursor() as cr:
            other_transaction = self.env["collection.base"].with_env(self.env(cr=cr))
            with self.assertRaisesRegex(ValueError, "another transaction or user"):
                work.work_on(collection=other_transaction)

    def test_components_need_a_collection(self):
        work = self.work_on(env=self.env)
        for look_up in (
            lambda: work.component(usage="serve"),
            lambda: work.many_components(usage="serve"),
            lambda: work.component_by_name("machine"),
        ):
            with self.assertRaisesRegex(TypeError, r"work_on\(collection="):
                look_up()

    def test_components_of_the_collection_are_found(self):
        work = self.work_on(collection=self.backend)
        component = work.component(usage="serve")
        self.assertEqual(component._name, "other")
        self.assertIs(type(component.work), WorkContext)
        by_name = work.component_by_name("machine", model_name="res.users")
        self.assertEqual(by_name.work.model_name, "res.users")

    def test_many_components_are_a_list(self):
        work = self.work_on(collection=self.backend)
        names = [c._name for c in work.many_components(usage="serve")]
        self.assertEqual(names, ["machine", "other"])
        self.assertEqual(work.many_components(usage="nothing"), [])

    def test_free_keywords_reach_the_components(self):
        work = self.work_on(collection=self.backend)
        self.assertEqual(work.component("serve", plain=True)._name, "machine")
        self.assertEqual(len(work.many_components("serve", plain=True)), 1)

    def test_the_env_is_what_follows_when_there_is_no_collection(self):
        work = self.work_on(env=self.env)
        self.assertIn("env", work._propagate_kwargs)
        self.assertNotIn("collection", work._propagate_kwargs)
