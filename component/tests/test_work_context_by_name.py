from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.component.exception import NoComponentError

from .registry_case import RegistryCase


class TestWorkContextByName(RegistryCase):
    def setUp(self):
        super().setUp()

        class Anywhere(Component):
            _name = "anywhere"

        class Partners(Component):
            _name = "partners"
            _apply_on = ["res.partner", "res.users"]

        class Users(Component):
            _name = "users"
            _apply_on = "res.users"
            _collection = "collection.base"

        class Foreign(Component):
            _name = "foreign"
            _collection = "other.collection"

        class Nowhere(Component):
            _name = "nowhere"
            _apply_on = []

        class Template(AbstractComponent):
            _name = "template"

        self._build_components(Anywhere, Partners, Users, Foreign, Nowhere, Template)

    def by_name(self, model, name, **kw):
        collection = self.env["collection.base"].new()
        with collection.work_on(model) as work:
            return work.component_by_name(name, **kw)

    def test_a_component_is_retrieved_by_name(self):
        component = self.by_name("res.partner", "partners")
        self.assertEqual(component._name, "partners")
        self.assertEqual(component.model, self.env["res.partner"])

    def test_a_component_of_another_model_is_got_with_that_model(self):
        for model in ("res.users", self.env["res.users"]):
            component = self.by_name("res.partner", "users", model_name=model)
            self.assertEqual(component.work.model_name, "res.users")

    def test_an_abstract_component_is_retrieved_by_name(self):
        self.assertEqual(self.by_name("res.partner", "template")._name, "template")

    def test_a_component_that_applies_on_no_model_is_retrieved_by_name_only(self):
        self.assertEqual(self.by_name("res.partner", "nowhere")._name, "nowhere")
        found = self.comp_registry.lookup(model_name="res.partner")
        self.assertNotIn(self.comp_registry["nowhere"], found)

    def test_an_unknown_name_suggests_a_known_one(self):
        with self.assertRaises(NoComponentError) as caught:
            self.by_name("res.partner", "partnrs")
        self.assertEqual(
            str(caught.exception),
            "No component with name 'partnrs' found. Did you mean partners?",
        )
        with self.assertRaisesRegex(
            NoComponentError, r"^No component with name 'foo' found\.$"
        ):
            self.by_name("res.partner", "foo")

    def test_a_component_of_another_collection_is_refused(self):
        with self.assertRaisesRegex(
            NoComponentError, "'foreign'.*'collection.base'.*'other.collection'"
        ):
            self.by_name("res.partner", "foreign")

    def test_a_component_of_another_model_tells_how_to_call(self):
        with self.assertRaisesRegex(
            NoComponentError,
            "Component with name 'users' can't be used for model 'res.partner'.*"
            r"component_by_name\('users', model_name='res.users'\)",
        ):
            self.by_name("res.partner", "users")
        with self.assertRaisesRegex(
            NoComponentError, "<one of 'res.partner', 'res.users'>"
        ):
            self.by_name("res.country", "partners")
