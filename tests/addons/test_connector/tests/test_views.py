"""What each group of users can see."""

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.connector.tests.common import ConnectorCase

from .market_common import MarketMixin, product

GROUPS = {
    "employee": "base.group_user",
    "user": "connector.group_connector_user",
    "manager": "connector.group_connector_manager",
    "administrator": "base.group_system,queue_job.group_queue_job_manager",
}


@tagged("post_install", "-at_install")
class TestViews(ConnectorCase, MarketMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            name: new_test_user(cls.env, name, groups)
            for name, groups in GROUPS.items()
        }

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.open_market()

    def shown(self, record, user):
        """Return the nodes of a form for a user, once all its fields are read."""
        record = record.with_user(self.users[user])
        view = record.get_view(view_type="form")
        arch = etree.fromstring(view["arch"])
        names = arch.xpath("//field[not(ancestor::field)]/@name")
        record.web_read({name: {} for name in names})
        return arch

    def buttons(self, user):
        arch = self.shown(self.market, user)
        return {
            button.get("context") or button.get("name")
            for button in arch.iterfind(".//header/button")
        }

    def test_a_backend_opens_for_all_users_who_can_see_it(self):
        self.server.add_response([product(1, price=-1)])
        for user in GROUPS:
            self.shown(self.market, user)

    def test_only_managers_have_buttons(self):
        self.assertEqual(self.buttons("employee"), set())
        self.assertEqual(self.buttons("user"), set())
        self.assertEqual(
            self.buttons("manager"),
            {
                "action_test_connection",
                "{'connector_flow': 'products'}",
                "action_preview_import",
            },
        )

    def test_a_run_opens_for_users_who_see_no_jobs(self):
        run = self.start()
        for user in ("user", "manager", "administrator"):
            self.shown(run, user)
            seen = run.with_user(self.users[user])
            self.assertEqual((seen.job_count, seen.progress), (1, 0))
        with self.assertRaises(AccessError):
            self.shown(run, "employee")

    def test_a_new_backend_can_be_made_in_a_form(self):
        with Form(self.env["market.backend"].with_user(self.users["manager"])) as form:
            form.name = "New market"
            form.location = self.server.url
            self.assertEqual(form.status, "not_tested")
        self.assertEqual(form.record.flow_ids.mapped("label"), ["Import products"])

    def test_connector_users_are_users_of_odoo(self):
        self.assertTrue(self.users["user"]._is_internal())
        cards = self.env["connector.backend.overview"].with_user(self.users["user"])
        self.assertIn("Market", cards.search([]).mapped("name"))

    def test_a_backend_can_be_connected_from_the_home(self):
        card = self.env["connector.backend.overview"]
        kinds = dict(card._connectable())
        self.assertIn("market.backend", kinds)
        action = card.action_connect()
        self.assertEqual(action["res_model"], "connector.connect")
        wizard = self.env["connector.connect"].create({"kind": "market.backend"})
        self.assertEqual(wizard.action_connect()["res_model"], "market.backend")
        self.assertFalse(card.with_user(self.users["user"])._connectable())

    def test_runs_are_found_by_the_name_of_their_backend(self):
        run = self.start()
        runs = self.env["connector.sync.run"].with_user(self.users["user"])
        self.assertEqual(runs.search([("backend_name", "ilike", "mark")]), run)
        self.assertFalse(runs.search([("backend_name", "=", "Nowhere")]))

    def test_inherited_labels_are_translated_for_every_connector(self):
        lang = self.env["res.lang"]._activate_lang("fr_FR")
        modules = ["connector", "test_connector"]
        self.env["ir.module.module"]._load_module_terms(modules, [lang.code])
        fields = self.env["market.backend"].with_context(lang=lang.code).fields_get()
        self.assertIn(("not_tested", "Non testé"), fields["status"]["selection"])
        self.assertIn(("hour", "par heure"), fields["rate_period"]["selection"])
        self.assertEqual(fields["location"]["string"], "Adresse")
        self.assertEqual(fields["version"]["selection"][0][1], "Version 1")
