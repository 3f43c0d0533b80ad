from odoo.addons.component.core import AbstractComponent, Component

from .registry_case import RegistryCase


class TestComposition(RegistryCase):
    def test_a_fresh_registry_has_only_the_base(self):
        self.assertEqual(list(self.comp_registry), ["base"])

    def test_the_newest_extension_comes_first(self):
        class First(Component):
            _name = "machine"

        class Second(Component):
            _inherit = "machine"

        class Third(Component):
            _inherit = "machine"

        self._build_components(First, Second, Third)
        built = self.comp_registry["machine"]
        base = self.comp_registry["base"]
        self.assertEqual(built.__bases__, (Third, Second, First, base))

    def test_a_new_component_inherits_in_the_order_of_its_parents(self):
        class One(Component):
            _name = "one"

        class Two(Component):
            _name = "two"

        class Both(Component):
            _name = "both"
            _inherit = ["one", "two"]

        self._build_components(One, Two, Both)
        registry = self.comp_registry
        self.assertEqual(
            registry["both"].__bases__,
            (Both, registry["one"], registry["two"], registry["base"]),
        )
        self.assertEqual(list(registry["one"]._inherit_children), ["both"])

    def test_an_extension_brings_another_parent_after_the_original(self):
        class Original(Component):
            _name = "machine"

        class Other(Component):
            _name = "other"

        class Extension(Component):
            _name = "machine"
            _inherit = ["machine", "other"]

        self._build_components(Original, Other, Extension)
        registry = self.comp_registry
        self.assertEqual(
            registry["machine"].__bases__,
            (Extension, Original, registry["other"], registry["base"]),
        )

    def test_an_extension_that_names_itself_last_puts_the_parent_first(self):
        class Original(Component):
            _name = "machine"

        class Other(Component):
            _name = "other"

        class Extension(Component):
            _name = "machine"
            _inherit = ["other", "machine"]

        self._build_components(Original, Other, Extension)
        registry = self.comp_registry
        self.assertEqual(
            registry["machine"].__bases__,
            (Extension, registry["other"], Original, registry["base"]),
        )

    def test_an_extension_of_the_parent_is_seen_in_its_children(self):
        class Parent(Component):
            _name = "parent"

            def say(self):
                return "plain"

        class Child(Component):
            _name = "child"
            _inherit = "parent"

            def say(self):
                return "child of " + super().say()

        class Extension(Component):
            _inherit = "parent"

            def say(self):
                return "extended " + super().say()

        self._build_components(Parent, Child, Extension)
        child = self.comp_registry["child"](None)
        self.assertEqual(child.say(), "child of extended plain")

    def test_the_base_can_be_extended_for_all_components(self):
        class Machine(Component):
            _name = "machine"

        class Extension(AbstractComponent):
            _inherit = "base"

            def serve(self):
                return "coffee"

        self._build_components(Machine, Extension)
        self.assertEqual(self.comp_registry["machine"](None).serve(), "coffee")
        self.assertTrue(self.comp_registry["base"]._abstract)

    def test_an_extension_can_change_what_the_component_is_found_by(self):
        class Original(Component):
            _name = "machine"
            _collection = "coffee.backend"
            _apply_on = "res.users"
            _usage = "grind"

        class Extension(Component):
            _inherit = "machine"
            _collection = None
            _apply_on = ["res.partner"]
            _usage = None

        self._build_components(Original, Extension)
        built = self.comp_registry["machine"]
        self.assertIsNone(built._collection)
        self.assertIsNone(built._usage)
        self.assertEqual(built.apply_on_models, ["res.partner"])

    def test_a_concrete_component_may_inherit_from_a_concrete_one(self):
        class Parent(Component):
            _name = "parent"
            _usage = "grind"

        class Child(Component):
            _name = "child"
            _inherit = "parent"

        self._build_components(Parent, Child)
        registry = self.comp_registry
        self.assertEqual(
            registry.lookup(usage="grind"), [registry["parent"], registry["child"]]
        )

    def test_an_abstract_extension_leaves_a_concrete_component_concrete(self):
        class Original(Component):
            _name = "machine"

        class Extension(AbstractComponent):
            _inherit = "machine"

        self._build_components(Original, Extension)
        self.assertFalse(self.comp_registry["machine"]._abstract)

    def test_completion_runs_for_each_declared_class_before_publication(self):
        calls = []
        registry = self.comp_registry

        class Original(Component):
            _name = "machine"

            @classmethod
            def _complete_component_build(cls):
                super()._complete_component_build()
                calls.append((cls, "machine" in registry))

        class Extension(Component):
            _inherit = "machine"

        self._build_components(Original, Extension)
        built = registry["machine"]
        self.assertEqual(calls, [(built, False), (built, True)])

    def test_children_are_completed_again_when_a_parent_is_extended_later(self):
        class Parent(AbstractComponent):
            _name = "parent"

            @classmethod
            def _complete_component_build(cls):
                super()._complete_component_build()
                cls.steps = sorted(name for name in dir(cls) if name[:5] == "step_")

            def step_grind(self):
                """Found by its name."""

        class Child(Component):
            _name = "child"
            _inherit = "parent"

        class GrandChild(Component):
            _name = "grandchild"
            _inherit = "child"

        class Extension(AbstractComponent):
            _inherit = "parent"

            def step_pour(self):
                """Brought by an addon that comes later."""

        self._build_components(Parent, Child, GrandChild, Extension)
        for name in ("parent", "child", "grandchild"):
            with self.subTest(name):
                self.assertEqual(
                    self.comp_registry[name].steps, ["step_grind", "step_pour"]
                )

    def test_a_test_may_declare_again_a_component_that_has_a_parent(self):
        class Parent(Component):
            _name = "parent"

        class Child(Component):
            _name = "child"
            _inherit = "parent"

        class Again(Component):
            _name = "child"
            _inherit = "parent"

        self._build_components(Parent, Child, Again)
        self.assertEqual(self.comp_registry["child"].__bases__[0], Again)
        self.assertEqual(list(self.comp_registry), ["base", "parent", "child"])
