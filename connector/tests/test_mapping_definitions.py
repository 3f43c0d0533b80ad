from unittest.mock import MagicMock

from odoo.tests import tagged

from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.component.tests.registry_case import RegistryCase
from odoo.addons.connector.components.mapper import (
    MappingDefinition,
    changed_by,
    mapping,
    none,
    only_create,
)


@tagged("post_install", "-at_install")
class TestMappingDeclaration(RegistryCase):
    def setUp(self):
        super().setUp()
        self._load_module_components("connector")

    def _methods(self, name):
        return self.comp_registry[name]._map_methods

    def test_a_mapping_declares_its_fields_and_occasion_in_any_order(self):
        class First(Component):
            _name = "test.mapper"
            _inherit = "base.import.mapper"

            @changed_by("name", "city")
            @mapping
            @only_create
            def name(self, record):
                pass

            @only_create
            @changed_by("email")
            @mapping
            def email(self, record):
                pass

            @mapping
            def always(self, record):
                pass

            def no_mapping(self, record):
                pass

        self._build_components(First)
        self.assertEqual(
            self._methods("test.mapper"),
            {
                "always": MappingDefinition(changed_by=set(), only_create=False),
                "email": MappingDefinition(changed_by={"email"}, only_create=True),
                "name": MappingDefinition(
                    changed_by={"name", "city"}, only_create=True
                ),
            },
        )

    def _build_parent_and_extension(self):
        class Parent(Component):
            _name = "test.mapper"
            _inherit = "base.import.mapper"

            @changed_by("name")
            @only_create
            @mapping
            def name(self, record):
                return {"name": "parent"}

            @mapping
            def street(self, record):
                return {"street": "parent"}

        class Extension(Component):
            _inherit = "test.mapper"

            @changed_by("email")
            @mapping
            def name(self, record):
                return {"name": "extension"}

            def street(self, record):
                return {"street": "extension"}

            @mapping
            def city(self, record):
                return {"city": "extension"}

        self._build_components(Parent, Extension)

    def test_an_extension_adds_fields_and_decides_on_the_occasion(self):
        self._build_parent_and_extension()
        self.assertEqual(
            self._methods("test.mapper"),
            {
                "name": MappingDefinition(
                    changed_by={"name", "email"}, only_create=False
                ),
                "street": MappingDefinition(changed_by=set(), only_create=False),
                "city": MappingDefinition(changed_by=set(), only_create=False),
            },
        )

    def test_an_override_without_decorator_stays_a_mapping(self):
        self._build_parent_and_extension()
        mapper = self.comp_registry["test.mapper"](MagicMock())
        self.assertEqual(
            mapper.map_record({}).values(),
            {"name": "extension", "street": "extension", "city": "extension"},
        )

    def test_mappings_of_parents_run_first_and_each_in_the_order_of_its_name(self):
        class Base(AbstractComponent):
            _name = "test.base.mapper"
            _inherit = "base.import.mapper"

            @mapping
            def z_of_base(self, record):
                pass

            @mapping
            def overridden(self, record):
                pass

        class Child(Component):
            _name = "test.mapper"
            _inherit = "test.base.mapper"

            @mapping
            def b(self, record):
                pass

            @mapping
            def a(self, record):
                pass

            @mapping
            def overridden(self, record):
                pass

        self._build_components(Base, Child)
        self.assertEqual(
            list(self._methods("test.mapper")), ["overridden", "z_of_base", "a", "b"]
        )

    def test_only_create_of_one_of_several_parents_stays(self):
        class One(AbstractComponent):
            _name = "test.one"
            _inherit = "base.import.mapper"

            @only_create
            @mapping
            def name(self, record):
                pass

        class Other(AbstractComponent):
            _name = "test.other"
            _inherit = "base.import.mapper"

            @mapping
            def name(self, record):
                pass

        class Both(Component):
            _name = "test.both"
            _inherit = ["test.other", "test.one"]

        class BothTheOtherWay(Component):
            _name = "test.both.other.way"
            _inherit = ["test.one", "test.other"]

        self._build_components(One, Other, Both, BothTheOtherWay)
        for name in ("test.both", "test.both.other.way"):
            self.assertTrue(self._methods(name)["name"].only_create)

    def test_a_child_does_not_change_the_fields_of_its_parents(self):
        class One(AbstractComponent):
            _name = "test.one"
            _inherit = "base.import.mapper"

            @changed_by("one")
            @mapping
            def name(self, record):
                pass

        class Other(AbstractComponent):
            _name = "test.other"
            _inherit = "base.import.mapper"

            @changed_by("other")
            @mapping
            def name(self, record):
                pass

        class Both(Component):
            _name = "test.both"
            _inherit = ["test.one", "test.other"]

        self._build_components(One, Other, Both)
        self.assertEqual(
            self._methods("test.both")["name"].changed_by, {"one", "other"}
        )
        self.assertEqual(self._methods("test.one")["name"].changed_by, {"one"})
        self.assertEqual(self._methods("test.other")["name"].changed_by, {"other"})

    def test_a_parent_that_is_extended_later_extends_its_children(self):
        class Parent(AbstractComponent):
            _name = "test.parent"
            _inherit = "base.import.mapper"

        class Child(Component):
            _name = "test.child"
            _inherit = "test.parent"

        class LateExtension(AbstractComponent):
            _inherit = "test.parent"

            @mapping
            def late(self, record):
                return {"late": True}

        self._build_components(Parent, Child, LateExtension)
        mapper = self.comp_registry["test.child"](MagicMock())
        self.assertEqual(mapper.map_record({}).values(), {"late": True})

    def test_mappings_of_one_mapper_are_not_those_of_another(self):
        class One(Component):
            _name = "test.one"
            _inherit = "base.import.mapper"

            @mapping
            def one(self, record):
                pass

        class Other(Component):
            _name = "test.other"
            _inherit = "base.import.mapper"

            @mapping
            def other(self, record):
                pass

        self._build_components(One, Other)
        self.assertEqual(list(self._methods("test.one")), ["one"])
        self.assertEqual(list(self._methods("test.other")), ["other"])

    def test_mixins_bring_their_mappings(self):
        class Mixin:
            @mapping
            def of_mixin(self, record):
                pass

        class ComponentMixin(AbstractComponent):
            _name = "test.mixin"
            _inherit = "base.connector"

            @mapping
            def of_component(self, record):
                pass

        class Mapper(Mixin, Component):
            _name = "test.mapper"
            _inherit = ["base.import.mapper", "test.mixin"]

        self._build_components(ComponentMixin, Mapper)
        self.assertEqual(
            set(self._methods("test.mapper")), {"of_mixin", "of_component"}
        )

    def test_changed_by_fields_are_all_the_fields_that_matter(self):
        def nested(field):
            def modifier(self, record, to_attr):
                return record[field]

            return modifier

        class Mapper(Component):
            _name = "test.mapper"
            _inherit = "base.import.mapper"

            @property
            def direct(self):
                return [
                    ("name", "title"),
                    (none("email"), "mail"),
                    (none(nested("ref")), "code"),
                ]

            @changed_by("street", "city")
            @mapping
            def address(self, record):
                pass

            @mapping
            def always(self, record):
                pass

        self._build_components(Mapper)
        mapper = self.comp_registry["test.mapper"](MagicMock())
        self.assertEqual(
            mapper.changed_by_fields(), {"name", "email", "ref", "street", "city"}
        )
