from odoo.addons.component.core import AbstractComponent, Component

from .common import EventCase


class TestListener(EventCase):
    def test_methods_named_on_are_the_events(self):
        class Listener(Component):
            _name = "listener"
            _inherit = "base.event.listener"
            on_hold = True

            def on_served(self):
                """An event."""

            def serve(self):
                """Not an event."""

        self.listen(Listener)
        built = self.comp_registry["listener"]
        self.assertEqual(built._events, {"on_served"})
        self.assertTrue(built.has_event("on_served"))
        self.assertFalse(built.has_event("on_hold"), "not a method")
        self.assertFalse(built.has_event("serve"))

    def test_an_abstract_listener_receives_nothing(self):
        class Listener(AbstractComponent):
            _name = "listener"
            _inherit = "base.event.listener"

            def on_served(self):
                """For those who inherit."""

        self.listen(Listener)
        self.assertFalse(self.comp_registry["listener"].has_event("on_served"))

    def test_inherited_methods_are_events(self):
        class Parent(AbstractComponent):
            _name = "parent"
            _inherit = "base.event.listener"

            def on_served(self):
                """For those who inherit."""

        class Child(Component):
            _name = "child"
            _inherit = "parent"

        self.listen(Parent, Child)
        self.assertTrue(self.comp_registry["child"].has_event("on_served"))

    def test_an_event_that_a_later_addon_adds_to_the_parent_is_received(self):
        class Parent(AbstractComponent):
            _name = "parent"
            _inherit = "base.event.listener"

        class Child(Component):
            _name = "child"
            _inherit = "parent"

        class Extension(AbstractComponent):
            _inherit = "parent"

            def on_served(self):
                """Comes later."""

        self.listen(Parent, Child)
        self.assertFalse(self.comp_registry["child"].has_event("on_served"))
        self.listen(Extension)
        self.assertTrue(self.comp_registry["child"].has_event("on_served"))
        self.assertEqual(len(self.env["res.partner"]._event("on_served").events), 1)

    def test_a_listener_that_cannot_take_a_record_event_is_logged_when_built(self):
        class Listener(Component):
            _name = "listener"
            _inherit = "base.event.listener"
            _module = "component_event"

            def on_record_write(self, record):
                """Lacks the fields."""

            def on_record_create(self, record, **kwargs):
                """Takes all."""

        with self.assertLogs(
            "odoo.addons.component_event.components.listener", "WARNING"
        ) as logs:
            self.listen(Listener)
        (line,) = logs.output
        self.assertIn("on_record_write of listener 'listener'", line)
        self.assertIn("of addon component_event", line)
        self.assertIn("test_listener.py:", line)
        self.assertIn("(record, fields=...)", line)
