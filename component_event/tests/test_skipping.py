from odoo.addons.component.core import Component
from odoo.addons.component_event import skip_if

from .common import EventCase


class TestSkipping(EventCase):
    def test_a_method_is_not_run_when_the_condition_is_true(self):
        received = self.received

        class Listener(Component):
            _name = "listener"
            _inherit = "base.event.listener"

            @skip_if(lambda self, record, cups: cups > 2)
            def on_served(self, record, cups):
                received.append((self, record, cups))
                return cups

        self.listen(Listener)
        (event,) = self.env["res.partner"]._event("on_served").events
        self.assertIsNone(event("ada", cups=3))
        self.assertEqual(event("ada", cups=2), 2)
        self.assertEqual(self.received, [(event.__self__, "ada", 2)])

    def test_the_condition_is_asked_at_each_notification(self):
        conditions = [True, False, True]
        ran = []

        @skip_if(lambda: conditions.pop())
        def method():
            ran.append(len(conditions))

        for _time in range(3):
            method()
        self.assertEqual(ran, [1])

    def test_decorators_can_be_stacked_and_keep_the_metadata(self):
        @skip_if(lambda value: value == 1)
        @skip_if(lambda value: value == 2)
        def method(value):
            """Docstring."""
            return value

        self.assertEqual([method(1), method(2), method(3)], [None, None, 3])
        self.assertEqual(method.__name__, "method")
        self.assertEqual(method.__doc__, "Docstring.")
