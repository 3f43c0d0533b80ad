from odoo.tests import tagged

from odoo.addons.component.tests.common import TransactionComponentCase


@tagged("post_install", "-at_install")
class TestEventsOfModels(TransactionComponentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = cls.env["test.component.backend"].create({"name": "Machine"})

    def make(self, **values):
        values = {"name": "Ristretto", "backend_id": self.backend.id, **values}
        return self.env["test.component.recipe"].create(values)

    def test_a_creation_is_received(self):
        recipe = self.make()
        self.assertEqual(recipe.history, "created with name, backend_id\n")

    def test_a_write_and_its_changes_are_received(self):
        recipe = self.make()
        recipe.history = ""
        recipe.write({"name": "Lungo", "strength": 0})
        self.assertEqual(
            recipe.history.splitlines()[-2:],
            ["written name, strength", "name: Ristretto -> Lungo"],
        )

    def test_a_skipped_listener_is_not_run(self):
        recipe = self.make()
        recipe.with_context(quiet=True).strength = 3
        self.assertNotIn("written", recipe.history)
        self.assertIn("strength: 0 -> 3", recipe.history)

    def test_a_deletion_is_received_while_the_record_can_be_read(self):
        self.make().unlink()
        self.assertEqual(self.backend.name, "without Ristretto")

    def test_a_listener_uses_the_components_of_the_given_collection(self):
        recipe = self.make()
        events = recipe._event("on_poured", collection=self.backend)
        (event,) = events.events
        event.__self__.work.line = line = []
        event.__self__.work._propagate_kwargs.append("line")
        events.notify(recipe)
        self.assertEqual(line, ["pour Ristretto"])
