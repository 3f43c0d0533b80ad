from odoo.tests import tagged

from odoo.addons.component.exception import NoComponentError
from odoo.addons.component.tests.common import TransactionComponentCase


@tagged("post_install", "-at_install")
class TestComponentsOfModels(TransactionComponentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        backends = cls.env["test.component.backend"]
        cls.old = backends.create({"name": "Old", "firmware": "1"})
        cls.new = backends.create({"name": "New", "firmware": "2"})
        cls.recipe = cls.env["test.component.recipe"].create(
            {"name": "Ristretto", "strength": 9}
        )

    def test_what_the_backend_shares_is_on_the_work_and_closed_after(self):
        with self.old.work_on("test.component.recipe") as work:
            adapter = work.component(usage="backend.adapter")
            adapter.pour(self.recipe)
            self.assertEqual(work.line, ["pour Ristretto"])
            other = adapter.component(usage="backend.adapter", model_name="res.partner")
            self.assertIs(other.work.line, work.line)
        self.assertEqual(work.line, ["pour Ristretto", "closed"])

    def test_the_record_of_the_collection_selects_the_component(self):
        for backend, name in (
            (self.old, "test.component.adapter"),
            (self.new, "test.component.adapter.new"),
        ):
            with backend.work_on("test.component.recipe") as work:
                component = work.component(usage="backend.adapter")
            self.assertEqual(component._name, name)
            self.assertEqual(component.collection, backend)

    def test_a_step_added_to_the_parent_by_a_later_class_reaches_the_child(self):
        with self.old.work_on("test.component.recipe") as work:
            mapper = work.component(usage="mapper")
        self.assertEqual(
            mapper.values(self.recipe), {"title": "Ristretto", "strength": 9}
        )

    def test_components_of_the_collection_are_not_found_for_another_model(self):
        with self.old.work_on("res.partner") as work:
            with self.assertRaisesRegex(
                NoComponentError,
                r"test.component.recipe.mapper \(test_component/components/mapper.py"
                r":\d+\): its _apply_on is test.component.recipe",
            ):
                work.component(usage="mapper")
