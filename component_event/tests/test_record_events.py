from unittest import mock

from odoo.models import BaseModel

from odoo.addons.component.core import Component, _component_databases

from .. import record_events
from .common import EventCase


class TestRecordEvents(EventCase):
    def setUp(self):
        super().setUp()
        received = self.received

        class Listener(Component):
            _name = "listener"
            _inherit = "base.event.listener"
            _apply_on = ["res.partner.category"]

            def on_record_create(self, record, fields=None):
                received.append(("create", record, fields))

            def on_record_write(self, record, fields=None):
                received.append(("write", record, fields))

            def on_record_unlink(self, record):
                received.append(("unlink", record.name))

        self.listener = Listener
        self.model = self.env["res.partner.category"]

    def make(self, *names):
        return self.model.create([{"name": name} for name in names])

    def test_each_created_record_is_notified_with_its_own_fields(self):
        self.listen(self.listener)
        one, two = self.model.create([{"name": "a"}, {"name": "b", "color": 3}])
        self.assertEqual(
            self.received,
            [("create", one, ["name"]), ("create", two, ["name", "color"])],
        )

    def test_each_written_record_is_notified(self):
        one, two = records = self.make("a", "b")
        self.listen(self.listener)
        self.assertIs(records.write({"name": "c", "color": 2}), True)
        self.assertEqual(
            self.received,
            [("write", one, ["name", "color"]), ("write", two, ["name", "color"])],
        )

    def test_a_write_on_no_record_notifies_nobody(self):
        self.listen(self.listener)
        self.model.write({"name": "c"})
        self.assertEqual(self.received, [])

    def test_each_deleted_record_is_notified_while_it_still_exists(self):
        records = self.make("a", "b")
        self.listen(self.listener)
        self.assertIs(records.unlink(), True)
        self.assertEqual(self.received, [("unlink", "a"), ("unlink", "b")])
        self.assertFalse(records.exists())

    def test_other_models_notify_nobody(self):
        self.listen(self.listener)
        self.env["res.partner"].create({"name": "Ada"}).write({"name": "Grace"})
        self.assertEqual(self.received, [])

    def test_the_work_of_a_listener_is_that_of_the_record(self):
        self.listen(self.listener)
        works = []
        self.listener.on_record_create = lambda listener, record, fields=None: (
            works.append(listener.work)
        )
        record = self.model.with_context(cups=2).create({"name": "a"})
        (work,) = works
        self.assertEqual(work.model_name, self.model._name)
        self.assertEqual(work.env, record.env)
        self.assertEqual(work.env.context["cups"], 2)

    def test_fields_are_those_given_even_when_the_values_change_meanwhile(self):
        self.listen(self.listener)
        original = BaseModel.write
        record = self.make("a")
        self.received.clear()

        def write(records, vals):
            vals["color"] = 7
            return original(records, vals)

        with mock.patch.object(BaseModel, "write", write):
            record.write({"name": "b"})
        self.assertEqual(self.received, [("write", record, ["name"])])

    def test_record_events_can_be_suppressed(self):
        self.listen(self.listener)
        record = self.model._without_record_events().create({"name": "a"})
        record.write({"name": "b"})
        record.unlink()
        self.assertEqual(self.received, [])
        self.make("c")
        self.assertEqual(len(self.received), 1)

    def test_an_external_caller_cannot_suppress_record_events(self):
        self.listen(self.listener)
        for number, value in enumerate((True, "muted", 1)):
            self.model.with_context(no_record_events=value).create({"name": "a"})
            self.assertEqual(len(self.received), number + 1)

    def test_an_external_caller_cannot_choose_the_listeners(self):
        dbname = self.env.cr.dbname
        former = _component_databases.get(dbname)
        if former is None:
            self.addCleanup(_component_databases.pop, dbname)
        else:
            self.addCleanup(_component_databases.__setitem__, dbname, former)
        _component_databases[dbname] = self.comp_registry
        self.listen(self.listener)
        self.model.with_context(components_registry="x").create({"name": "a"})
        self.assertEqual(len(self.received), 1)

    def test_the_listeners_are_collected_once_for_all_records(self):
        records = self.make("a", "b", "c")
        self.listen(self.listener)
        records.write({"color": 1})
        with mock.patch.object(
            type(self.model),
            "_event",
            autospec=True,
            side_effect=type(self.model)._event,
        ) as event:
            records.write({"color": 2})
        self.assertEqual(event.call_count, 1)

    def test_a_model_without_listeners_looks_them_up_once(self):
        self.listen(self.listener)
        record = self.env["res.partner.industry"].create({"name": "Coffee"})
        with mock.patch.object(type(self.comp_registry), "lookup") as lookup:
            record.write({"name": "Tea"})
        lookup.assert_not_called()

    def test_a_listener_may_receive_all_records_at_once(self):
        received = self.received

        class Batch(Component):
            _name = "batch"
            _inherit = "base.event.listener"
            _apply_on = "res.partner.category"

            def on_records_create(self, records, fields):
                received.append(("create", records, fields))

            def on_records_write(self, records, fields):
                received.append(("write", records, fields))

            def on_records_unlink(self, records):
                received.append(("unlink", records.exists()))

            def on_records_unlinked(self, ids):
                received.append(("unlinked", ids, self.model.browse(ids).exists()))

        self.listen(Batch)
        records = self.model.create([{"name": "a"}, {"name": "b", "color": 3}])
        records.write({"color": 2})
        ids = records.ids
        records.unlink()
        self.assertEqual(
            received,
            [
                ("create", records, ["name", "color"]),
                ("write", records, ["color"]),
                ("unlink", records),
                ("unlinked", ids, self.model),
            ],
        )

    def test_a_listener_may_receive_changes_with_the_value_before(self):
        received = self.received

        class Changes(Component):
            _name = "changes"
            _inherit = "base.event.listener"
            _apply_on = "res.partner.category"

            def on_record_change(self, record, changes):
                received.append((record, changes))

        self.listen(Changes)
        parent, one, two = self.make("parent", "a", "b")
        received.clear()
        (one + two).write({"name": "a", "parent_id": parent.id})
        self.assertEqual(
            received,
            [
                (one, {"parent_id": (self.model, parent)}),
                (two, {"name": ("b", "a"), "parent_id": (self.model, parent)}),
            ],
        )
        received.clear()
        (one + two).write({"name": "a"})
        self.assertEqual(received, [])

    def test_records_that_a_listener_deletes_have_not_changed(self):
        received = self.received

        class Changes(Component):
            _name = "changes"
            _inherit = "base.event.listener"
            _apply_on = "res.partner.category"

            def on_record_write(self, record, fields=None):
                if record.color == 9:
                    record.unlink()

            def on_record_change(self, record, changes):
                received.append((record, changes))

        self.listen(Changes)
        one, two = self.model.create([{"name": "a", "color": 9}, {"name": "b"}])
        (one + two).write({"name": "c"})
        self.assertEqual(received, [(two, {"name": ("b", "c")})])

    def test_values_are_read_before_a_write_only_for_those_who_want_them(self):
        record = self.make("a")
        self.listen(self.listener)
        with mock.patch(
            "odoo.addons.component_event.record_events.read"
        ) as read_values:
            record.write({"name": "b"})
        read_values.assert_not_called()

    def test_values_are_read_even_when_the_user_may_only_write(self):
        user = self.env.ref("base.public_user")
        record = self.env["ir.config_parameter"].create({"key": "k", "value": "v"})
        record.invalidate_recordset()
        (values,) = record_events.read(record.with_user(user), ["value"])
        self.assertEqual(values, {"value": "v"})

    def test_records_among_the_values_are_those_of_the_user(self):
        user = self.env.ref("base.public_user")
        parent, record = self.make("parent", "a")
        record.parent_id = parent
        (values,) = record_events.read(record.with_user(user), ["parent_id"])
        self.assertEqual(values, {"parent_id": parent})
        self.assertEqual(values["parent_id"].env.user, user)
        self.assertFalse(values["parent_id"].env.su)
