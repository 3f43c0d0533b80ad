from odoo.addons.connector.api import bound, lines, optional
from odoo.addons.connector.components.importing.record import RecordImporter
from odoo.addons.connector.exception import InvalidDataError

from ..models import PantryGuest, PantryOrder, PantryOrderLine
from .pantry_case import GUEST, GUESTS, ORDER, PantryCase

_NAME, _NUMBER = ("name", "name"), ("number", "name")


class TestBound(PantryCase):
    def guests(self, *sources):
        """Have guests declare whom they work for."""
        entries = [(source, "employer_id") for source in sources]
        self.declare(PantryGuest, "_import_map", _NAME, *entries)

    def import_page(self, model=GUEST):
        self.env[model].import_batch(self.backend)

    # -- no ID

    def test_an_empty_id_leaves_the_field_empty(self):
        for source in ("employer_id", optional("employer_id")):
            self.guests(bound(source, GUEST))
            for empty in (None, "", 0):
                guest = self.imported(GUEST, self.guest(employer_id=empty))
                self.assertEqual((guest.name, guest.employer_id.id), ("Ada", False))

    def test_an_id_that_becomes_empty_empties_the_field(self):
        record = self.guest(employer_id=self.guest(name="Acme")["id"])
        guest = self.imported(GUEST, record)
        self.assertTrue(guest.employer_id)
        self.server.change(GUESTS, record["id"], employer_id=None)
        self.imported(GUEST, record)
        self.assertFalse(guest.employer_id)

    def test_optional_around_and_inside_a_relation(self):
        acme = self.guest(name="Acme")
        for source in (
            optional(bound("employer_id", GUEST)),
            bound(optional("employer_id"), GUEST),
        ):
            self.guests(source)
            guest = self.imported(GUEST, self.guest(employer_id=acme["id"]))
            self.assertEqual(guest.employer_id.name, "Acme")
            self.assertFalse(self.imported(GUEST, self.guest()).employer_id)

    def test_a_relation_in_nested_data(self):
        self.guests(bound(optional("work.employer.id"), GUEST))
        acme = self.guest(name="Acme")
        for work, name in (
            ({"employer": {"id": acme["id"]}}, "Acme"),
            ({"employer": None}, False),
            ({}, False),
        ):
            guest = self.imported(GUEST, self.guest(work=work))
            self.assertEqual(guest.employer_id.name, name)

    # -- a record that is gone

    def test_a_record_that_is_gone_is_an_error(self):
        record = self.guest(employer_id=77)
        self.env[GUEST].import_record(self.backend, record["id"])
        self.assertFalse(self.binding(GUEST, record))

    def test_a_record_that_is_gone_can_leave_the_field_empty(self):
        self.guests(bound(optional("employer_id"), GUEST, missing="empty"))
        guest = self.imported(GUEST, self.guest(employer_id=77))
        self.assertEqual((guest.name, guest.employer_id.id), ("Ada", False))
        records = [self.guest(name="Grace", employer_id=n) for n in (77, 78, 77)]
        self.import_page()
        for record in records:
            self.assertEqual(self.binding(GUEST, record).name, "Grace")

    def test_a_record_that_exists_is_bound_all_the_same(self):
        self.guests(bound("employer_id", GUEST, missing="empty"))
        acme = self.guest(name="Acme", employer_id=None)
        guest = self.imported(GUEST, self.guest(employer_id=acme["id"]))
        self.assertEqual(guest.employer_id.name, "Acme")

    def test_a_record_that_cannot_be_imported_is_an_error_even_so(self):
        self.guests(bound(optional("employer_id"), GUEST, missing="empty"))
        nameless = self.guest()
        with self.server._lock:
            del self.server._table(GUESTS)[str(nameless["id"])]["name"]
        record = self.guest(employer_id=nameless["id"])
        text = self.env[GUEST].import_record(self.backend, record["id"])
        self.assertIn("cannot be imported", text)
        self.assertFalse(self.binding(GUEST, record))

    def test_a_line_can_do_without_a_record_that_is_gone(self):
        source = bound("guest_id", GUEST, missing="empty")
        entries = ("dish", "name"), (source, "guest_id")
        self.declare(PantryOrderLine, "_import_map", *entries)
        items = [{"id": "a", "dish": "Soup", "guest_id": 77}]
        order = self.imported(ORDER, self.order(self.guest(), items=items))
        self.assertEqual(order.line_ids.mapped("name"), ["Soup"])
        self.assertFalse(order.line_ids.guest_id)

    # -- cycles

    def test_records_that_need_each_other_are_bound_to_each_other(self):
        for run in (lambda record: self.imported(GUEST, record), lambda _: None):
            ada, acme = self.guest(), self.guest(name="Acme")
            self.server.change(GUESTS, ada["id"], employer_id=acme["id"])
            self.server.change(GUESTS, acme["id"], employer_id=ada["id"])
            run(ada)
            self.import_page()
            one, other = self.binding(GUEST, ada), self.binding(GUEST, acme)
            self.assertEqual((one.employer_id, other.employer_id), (other, one))

    def test_records_of_a_page_are_created_before_those_that_need_them(self):
        def import_one(importer, *args, **kwargs):
            raise AssertionError("the page is imported record by record")

        acme = self.guest(name="Acme")
        ada = self.guest(employer_id=acme["id"])
        grace = self.guest(employer_id=ada["id"])
        self.patch(RecordImporter, "import_one", import_one)
        self.import_page()
        bindings = [self.binding(GUEST, record) for record in (acme, ada, grace)]
        self.assertEqual([one.employer_id for one in bindings[1:]], bindings[:2])

    def test_a_record_that_needs_itself(self):
        record = self.guest()
        self.server.change(GUESTS, record["id"], employer_id=record["id"])
        guest = self.imported(GUEST, record)
        self.assertEqual(guest.employer_id, guest)

    # -- lines

    def test_lines_that_are_null_are_none(self):
        record = self.order(self.guest(), items=[{"id": "a", "dish": "Soup"}])
        order = self.imported(ORDER, record)
        self.server.change("/api/orders", record["id"], items=None)
        self.imported(ORDER, record)
        self.assertFalse(order.line_ids)

    def test_lines_in_nested_data(self):
        for source in ("content.items", optional("content.items")):
            entry = lines(source, PantryOrderLine), "line_ids"
            self.declare(PantryOrder, "_import_map", _NUMBER, entry)
            grace = self.guest(name="Grace")
            items = [{"id": repr(source), "dish": "Soup", "guest_id": grace["id"]}]
            record = self.order(self.guest(), content={"items": items})
            order = self.imported(ORDER, record)
            self.assertEqual(order.line_ids.guest_id.name, "Grace")

    def test_a_line_without_an_id_fails_its_record(self):
        record = self.order(self.guest(), items=[{"dish": "Soup"}])
        with self.assertRaisesRegex(InvalidDataError, "the line has no key “id”"):
            self.env[ORDER].import_record(self.backend, record["id"])
