import sys
import traceback

from odoo.exceptions import UserError

from odoo.addons.component.core import Component
from odoo.addons.component_event import skip_if

from .common import EventCase


class TestFailure(EventCase):
    def test_the_first_error_goes_to_the_caller_and_names_the_listener(self):
        received = self.received

        class Failing(Component):
            _name = "failing"
            _inherit = "base.event.listener"

            def on_record_write(self, record, fields=None):
                raise UserError(self.env._("No coffee left"))

        class Next(Component):
            _name = "next"
            _inherit = "base.event.listener"

            def on_record_write(self, record, fields=None):
                received.append(record)

        self.listen(Failing, Next)
        with self.assertRaisesRegex(UserError, "^No coffee left$") as caught:
            self.partner.write({"name": "Grace"})
        self.assertEqual(received, [])
        if sys.version_info >= (3, 11):
            text = "".join(traceback.format_exception(caught.exception))
            self.assertIn("on_record_write of listener 'failing'", text)
            self.assertIn("of addon component_event", text)

    def test_a_listener_that_can_not_take_the_arguments_is_named(self):
        class Listener(Component):
            _name = "listener"
            _inherit = "base.event.listener"
            _apply_on = "res.partner"

            def on_served(self, record):
                """Takes no cups."""

        self.listen(Listener)
        with self.assertRaises(TypeError) as caught:
            self.partner._event("on_served").notify(self.partner, cups=2)
        message = str(caught.exception)
        self.assertIn("on_served of listener 'listener'", message)
        self.assertIn("of addon component_event", message)
        self.assertIn("test_failure.py:", message)
        self.assertIn("(..., cups=...)", message)
        self.assertIn("signature (record)", message)

    def test_a_type_error_inside_of_a_listener_stays_what_it_is(self):
        class Listener(Component):
            _name = "listener"
            _inherit = "base.event.listener"

            def on_served(self, record):
                return len(3)

        self.listen(Listener)
        with self.assertRaisesRegex(TypeError, "has no len"):
            self.partner._event("on_served").notify(self.partner)

    def test_a_condition_that_can_not_take_the_arguments_is_a_type_error(self):
        class Listener(Component):
            _name = "listener"
            _inherit = "base.event.listener"

            @skip_if(lambda self: True)
            def on_served(self, record):
                """Never reached."""

        self.listen(Listener)
        with self.assertRaises(TypeError):
            self.partner._event("on_served").notify(self.partner)
