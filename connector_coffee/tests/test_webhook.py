"""The machine sends a webhook for each brew."""

import time

from odoo.tests import HttpCase, tagged

from .common import CoffeeCase


@tagged("post_install", "-at_install")
class TestBrewWebhook(CoffeeCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        self.addCleanup(self.forget_webhooks)

    def registry_enter_test_mode(self):
        """The test keeps HttpCase's transaction open."""

    def forget_webhooks(self):
        for webhook in self.machine.webhooks.all():
            self.machine.webhooks.remove(webhook.id)

    def webhook_urls(self):
        return [webhook.url for webhook in self.machine.webhooks.all()]

    def test_a_second_registration_replaces_the_first(self):
        self.machine.webhooks.add("http://127.0.0.1:9/of-others", "secret")
        self.backend.action_register_webhook()
        others, first = self.webhook_urls()
        self.backend.action_register_webhook()
        kept, second = self.webhook_urls()
        self.assertEqual(kept, others)
        self.assertNotEqual(second, first)
        self.assertTrue(second.startswith(f"{self.base_url()}/connector/webhook/"))

    def test_the_webhook_of_another_machine_stays(self):
        other = self.backend.copy({"name": "Other", "password": "espresso"})
        other.action_register_webhook()
        registered = self.webhook_urls()
        self.backend.action_register_webhook()
        self.assertEqual(self.webhook_urls()[:1], registered)

    def test_a_coffee_is_known_as_soon_as_it_is_brewed(self):
        self.backend.action_register_webhook()
        store = self.machine.store
        recipe = next(r for r in store.recipes.all() if r.active)
        badge = next(b for b in store.badges.all() if b.active)
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            brew = self.machine.pour(recipe.id, badge.id)
            self.wait_for_delivery()
        self.env.invalidate_all()
        self.run_jobs()
        imported = self.env["coffee.brew"].search([("coffee_id", "=", brew.id)])
        self.assertEqual(imported.recipe_id.coffee_id, recipe.id)
        self.assertEqual(imported.badge_id.coffee_id, badge.id)

    def wait_for_delivery(self):
        deadline = time.monotonic() + 30
        while not self.machine.statistics.to_json()["webhooks"].get("delivered"):
            self.assertLess(time.monotonic(), deadline, "nothing was delivered")
            time.sleep(0.02)
