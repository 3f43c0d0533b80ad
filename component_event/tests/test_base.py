from unittest import mock

from odoo.addons.component.core import (
    Component,
    ComponentRegistry,
    _component_databases,
)
from odoo.addons.component_event.components.event import CollectedEvents

from .common import EventCase


class TestBase(EventCase):
    def setUp(self):
        super().setUp()
        received = self.received

        class Listener(Component):
            _name = "listener"
            _inherit = "base.event.listener"
            _apply_on = ["res.partner"]

            def on_served(self, record, **kw):
                received.append((record, kw))

        self.listen(Listener)

    def test_the_listeners_are_notified_with_the_arguments(self):
        self.partner._event("on_served").notify(self.partner, cups=2)
        self.assertEqual(self.received, [(self.partner, {"cups": 2})])

    def test_an_event_can_be_fired_on_no_record(self):
        self.assertEqual(len(self.env["res.partner"]._event("on_served").events), 1)

    def test_an_event_can_be_fired_for_a_collection(self):
        backend = self.env["collection.base"].new()
        events = self.partner._event("on_served", collection=backend).events
        (event,) = events
        self.assertEqual(event.__self__.collection, backend)

    def test_an_event_of_another_model_reaches_no_listener(self):
        self.assertEqual(len(self.env["res.users"]._event("on_served").events), 0)

    def test_an_event_without_listeners_makes_no_work_context_the_second_time(self):
        self.partner._event("on_unlistened")
        path = "odoo.addons.component_event.models.base.EventWorkContext"
        with mock.patch(path) as work_context:
            self.assertEqual(len(self.partner._event("on_unlistened").events), 0)
        work_context.assert_not_called()

    def test_no_listener_is_called_while_the_components_are_not_ready(self):
        self.comp_registry.ready = False
        self.assertEqual(len(self.partner._event("on_served").events), 0)

    def test_a_wrong_name_is_refused_even_without_listeners(self):
        self.comp_registry.ready = False
        with self.assertRaisesRegex(ValueError, "must start with on_"):
            self.partner._event("served")

    def test_no_listener_is_called_without_the_collecter(self):
        del self.comp_registry._components["base.event.collecter"]
        self.assertEqual(len(self.partner._event("on_served").events), 0)
        self.partner.write({"name": "Grace"})

    def test_no_listener_is_called_in_a_database_without_components(self):
        dbname = self.env.cr.dbname
        former = _component_databases.get(dbname)
        if former is not None:
            self.addCleanup(_component_databases.__setitem__, dbname, former)
            del _component_databases[dbname]
        partner = self.partner.with_context(components_registry=None)
        self.assertEqual(len(partner._event("on_served").events), 0)

    def test_a_registry_can_be_given(self):
        partner = self.partner.with_context(components_registry=None)
        events = partner._event("on_served", components_registry=self.comp_registry)
        self.assertEqual(len(events.events), 1)
        empty = ComponentRegistry()
        events = self.partner._event("on_served", components_registry=empty)
        self.assertEqual(len(events.events), 1, "the context wins")

    def test_all_are_called_with_the_same_arguments(self):
        one, two = mock.Mock(), mock.Mock()
        events = CollectedEvents([one, two])
        self.assertEqual(len(events.events), 2)
        self.assertIsNone(events.notify(1, two=2))
        one.assert_called_once_with(1, two=2)
        two.assert_called_once_with(1, two=2)
