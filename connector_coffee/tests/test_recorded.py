"""Replays recorded responses of a machine.

To record them again, start a machine: ``python -m coffee_machine --port 8100 --recipes
12`` in the folder ``tests``, and run these tests with ``CONNECTOR_RECORD=1``.
"""

from odoo.addons.connector.tests.common import ConnectorCase


class TestRecorded(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.backend = self.env["coffee.backend"].create(
            {
                "name": "Kitchen",
                "location": "http://127.0.0.1:8100",
                "username": "barista",
                "password": "espresso",
            }
        )

    def test_recipes_become_products(self):
        with self.recorded("recipes"):
            self.backend._start_flow("recipes")
            jobs = self.run_jobs()
        self.assertEqual(jobs.mapped("state"), ["done"], jobs.mapped("exc_info"))
        recipes = self.backend.with_context(active_test=False).recipe_ids
        self.assertEqual(len(recipes), 12)
        self.assertIn("Espresso", recipes.mapped("name"))
