import psycopg2

from odoo.tools import mute_logger

from odoo.addons.connector.api import Binding

from ..models import PantryGuest
from .pantry_case import GUEST, LINE, ORDER, PantryCase


class TestBinding(PantryCase):
    def bind(self, model, **values):
        return self.env[model].create({"backend_id": self.backend.id, **values})

    @mute_logger("odoo.sql_db")
    def test_an_external_id_is_bound_once(self):
        self.bind(GUEST, name="Ada", external_id="1")
        with self.assertRaises(psycopg2.IntegrityError) as caught:
            self.bind(GUEST, name="Grace", external_id="1")
        self.assertEqual(
            self.env[GUEST]._sql_error_to_message(caught.exception),
            "Another record is already bound to this external ID.",
        )

    @mute_logger("odoo.sql_db")
    def test_a_record_is_bound_once(self):
        guest = self.bind(GUEST, name="Ada")
        with self.assertRaises(psycopg2.IntegrityError) as caught:
            self.bind(GUEST, odoo_id=guest.odoo_id.id)
        self.assertEqual(
            self.env[GUEST]._sql_error_to_message(caught.exception),
            "This record is already bound to the backend.",
        )

    def test_several_bindings_have_no_external_id_yet(self):
        self.bind(GUEST, name="Ada")
        self.bind(GUEST, name="Grace")
        self.bind(ORDER, name="A1")
        self.bind(ORDER, name="A2")
        self.env.flush_all()

    def test_the_bound_record_lists_its_bindings(self):
        guest = self.bind(GUEST, name="Ada")
        self.assertEqual(guest.odoo_id.pantry_bind_ids, guest)

    def test_a_line_belongs_to_the_record_bound_by_its_order(self):
        order = self.bind(ORDER, name="A1")
        line = self.bind(LINE, name="Soup", order_id=order.id)
        self.assertEqual(line.bill_id, order.odoo_id)
        self.assertEqual(order.line_ids, line)

    def test_the_values_to_create_a_line_are_not_changed(self):
        order = self.bind(ORDER, name="A1")
        values = {"backend_id": self.backend.id, "name": "Soup", "order_id": order.id}
        self.env[LINE].create(dict_of := dict(values))
        self.assertEqual(dict_of, values)

    def test_a_deleted_line_is_deleted_with_what_it_binds(self):
        order = self.bind(ORDER, name="A1")
        line = self.bind(LINE, name="Soup", order_id=order.id)
        item = line.odoo_id
        line.unlink()
        self.assertFalse(item.exists())

    def test_a_deleted_binding_keeps_what_it_binds(self):
        guest = self.bind(GUEST, name="Ada")
        partner = guest.odoo_id
        guest.unlink()
        self.assertTrue(partner.exists())

    def test_a_binding_without_backend_nor_parent_is_refused(self):
        with self.assertRaisesRegex(TypeError, "_backend"):
            type(Binding)(
                "Nothing",
                (Binding,),
                {
                    "__module__": PantryGuest.__module__,
                    "_name": "pantry.nothing",
                    "_description": "Nothing",
                },
            )
