import psycopg2

from odoo.tools import mute_logger

from odoo.addons.component.core import Component
from odoo.addons.component_event import after_commit, isolated

from .common import EventCase

LOGGER = "odoo.addons.component_event.delivery"


class TestDelivery(EventCase):
    def test_an_isolated_listener_that_fails_does_not_break_the_transaction(self):
        received = self.received

        class Failing(Component):
            _name = "failing"
            _inherit = "base.event.listener"

            @isolated
            def on_record_write(self, record, fields=None):
                record._without_record_events().write({"ref": "wrong"})
                record.flush_recordset()
                self.env.cr.execute("SELECT 1 / 0")

        class Next(Component):
            _name = "next"
            _inherit = "base.event.listener"

            def on_record_write(self, record, fields=None):
                received.append(record)

        self.listen(Failing, Next)
        with mute_logger("odoo.sql_db"), self.assertLogs(LOGGER, "ERROR") as logs:
            self.partner.write({"name": "Grace"})
        self.assertIn("on_record_write of listener 'failing'", logs.output[0])
        self.assertEqual(received, [self.partner])
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.name, "Grace")
        self.assertFalse(self.partner.ref, "what the listener did is rolled back")

    def test_an_isolated_listener_lets_conflicts_through(self):
        class Conflict(Component):
            _name = "conflict"
            _inherit = "base.event.listener"

            @isolated
            def on_served(self):
                raise psycopg2.errors.SerializationFailure("concurrent update")

        self.listen(Conflict)
        with self.assertRaises(psycopg2.OperationalError):
            self.partner._event("on_served").notify()

    def test_what_was_wrong_before_is_not_blamed_on_an_isolated_listener(self):
        received = self.received

        class Listener(Component):
            _name = "listener"
            _inherit = "base.event.listener"

            @isolated
            def on_served(self):
                received.append("served")

        self.listen(Listener)
        events = self.partner._event("on_served")
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.env.ref("base.de").code = "FR"  # taken: fails when it is flushed
            events.notify()
        self.assertEqual(received, [])

    def test_an_isolated_listener_that_works_is_just_run(self):
        class Working(Component):
            _name = "working"
            _inherit = "base.event.listener"

            @isolated
            def on_served(self, record):
                record.ref = "served"
                return "served"

        self.listen(Working)
        (event,) = self.partner._event("on_served").events
        self.assertEqual(event(self.partner), "served")
        self.assertEqual(self.partner.ref, "served")

    def test_a_listener_may_wait_for_the_commit(self):
        received = self.received

        class Waiting(Component):
            _name = "waiting"
            _inherit = "base.event.listener"

            @after_commit
            def on_record_write(self, record, fields=None):
                received.append((record, fields))

        self.listen(Waiting)
        self.partner.write({"name": "Grace"})
        self.assertEqual(received, [])
        self.env.cr.postcommit.run()
        self.assertEqual(received, [(self.partner, ["name"])])

    def test_a_rolled_back_transaction_notifies_nobody(self):
        received = self.received

        class Waiting(Component):
            _name = "waiting"
            _inherit = "base.event.listener"

            @after_commit
            def on_served(self):
                received.append("served")

        self.listen(Waiting)
        with self.registry.cursor() as cr:
            self.partner.with_env(self.env(cr=cr))._event("on_served").notify()
            cr.rollback()
            cr.postcommit.run()
        self.assertEqual(received, [])

    def test_a_failure_after_the_commit_is_logged(self):
        class Waiting(Component):
            _name = "waiting"
            _inherit = "base.event.listener"

            @after_commit
            def on_served(self):
                raise ValueError("No coffee left")

        self.listen(Waiting)
        self.partner._event("on_served").notify()
        with self.assertLogs(LOGGER, "ERROR") as logs:
            self.env.cr.postcommit.run()
        self.assertIn("on_served of listener 'waiting'", logs.output[0])
