from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.component.exception import NoComponentError, SeveralComponentError

from .registry_case import RegistryCase


class TestExplanation(RegistryCase):
    def error(self, exception, usage, model="res.partner", **kw):
        collection = self.env["collection.base"].new()
        with collection.work_on(model) as work:
            with self.assertRaises(exception) as caught:
                work.component(usage=usage, **kw)
        return str(caught.exception)

    def lines(self, *args, **kw):
        message = self.error(NoComponentError, *args, **kw)
        return [line for line in message.splitlines() if line.startswith("- ")]

    def test_nothing_found_says_what_was_asked(self):
        message = self.error(NoComponentError, "mapper", protocol="rest")
        self.assertIn("collection 'collection.base'", message)
        self.assertIn("usage 'mapper'", message)
        self.assertIn("model 'res.partner'", message)
        self.assertIn("protocol='rest'", message)
        self.assertIn("No component is close", message)

    def test_each_near_miss_tells_the_one_condition_it_failed(self):
        class OtherModel(Component):
            _name = "other.model"
            _usage = "mapper"
            _apply_on = ["res.users", "res.country"]

        class OtherCollection(Component):
            _name = "other.collection"
            _usage = "mapper"
            _collection = "coffee.backend"

        class OtherUsage(Component):
            _name = "other.usage"
            _usage = "map"

        class NoUsage(Component):
            _name = "no.usage"

        class Template(AbstractComponent):
            _name = "template"
            _usage = "mapper"

        self._build_components(
            OtherModel, OtherCollection, OtherUsage, NoUsage, Template
        )
        reasons = {
            line.split()[1]: line.split("): ", 1)[1] for line in self.lines("mapper")
        }
        self.assertEqual(
            reasons,
            {
                "other.model": "its _apply_on is res.users, res.country",
                "other.collection": "its _collection is coffee.backend",
                "other.usage": "its _usage is map",
                "no.usage": "it has no _usage",
                "template": "it is abstract: inherit from it with a Component",
            },
        )

    def test_a_component_that_refused_is_listed(self):
        class Refusing(Component):
            _name = "refusing"
            _usage = "mapper"

            @classmethod
            def _component_match(cls, work, usage=None, model_name=None, **kw):
                return False

        self._build_components(Refusing)
        (line,) = self.lines("mapper")
        self.assertIn("refusing", line)
        self.assertIn("its _component_match refused", line)

    def test_a_component_for_no_model_says_so(self):
        class Nowhere(Component):
            _name = "nowhere"
            _usage = "mapper"
            _apply_on = []

        self._build_components(Nowhere)
        self.assertIn("retrieved by name", self.lines("mapper")[0])

    def test_the_five_nearest_are_shown_the_nearest_first(self):
        for number, usage in enumerate(
            ("reduce", "mappers", "importer", "exporter", "binder", "adapter", "map")
        ):

            class Near(Component):
                _name = f"near.{number}"
                _usage = usage

            self._build_components(Near)
        lines = self.lines("mapper")
        self.assertEqual(len(lines), 5)
        self.assertIn("its _usage is mappers", lines[0])
        self.assertIn("its _usage is map", lines[1])

    def test_a_component_that_fails_two_conditions_is_shown_when_nothing_is_nearer(
        self,
    ):
        class Far(Component):
            _name = "far"
            _usage = "mappers"
            _apply_on = "res.users"

        self._build_components(Far)
        (line,) = self.lines("mapper")
        self.assertIn("its _usage is mappers; its _apply_on is res.users", line)

    def test_the_declaring_file_is_named(self):
        class Near(Component):
            _name = "near"
            _usage = "mappers"

        self._build_components(Near)
        self.assertRegex(
            self.lines("mapper")[0], r"component/tests/test_explanation\.py:\d+"
        )

    def test_several_found_lists_all_and_how_to_choose_one(self):
        class One(Component):
            _name = "one"
            _usage = "mapper"

        class Other(Component):
            _name = "other"
            _usage = "mapper"

        self._build_components(One, Other)
        message = self.error(SeveralComponentError, "mapper")
        self.assertIn("- one (component/tests/test_explanation.py:", message)
        self.assertIn("- other (component/tests/test_explanation.py:", message)
        self.assertIn("_collection = 'collection.base'", message)
        self.assertIn("_apply_on = 'res.partner'", message)

    def test_several_found_without_usage_advises_to_set_one(self):
        class One(Component):
            _name = "one"
            _usage = "mapper"

        class Other(Component):
            _name = "other"
            _usage = "binder"

        self._build_components(One, Other)
        message = self.error(SeveralComponentError, None)
        self.assertIn("look up a usage ('binder', 'mapper')", message)
