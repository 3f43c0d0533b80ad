"""Passwords are written by managers, used by jobs, and never shown."""

import json

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.component.tests.common import ComponentMixin

from .market_common import MarketMixin, product

SECRET = "open sesame"


@tagged("post_install", "-at_install")
class TestSecrets(HttpCase, ComponentMixin, MarketMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpComponent()
        groups = "base.group_user", "connector.group_connector_user"
        cls.user = new_test_user(cls.env, "watcher", ",".join(groups))
        cls.manager = new_test_user(
            cls.env,
            "manager",
            "connector.group_connector_manager,base.group_allow_export",
        )

    def setUp(self):
        super().setUp()
        self.open_market(password=SECRET)
        self.env.flush_all()
        self.env.invalidate_all()

    def as_user(self, user=None):
        return self.market.with_user(user or self.user)

    def test_a_manager_writes_it_and_does_not_read_it_back(self):
        market = self.as_user(self.manager)
        market.password = "simsim"
        self.assertEqual(self.market.password, "simsim")
        self.assertEqual(market.web_read({"password": {}})[0]["password"], False)
        values = {"name": "B", "location": "http://b", "password": "salabim"}
        (made,) = market.browse().web_save(values, {"password": {}, "name": {}})
        self.assertEqual(made, {"id": made["id"], "name": "B", "password": False})
        self.assertEqual(self.market.browse(made["id"]).password, "salabim")
        with Form(market) as form:
            self.assertFalse(form.password)
            form.name = "Renamed"
        self.assertEqual(self.market.password, "simsim")

    def test_no_user_can_read_it(self):
        for user in (self.manager, self.env.ref("base.user_admin")):
            market = self.as_user(user)
            with self.assertRaises(AccessError):
                market.read(["password"])
            with self.assertRaises(AccessError):
                market.formatted_read_group([], ["password"], ["__count"])
            with self.assertRaises(AccessError):
                market.search([("password", "=like", "open%")])
            with self.assertRaises(AccessError):
                market.search([], order="password")
            form = market.get_view(view_type="form")
            names = etree.fromstring(form["arch"]).xpath("//field/@name")
            self.assertIn("password", names)
            spec = {name: {} for name in form["models"]["market.backend"]}
            self.assertNotIn(SECRET, str(market.web_read(spec)))
            self.assertNotIn(SECRET, str(market.onchange({}, [], spec)))
            self.assertNotIn(SECRET, str(market.read()))

    def test_others_neither_read_nor_write_it(self):
        market = self.as_user()
        with self.assertRaises(AccessError):
            market.read(["password"])
        with self.assertRaises(AccessError):
            market.mapped("password")
        with self.assertRaises(AccessError):
            market.write({"password": "simsim"})
        self.assertNotIn("password", market.read()[0])
        self.assertNotIn("password", market.fields_get())
        self.assertNotIn("password", market.get_view(view_type="form")["arch"])

    def test_others_cannot_guess_it_by_searching(self):
        model = self.env["market.backend"].with_user(self.user)
        card = self.env["connector.backend.overview"].with_user(self.user)
        with self.assertRaises(AccessError):
            model.search([("password", "=like", "open%")])
        with self.assertRaises(AccessError):
            model.search([], order="password")
        with self.assertRaises(AccessError):
            model._read_group([], ["password"], ["__count"])
        with self.assertRaises(AccessError):
            model._read_group([], [], ["password:max"])
        with self.assertRaises(AccessError):
            model.search([]).filtered_domain([("password", "!=", False)])
        with self.assertRaises(ValueError):
            card.search([("password", "!=", False)])

    @mute_logger("odoo.http")
    def test_others_cannot_have_it_over_the_network(self):
        self.authenticate("watcher", "watcher")
        for method, args in (
            ("read", [self.market.ids, ["password"]]),
            ("web_read", [self.market.ids, {"password": {}}]),
            ("search_read", [[["password", "!=", False]], ["name"]]),
            ("export_data", [self.market.ids, ["password"]]),
        ):
            response = self.url_open(
                f"/web/dataset/call_kw/market.backend/{method}",
                data=json.dumps(
                    {
                        "params": {
                            "model": "market.backend",
                            "method": method,
                            "args": args,
                            "kwargs": {},
                        }
                    }
                ),
                headers={"Content-Type": "application/json"},
            )
            self.assertIn("error", response.json(), method)
            self.assertNotIn(SECRET, response.text)

    def test_it_cannot_be_exported(self):
        for user in (self.manager, self.env.ref("base.user_admin")):
            with self.assertRaisesRegex(UserError, "not exported"):
                self.as_user(user).export_data(["name", "password"])
            with self.assertRaisesRegex(UserError, "not exported"):
                self.as_user(user).export_data(["password"])
            market = self.as_user(user)
            self.assertEqual(market.export_data(["name"])["datas"], [["Market"]])
            described = market.fields_get()["password"]
            self.assertFalse(described.get("exportable", True))
            self.assertFalse(described["searchable"])

    def test_a_copy_has_none(self):
        copied = self.market.copy()
        self.assertFalse(copied.password)
        self.assertEqual(copied.connection_state, "not_tested")

    def test_the_chatter_does_not_know_it(self):
        self.env.cr.precommit.run()
        self.market.write({"password": "simsim salabim", "username": "other"})
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        messages = self.market.message_ids
        tracked = messages.sudo().tracking_value_ids
        self.assertIn("username", tracked.field_id.mapped("name"))
        self.assertNotIn("password", tracked.field_id.mapped("name"))
        text = str(messages.mapped("body")) + str(tracked.read())
        self.assertNotIn("salabim", text)
        self.assertNotIn("sesame", text)

    def test_no_log_and_no_job_knows_it(self):
        self.server.add_response([product(1)], X_Total_Count="1")
        self.server.add_response({"error": f"wrong: password={SECRET}"}, status=401)
        with self.assertLogs(level="DEBUG") as logs:
            run = self.sync()
            refused = self.sync()
        self.assertEqual(run.state, "done")
        self.assertEqual(refused.state, "failed")
        jobs = self.env["queue.job"].search(
            [("sync_run_id", "in", (run | refused).ids)]
        )
        for job in jobs:
            for text in (job.exc_info, job.exc_message, job.result, str(job.kwargs)):
                self.assertNotIn(SECRET, text or "")
            self.assertNotIn(SECRET, str(job.args))
        self.assertNotIn(SECRET, refused.message)
        output = "\n".join(
            line
            for line in logs.output
            if not line.startswith("DEBUG:odoo.sql_db") and "odoo.tests" not in line
        )
        self.assertNotIn(SECRET, output)

    def test_a_neutralized_copy_of_the_database_has_none(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        market = self.market
        self.assertFalse(market.password or market.username or market.active)

    def test_a_connection_after_a_change_uses_the_new_one(self):
        with self.market.work_on("market.product") as work:
            first = work.component(usage="backend.adapter").session
        self.market.password = "simsim salabim"
        with self.market.work_on("market.product") as work:
            self.assertIsNot(work.component(usage="backend.adapter").session, first)

    def test_a_backend_without_the_mixin_has_secrets_too(self):
        vault = self.env["vault.backend"].create(
            {
                "name": "Vault",
                "webservice_user": "user",
                "webservice_password": SECRET,
                "pin": "1234",
                "client_id": "client",
                "shop_secret": "shop",
                "auth_type": "key",
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(vault.webservice_password, SECRET)
        vault = vault.with_user(self.env.ref("base.user_admin"))
        for read in (
            lambda: vault.read(["webservice_password"]),
            lambda: vault.search([("webservice_password", "=like", "open%")]),
            lambda: vault.formatted_read_group(
                [], ["webservice_password"], ["__count"]
            ),
        ):
            with self.assertRaises(AccessError):
                read()
        with self.assertRaisesRegex(UserError, "not exported"):
            vault.export_data(["webservice_password"])
        spec = {"name": {}, "webservice_password": {}}
        self.assertNotIn(SECRET, str(vault.web_read(spec) + vault.read()))
        vault.webservice_password = "simsim"
        self.assertEqual(vault.sudo().webservice_password, "simsim")
