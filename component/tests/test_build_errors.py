import re

from odoo.addons.component.core import AbstractComponent, Component, MetaComponent

from .registry_case import RegistryCase


class TestBuildErrors(RegistryCase):
    """Each mistake names the addon and the file that makes it."""

    def assert_refused(self, pattern, *classes):
        *before, wrong = classes
        self._build_components(*before)
        names = list(self.comp_registry)
        with self.assertRaisesRegex(TypeError, pattern) as caught:
            self._build_components(wrong)
        message = str(caught.exception)
        self.assertIn("test_build_errors.py:", message)
        self.assertRegex(message, r"of addon \w+")
        self.assertEqual(list(self.comp_registry), names)
        return message

    def test_a_component_needs_a_name(self):
        class Nameless(Component):
            pass

        self.assert_refused("must have a _name", Nameless)

    def test_several_parents_do_not_make_a_name(self):
        class One(Component):
            _name = "one"

        class Two(Component):
            _name = "two"

        class Nameless(Component):
            _inherit = ["one", "two"]

        message = self.assert_refused("must have a _name", One, Two, Nameless)
        self.assertIn("one, two", message)

    def test_two_components_can_not_have_one_name(self):
        class One(Component):
            _name = "machine"

        class Other(Component):
            _name = "machine"

        message = self.assert_refused("Component.*already exists", One, Other)
        self.assertEqual(len(re.findall("test_build_errors.py:", message)), 2)

    def test_a_name_is_not_silently_replaced_by_an_unrelated_component(self):
        class Parent(Component):
            _name = "parent"

        class One(Component):
            _name = "machine"
            _inherit = "parent"

        class Other(Component):
            _module = "coffee"
            _name = "machine"
            _inherit = "base"

        message = self.assert_refused("Component.*already exists", Parent, One, Other)
        self.assertIn("of addon coffee", message)

    def test_an_extension_needs_something_to_extend(self):
        class Extension(Component):
            _inherit = "machine"

        self.assert_refused("Component.*does not exist in registry", Extension)

    def test_a_parent_must_exist(self):
        class Child(Component):
            _name = "child"
            _inherit = "bsae"

        message = self.assert_refused(
            "Component.*inherits from non-existing component", Child
        )
        self.assertIn("Did you mean base?", message)

    def test_a_parent_of_an_addon_that_is_not_installed_names_the_addon(self):
        class Elsewhere(Component):
            _name = "elsewhere"
            _module = "coffee"

        class Child(Component):
            _name = "child"
            _inherit = "elsewhere"

        self.collect(Elsewhere)
        message = self.assert_refused("inherits from non-existing component", Child)
        self.assertIn("addon coffee must be installed", message)

    def test_a_parent_imported_too_late_is_distinguished_from_a_missing_one(self):
        class Parent(Component):
            _name = "parent"
            _module = "component"

        class Child(Component):
            _name = "child"
            _inherit = "parent"
            _module = "component"

        self.collect(Child, Parent)
        message = self.assert_refused("inherits from non-existing component", Child)
        self.assertIn("import it first", message)

    def test_a_cycle_of_parents_is_shown(self):
        class One(Component):
            _name = "one"
            _inherit = "two"
            _module = "coffee"

        class Two(Component):
            _name = "two"
            _inherit = "three"
            _module = "coffee"

        class Three(Component):
            _name = "three"
            _inherit = "one"
            _module = "coffee"

        self.collect(One, Two, Three)
        message = self.assert_refused("inherits from non-existing component", One)
        self.assertIn("inherit from each other: one -> two -> three -> one", message)

    def test_a_component_can_not_be_extended_with_its_own_child(self):
        class Parent(Component):
            _name = "parent"

        class Child(Component):
            _name = "child"
            _inherit = "parent"

        class Extension(Component):
            _name = "parent"
            _inherit = ["parent", "child"]

        self.assert_refused("a cycle", Parent, Child, Extension)
        self.assertNotIn(
            Extension, self.comp_registry["parent"].__mro__, "left as it was"
        )

    def test_an_impossible_order_of_parents_is_explained(self):
        class Parent(Component):
            _name = "parent"

        class Child(Component):
            _name = "child"
            _inherit = "parent"

        class Wrong(Component):
            _name = "wrong"
            _inherit = ["parent", "child"]

        self.assert_refused("most specific first", Parent, Child, Wrong)

    def test_an_abstract_component_can_not_inherit_from_a_concrete_one(self):
        class Parent(Component):
            _name = "parent"

        class Child(AbstractComponent):
            _name = "child"
            _inherit = "parent"

        self.assert_refused("cannot inherit from the non-abstract", Parent, Child)

    def test_an_abstract_component_is_not_extended_into_a_concrete_one(self):
        class Parent(AbstractComponent):
            _name = "parent"

        class Extension(Component):
            _inherit = "parent"

        self.assert_refused(
            "transforms the abstract component.*into a non-abstract", Parent, Extension
        )

    def collect(self, *classes):
        for declared in classes:
            MetaComponent._modules_components[declared._module].append(declared)
