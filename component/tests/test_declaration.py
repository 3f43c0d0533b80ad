from odoo.tests.common import BaseCase

from odoo.addons.component.core import (
    AbstractComponent,
    Component,
    MetaComponent,
    _get_addon_name,
)

from .common import ComponentRegistryCase


def declare(name, bases, python_module, **attrs):
    return MetaComponent(name, bases, dict(attrs, __module__=python_module))


class TestDeclaration(BaseCase, ComponentRegistryCase):
    def setUp(self):
        super().setUp()
        self._setup_registry(self)
        self.addCleanup(self._teardown_registry, self)

    def test_the_addon_is_read_from_the_python_path(self):
        self.assertEqual(_get_addon_name("odoo.addons.coffee.components.cup"), "coffee")
        self.assertEqual(_get_addon_name("odoo.addons.coffee"), "coffee")
        self.assertEqual(_get_addon_name("coffee.components"), "coffee")

    def test_declared_classes_are_collected_by_addon_in_order(self):
        module = "odoo.addons.coffee.components.cup"
        one = declare("One", (Component,), module, _name="one")
        two = declare("Two", (AbstractComponent,), module, _name="two")
        self.assertEqual(MetaComponent._modules_components["coffee"], [one, two])
        self.assertEqual(one._module, "coffee")

    def test_a_class_with_register_false_is_not_collected_but_its_children_are(self):
        module = "odoo.addons.coffee.components.cup"
        root = declare("Root", (Component,), module, _register=False)
        child = declare("Child", (root,), module, _name="child")
        self.assertEqual(MetaComponent._modules_components["coffee"], [child])
        self.assertFalse("_module" in vars(root))

    def test_classes_of_tests_are_not_collected(self):
        declare("One", (Component,), "odoo.addons.coffee.tests.test_cup", _name="one")
        self.assertNotIn("coffee", MetaComponent._modules_components)

    def test_a_python_subclass_is_built_with_its_own_addon(self):
        parent = declare("Cup", (Component,), "odoo.addons.coffee.cup", _name="cup")
        child = declare("TeaCup", (parent,), "odoo.addons.tea.cup", _name="tea.cup")
        self.assertEqual(MetaComponent._modules_components["coffee"], [parent])
        self.assertEqual(MetaComponent._modules_components["tea"], [child])

    def test_the_models_are_a_list_or_none(self):
        for given, models in (
            (None, None),
            ("res.partner", ["res.partner"]),
            (["res.partner", "res.users"], ["res.partner", "res.users"]),
            ([], []),
        ):
            declared = declare("Cup", (Component,), "coffee.tests", _apply_on=given)
            self.assertEqual(declared.apply_on_models, models)

    def test_a_component_says_its_name(self):
        declared = declare("Cup", (Component,), "coffee.tests", _name="cup")
        declared._build_component(self.comp_registry)
        component = self.comp_registry["cup"](None)
        self.assertEqual(str(component), "Component(cup)")
        self.assertEqual(repr(component), "Component(cup)")
