from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import CoffeeCase


class TestHome(CoffeeCase):
    """The overview of all backends of all connectors."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "watcher", groups="base.group_user,connector.group_connector_user"
        )

    def cards(self, user=None):
        # As in another request, with an empty cache.
        self.env.invalidate_all()
        cards = self.env["connector.backend.overview"].with_user(user or self.user)
        return cards.search([("backend_model", "=", "coffee.backend")])

    def card(self):
        return self.cards().filtered(lambda card: card.backend_id == self.backend.id)

    def test_a_card_leads_to_its_backend(self):
        card = self.card()
        self.assertEqual(card.name, "Kitchen")
        self.assertEqual(card.kind_label, "Coffee Machine")
        self.assertEqual(card.company_id, self.backend.company_id)
        action = card.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("coffee.backend", self.backend.id)
        )

    def test_a_new_name_is_on_the_card_at_once(self):
        self.backend.name = "Bar"
        self.assertEqual(self.card().name, "Bar")

    def test_cards_can_be_searched_grouped_and_counted(self):
        cards = self.env["connector.backend.overview"].with_user(self.user)
        domain = [("name", "=", "Kitchen"), ("connection_state", "=", "not_tested")]
        self.assertEqual(cards.search_count(domain), 1)
        self.assertIn(("coffee.backend",), cards._read_group([], ["backend_model"]))

    def test_cards_say_how_their_backend_is(self):
        self.assertEqual(self.card().status, "not_tested")
        self.backend.action_test_connection()
        self.assertEqual(self.card().status, "connected")
        self.start("recipes")
        self.env["connector.circuit.breaker"]._throttle(self.backend, 999, "It is off.")
        card = self.card()
        self.assertEqual((card.status, card.running), ("on_hold", 1))
        self.assertEqual(card.status_message, "It is off.")
        self.backend.connection_state = "error"
        self.assertEqual(self.card().status, "error")

    def test_cards_count_what_was_done_today(self):
        self.sync("recipes")
        card = self.card()
        self.assertEqual((card.created, card.failed, card.running), (12, 0, 0))
        run = self.env["connector.sync.run"].search([], limit=1)
        run.date_start = fields.Datetime.now() - timedelta(days=2)
        self.assertEqual(self.card().created, 0)

    def test_backends_of_other_companies_have_no_card(self):
        company = self.env["res.company"].create({"name": "Tea house"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="base.group_user,connector.group_connector_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        card = self.card()
        self.assertFalse(self.cards(stranger))
        self.assertFalse(card.with_user(stranger).exists())

    def test_an_archived_backend_has_no_card(self):
        self.backend.active = False
        self.assertFalse(self.card())

    def test_others_have_no_home(self):
        with self.assertRaises(AccessError):
            self.cards(new_test_user(self.env, "drinker"))

    def test_the_menu_begins_with_the_cards(self):
        menu = self.env.ref("connector.menu_connector_root")
        self.assertEqual(menu.action.res_model, "connector.backend.overview")
