from odoo.addons.component.core import Component
from odoo.addons.component.exception import NoComponentError, SeveralComponentError

from .registry_case import RegistryCase


class TestMatching(RegistryCase):
    def setUp(self):
        super().setUp()

        class Rest(Component):
            _name = "rest"
            _usage = "adapter"

            @classmethod
            def _component_match(cls, work, usage=None, model_name=None, **kw):
                return kw.get("protocol") == "rest"

        class Soap(Component):
            _name = "soap"
            _usage = "adapter"

            @classmethod
            def _component_match(cls, work, usage=None, model_name=None, **kw):
                return kw.get("protocol") == "soap"

        self._build_components(Rest, Soap)
        self.work = self.work_on()

    def test_free_keywords_choose_the_component(self):
        for protocol in ("rest", "soap"):
            component = self.work.component(usage="adapter", protocol=protocol)
            self.assertEqual(component._name, protocol)
            many = self.work.many_components(usage="adapter", protocol=protocol)
            self.assertEqual([component._name for component in many], [protocol])

    def test_each_lookup_asks_again(self):
        lookups = []

        class Moody(Component):
            _name = "moody"
            _usage = "mood"

            @classmethod
            def _component_match(cls, work, usage=None, model_name=None, **kw):
                lookups.append((usage, model_name, kw))
                return len(lookups) == 2

        self._build_components(Moody)
        self.assertEqual(self.work.many_components(usage="mood"), [])
        self.assertEqual(self.work.component(usage="mood")._name, "moody")
        self.assertEqual(lookups, [("mood", "res.partner", {})] * 2)

    def test_the_work_context_of_the_wanted_model_is_given(self):
        class Users(Component):
            _name = "users"
            _usage = "users"

            @classmethod
            def _component_match(cls, work, **kw):
                return work.model_name == "res.users"

        self._build_components(Users)
        self.assertTrue(self.work.component("users", model_name="res.users"))
        with self.assertRaises(NoComponentError):
            self.work.component("users")

    def test_the_old_signature_still_works(self):
        class Old(Component):
            _name = "old"
            _usage = "old"

            @classmethod
            def _component_match(cls, work):
                return work.allowed

        self._build_components(Old)
        self.assertTrue(self.work_on(allowed=True).component("old", protocol="x"))
        self.assertFalse(self.work_on(allowed=False).many_components("old"))

    def test_a_type_error_of_the_component_is_not_mistaken_for_an_old_signature(self):
        calls = []

        class Broken(Component):
            _name = "broken"
            _usage = "broken"

            @classmethod
            def _component_match(cls, work, usage=None, model_name=None, **kw):
                calls.append(usage)
                return len(None)

        self._build_components(Broken)
        with self.assertRaisesRegex(TypeError, "NoneType"):
            self.work.component("broken")
        self.assertEqual(len(calls), 1)

    def test_a_component_retrieved_by_name_skips_the_match_condition(self):
        self.assertEqual(self.work.component_by_name("rest")._name, "rest")

    def test_several_that_accept_are_an_error(self):
        class RestToo(Component):
            _name = "rest.too"
            _inherit = "rest"

        self._build_components(RestToo)
        with self.assertRaisesRegex(SeveralComponentError, "rest.too"):
            self.work.component("adapter", protocol="rest")

    def test_matching_components_come_with_their_work_context(self):
        classes, work = self.work._matching_components("adapter", protocol="soap")
        self.assertEqual(classes, [self.comp_registry["soap"]])
        self.assertIsNot(work, self.work)
        self.assertEqual(work.model_name, "res.partner")


class TestRefusal(RegistryCase):
    """Components that say why they do not match."""

    def setUp(self):
        super().setUp()
        self.work = self.work_on()

    def test_a_component_that_refuses_is_not_found(self):
        self.build("picky", _component_refusal=classmethod(lambda cls, work: "no"))
        self.build("other")
        self.assertEqual(self.work.component("task")._name, "other")
        self.assertEqual(len(self.work.many_components("task")), 1)

    def test_the_error_says_why_it_refused(self):
        self.build(
            "picky",
            _component_refusal=classmethod(
                lambda cls, work: f"it takes no {work.model_name}"
            ),
        )
        with self.assertRaisesRegex(NoComponentError, "picky.*it takes no res.partner"):
            self.work.component("task")

    def test_a_component_that_does_not_refuse_is_still_asked_to_match(self):
        self.build(
            "picky",
            _component_refusal=classmethod(lambda cls, work: None),
            _component_match=classmethod(lambda cls, work: work.model_name == "x"),
        )
        self.assertEqual(self.work.many_components("task"), [])
