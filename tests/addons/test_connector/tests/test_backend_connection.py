"""The message of a connection test, whatever happens in it."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.connector.tests.common import ConnectorCase, FakeApi, Habits


@tagged("post_install", "-at_install")
class TestConnection(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.server = self.enterContext(FakeApi("/api/guests"))
        self.backend = self.env["kiosk.backend"].create(
            {
                "name": "Kiosk",
                "location": self.server.url,
                "username": self.server.username,
                "password": self.server.password,
            }
        )

    def connection_message(self):
        # ``assertRaises`` would roll back the stored result.
        try:
            self.backend.action_test_connection()
        except UserError as error:
            self.assertEqual(self.backend.connection_state, "error")
            self.assertEqual(self.backend.connection_message, str(error))
            return str(error)
        raise AssertionError("it worked")

    def check(self, error):
        def check_connection(backend):
            raise error

        self.patch(type(self.backend), "_check_connection", check_connection)

    def test_any_failure_is_an_answer_for_people(self):
        for error in (
            KeyError("vendor"),
            AttributeError("'NoneType' object has no attribute 'get'"),
            NotImplementedError("_check_connection"),
            RecursionError("maximum recursion depth exceeded"),
        ):
            self.check(error)
            message = self.connection_message()
            self.assertIn("unexpectedly", message)
            self.assertIn(type(error).__name__, message)

    def test_what_it_says_holds_no_secret(self):
        self.backend.password = "pass word+/=1"
        with self.backend.work_on("kiosk.res.partner") as work:
            work.component(usage="backend.adapter")._credentials()
        self.check(ValueError("no: pass%20word%2B%2F%3D1"))
        self.assertNotIn("pass%20word", self.connection_message())

    def test_words_for_people_are_kept(self):
        self.check(UserError("Choose a shop first."))
        self.assertEqual(self.connection_message(), "Choose a shop first.")

    def test_a_wrong_path_is_named(self):
        with self.backend.work_on("kiosk.res.partner") as work:
            adapter = work.component(usage="backend.adapter")
            self.patch(type(adapter), "_path", "/api/no-guests")
        self.assertIn("/api/no-guests", self.connection_message())

    def test_a_list_in_any_order_connects(self):
        self.server.habits = Habits(order="newest")
        self.server.add("/api/guests", name="Ada")
        self.backend.action_test_connection()
        self.assertEqual(self.backend.connection_state, "connected")
