from datetime import datetime

from odoo.addons.connector.exception import MappingError

from .pantry_case import GUEST, GUESTS, LINE, ORDER, ORDERS, PantryCase


class TestDeclaredMap(PantryCase):
    def mapped(self, model, record, **options):
        return self.mapper(model).map_record(record).values(**options)

    def test_a_missing_key_is_an_error(self):
        with self.assertRaisesRegex(MappingError, "no key “name”.*optional"):
            self.mapped(GUEST, {"id": 1, "country": "BE"})

    def test_optional_keys_may_be_missing(self):
        values = self.mapped(GUEST, {"id": 1, "name": "Ada", "country": "BE"})
        self.assertIs(values["vat"], False)
        self.assertIs(values["city"], False)
        self.assertIs(values["employer_id"], False)

    def test_a_chain_passes_values_on(self):
        belgium = self.env.ref("base.be").id
        record = {"name": "Ada", "country": "be", "email": " ada@example.com "}
        values = self.mapped(GUEST, record)
        self.assertEqual(values["country_id"], belgium)
        self.assertEqual(values["email"], "ada@example.com")

    def test_a_value_longer_than_the_field_is_not_found_by_its_beginning(self):
        with self.assertRaisesRegex(MappingError, "AUSTRALIA"):
            self.mapped(GUEST, {"name": "Ada", "country": "Australia"})

    def test_an_unknown_value_of_a_map_is_an_error(self):
        order = self.order(self.guest(), state="eaten")
        with self.assertRaisesRegex(MappingError, "'eaten'.*'open', 'paid'"):
            self.imported(ORDER, order)

    def test_entries_depend_on_the_version(self):
        record = {
            "name": "Ada",
            "country": "be",
            "phone": "1",
            "contact": {"phone": "2"},
        }
        for version, phone in (("1.5", "1"), ("2", "2")):
            self.backend.version = version
            self.assertEqual(self.mapped(GUEST, record)["phone"], phone)
        self.backend.version = False
        self.assertNotIn("phone", self.mapped(GUEST, record))

    def test_a_relation_is_imported_first(self):
        employer = self.guest(name="Acme")
        guest = self.imported(GUEST, self.guest(employer_id=employer["id"]))
        self.assertEqual(guest.employer_id.name, "Acme")

    def test_a_relation_to_the_bound_record_is_imported_first(self):
        guest = self.guest()
        order = self.imported(ORDER, self.order(guest))
        self.assertEqual(order.partner_id, self.binding(GUEST, guest).odoo_id)
        self.assertEqual(order.date, datetime(2026, 1, 31, 10))
        self.assertEqual(order.state, "draft")

    def test_a_relation_that_does_not_exist_fails_the_record(self):
        order = self.order({"id": 77})
        text = self.env[ORDER].import_record(self.backend, order["id"])
        self.assertIn("Requires Pantry Guest 77, which does not exist", text)
        self.assertFalse(self.binding(ORDER, order))

    def test_lines_are_created_changed_and_deleted(self):
        guest, helper = self.guest(), self.guest(name="Grace")
        items = [
            {"id": "a", "dish": "Soup"},
            {"id": "b", "dish": "Cake", "guest_id": helper["id"]},
        ]
        record = self.order(guest, items=items)
        order = self.imported(ORDER, record)
        self.assertEqual(order.line_ids.mapped("name"), ["Soup", "Cake"])
        grace = self.binding(GUEST, helper).odoo_id
        self.assertEqual(order.line_ids[1].guest_id, grace)
        soup = order.line_ids[0]
        self.server.change(ORDERS, record["id"], items=[{"id": "a", "dish": "Stew"}])
        self.imported(ORDER, record)
        self.assertEqual(order.line_ids, soup)
        self.assertEqual(soup.name, "Stew")
        self.assertEqual(len(order.item_ids), 1)

    def test_lines_that_are_not_received_are_kept(self):
        record = self.order(self.guest(), items=[{"id": "a", "dish": "Soup"}])
        order = self.imported(ORDER, record)
        with self.server._lock:
            del self.server._table(ORDERS)[str(record["id"])]["items"]
        self.server.change(ORDERS, record["id"], number="A2")
        self.imported(ORDER, record)
        self.assertEqual((order.name, order.line_ids.name), ("A2", "Soup"))

    def test_an_extension_of_the_model_adds_to_the_map(self):
        # As in a class of another addon, which comes before those it extends.
        extended = [("nickname", "ref"), ("alias", "name")]
        self.patch(type(self.env[GUEST]), "_import_map", extended)
        maps = type(self.mapper(GUEST))._declared_maps
        maps.clear()
        self.addCleanup(maps.clear)
        values = self.mapped(
            GUEST, {"nickname": "A", "alias": "Countess", "country": "be"}
        )
        self.assertEqual((values["ref"], values["name"]), ("A", "Countess"))


class TestExportMap(PantryCase):
    def guest_to_export(self, **values):
        return self.env[GUEST].create(
            {"backend_id": self.backend.id, "name": "Ada", "city": "Gent", **values}
        )

    def test_dotted_keys_are_sent_as_a_dict(self):
        guest = self.guest_to_export(zip="9000")
        guest.export_record()
        (sent,) = self.server.records(GUESTS).values()
        address = {"city": "Gent", "zip": "9000", "state": False, "source": "odoo"}
        self.assertEqual(sent["address"], address)

    def test_a_dict_is_sent_as_a_whole(self):
        guest = self.guest_to_export(zip="9000")
        mapper = self.mapper(GUEST, "export.mapper")
        values = mapper.map_record(guest).values(fields=["city"])
        address = {"city": "Gent", "zip": "9000", "state": False, "source": "odoo"}
        self.assertEqual(values, {"address": address})
        values = mapper.map_record(guest).values(fields=["name"])
        self.assertEqual(values, {"name": "Ada"})

    def test_a_relation_is_exported_first(self):
        employer = self.guest_to_export(name="Acme")
        self.guest_to_export(employer_id=employer.id).export_record()
        (acme, ada) = self.server.records(GUESTS).values()
        self.assertEqual((acme["name"], ada["employer_id"]), ("Acme", str(acme["id"])))

    def test_lines_name_their_model(self):
        self.assertEqual(self.mapper(ORDER).children, [("items", "line_ids", LINE)])
