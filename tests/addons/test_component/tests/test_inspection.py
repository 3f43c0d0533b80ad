from odoo.tests import tagged

from odoo.addons.component.inspection import inspect_component, list_components
from odoo.addons.component.resolution import resolve
from odoo.addons.component.tests.common import TransactionComponentCase
from odoo.addons.component_event import inspection


@tagged("post_install", "-at_install")
class TestInspection(TransactionComponentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.comps = cls._components_registry
        cls.backend = cls.env["test.component.backend"].create({"name": "Machine"})

    def resolve(self, usage, model="test.component.recipe", **kw):
        with self.backend.work_on(model) as work:
            return resolve(work, usage, kw)

    def test_a_component_tells_who_declares_and_extends_it_and_its_order(self):
        info = inspect_component(self.comps, "test.component.mapper")
        self.assertTrue(info.abstract)
        self.assertEqual(info.usage, "mapper")
        self.assertEqual(info.collection, "test.component.backend")
        self.assertIsNone(info.models)
        self.assertEqual(info.declared.addon, "test_component")
        self.assertEqual(info.declared.python_class, "Mapper")
        self.assertRegex(
            info.declared.location, r"^test_component/components/mapper\.py:\d+$"
        )
        self.assertEqual(
            [one.python_class for one in info.extended], ["MapperWithStrength"]
        )
        self.assertEqual(
            [one.python_class for one in info.mro],
            ["MapperWithStrength", "Mapper", "MachineComponent", "BaseComponent"],
        )
        self.assertEqual(info.parents, ["test.component.machine", "base"])
        self.assertEqual(info.as_dict()["declared"]["addon"], "test_component")

    def test_components_are_listed_as_lookups_would_find_them(self):
        names = [
            info.name
            for info in list_components(
                self.comps, "test.component.backend", "mapper", "test.component.recipe"
            )
            if info.name.startswith("test.component")  # other addons have some, too
        ]
        self.assertEqual(
            names, ["test.component.mapper", "test.component.recipe.mapper"]
        )
        names = [info.name for info in list_components(self.comps, usage="mapper")]
        self.assertIn("test.component.recipe.mapper", names)
        names = [info.name for info in list_components(self.comps, model="res.users")]
        self.assertNotIn("test.component.recipe.mapper", names)
        self.assertIn("base", names)

    def test_a_resolution_shows_its_steps(self):
        resolution = self.resolve("backend.adapter")
        self.assertEqual(resolution.result, "test.component.adapter")
        both = ["test.component.adapter", "test.component.adapter.new"]
        self.assertEqual([step.left for step in resolution.steps], [both, both[:1]])
        self.assertEqual(
            resolution.near_misses["test.component.adapter.new"],
            ["its _component_match refused"],
        )

    def test_a_resolution_without_result_shows_the_near_misses(self):
        resolution = self.resolve("maper")
        self.assertIsNone(resolution.result)
        self.assertEqual([step.left for step in resolution.steps], [[], []])
        self.assertEqual(
            resolution.near_misses["test.component.recipe.mapper"],
            ["its _usage is mapper"],
        )

    def test_a_resolution_between_several_gives_advice(self):
        resolution = self.resolve(None, "res.partner")
        self.assertIsNone(resolution.result)
        self.assertIn("look up a usage", resolution.advice)
        self.assertEqual(resolution.steps[2].condition, "belong to the collection")

    def test_the_listeners_of_an_event_are_listed_with_their_methods(self):
        (info,) = inspection.listeners(
            self.env["test.component.recipe"], "on_record_write"
        )
        self.assertEqual(info.listener, "test.component.recipe.listener")
        self.assertEqual(info.models, ["test.component.recipe"])
        (method,) = info.methods
        self.assertRegex(method, r"^test_component/components/listener\.py:\d+$")
        self.assertIn("on_poured", inspection.events(self.comps))

    def test_the_listeners_that_do_not_match_are_listed_with_reasons(self):
        unmatched = {
            one.listener: one.reasons
            for one in inspection.unmatched(
                self.comps, "res.partner", "on_record_write"
            )
        }
        self.assertEqual(
            unmatched["test.component.recipe.listener"],
            ["its _apply_on is test.component.recipe"],
        )
        (other,) = inspection.unmatched(
            self.comps, "res.users", "on_poured", "other.backend"
        )
        self.assertEqual(other.reasons, ["its _collection is test.component.backend"])
