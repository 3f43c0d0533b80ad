from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools.misc import file_open

from odoo.addons.connector.exceptions_http import RemoteRefused
from odoo.addons.connector.tests.common import ConnectorCase


class TestAccess(ConnectorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = cls.env["coffee.backend"].create(
            {
                "name": "Kitchen",
                "location": "http://127.0.0.1:9",
                "username": "barista",
                "password": "espresso",
            }
        )
        cls.brew = cls.env["coffee.brew"].create(
            {"backend_id": cls.backend.id, "coffee_id": 7, "price": 1.2}
        )
        cls.other_company = cls.env["res.company"].create({"name": "Tea house"})
        cls.user = new_test_user(cls.env, "drinker")
        cls.stranger = new_test_user(
            cls.env,
            "stranger",
            company_id=cls.other_company.id,
            company_ids=[Command.set(cls.other_company.ids)],
        )
        cls.manager = new_test_user(
            cls.env, "boss", groups="connector.group_connector_manager"
        )

    def test_users_see_the_brews_of_their_company(self):
        self.assertIn(
            self.brew, self.env["coffee.brew"].with_user(self.user).search([])
        )
        with self.assertRaises(AccessError):
            self.brew.with_user(self.user).price = 0

    def test_users_of_another_company_see_nothing(self):
        for model in ("coffee.backend", "coffee.brew"):
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(self.stranger).search([]))

    def test_users_do_not_see_the_password(self):
        backend = self.backend.with_user(self.user)
        self.assertNotIn("password", backend.fields_get())
        with self.assertRaises(AccessError):
            backend.read(["password"])
        with self.assertRaises(AccessError):
            backend.search([("password", "=like", "e%")])

    def test_managers_configure_but_do_not_export_passwords(self):
        backend = self.backend.with_user(self.manager)
        backend.password = "ristretto"
        with self.assertRaises(UserError):
            backend.export_data(["name", "password"])

    def test_a_copy_has_no_password(self):
        self.assertFalse(self.backend.copy({"name": "Second"}).password)

    def test_a_neutralized_copy_talks_to_no_machine(self):
        self.env.flush_all()
        with file_open("connector/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(self.backend.username)
        self.assertFalse(self.backend.password)
        with self.backend.work_on("coffee.product.product") as work:
            adapter = work.component(usage="backend.adapter")
            with self.assertRaisesRegex(RemoteRefused, "is archived"):
                adapter.call("GET", "/api/info")
