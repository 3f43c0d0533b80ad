"""Declared models with several backends, companies and languages."""

from odoo.addons.connector.api import key, search_by
from odoo.addons.connector.tests.common import FakeApi

from ..models import PantryGuest
from .pantry_case import GUEST, GUESTS, ORDERS, PantryCase

_NAME = ("name", "name")


class TestEnvironment(PantryCase):
    def test_two_backends_of_one_model(self):
        other_server = self.enterContext(FakeApi(GUESTS, ORDERS, login="/api/login"))
        other = self.backend.copy(
            {"location": other_server.url, "password": other_server.password}
        )
        other.version = "2"
        self.backend.version = "1"
        record = self.guest(phone="1", email="ada@example.com")
        contact = {"phone": "2"}
        theirs = other_server.add(GUESTS, name="Grace", country="be", contact=contact)
        self.assertEqual(record["id"], theirs["id"], "the IDs must not tell them apart")
        for backend in (self.backend, other):
            self.env[GUEST].import_batch(backend)
        ada, grace = self.env[GUEST].search([], order="id")[-2:]
        self.assertEqual((ada.name, ada.phone), ("Ada", "1"))
        self.assertEqual((grace.name, grace.phone), ("Grace", "2"))
        self.env[GUEST].create({"backend_id": other.id, "odoo_id": ada.odoo_id.id})
        ada.odoo_id.name = "Ada Lovelace"
        self.run_jobs()
        for server in (self.server, other_server):
            names = [one["name"] for one in server.records(GUESTS).values()]
            self.assertIn("Ada Lovelace", names)

    def test_values_of_a_company_are_those_of_the_backend(self):
        company = self.env["res.company"].create({"name": "Other Pantry"})
        self.backend.company_id = company
        self.declare(PantryGuest, "_import_map", _NAME, ("code", "barcode"))
        self.declare(PantryGuest, "_export_map", ("barcode", "code"))
        guest = self.imported(GUEST, self.guest(code="42"))
        partner = guest.odoo_id
        self.assertEqual(partner.with_company(company).barcode, "42")
        self.assertFalse(partner.with_company(self.env.company).barcode)
        partner.barcode = "of the other company"
        partner.with_company(company).barcode = "43"
        guest.export_record()
        (sent,) = self.server.records(GUESTS).values()
        self.assertEqual(sent["code"], "43")

    def test_a_name_is_found_in_any_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        belgium = self.env.ref("base.be")
        belgium.with_context(lang="fr_FR").name = "Belgique"
        belgium.with_context(lang="en_US").name = "Belgium"
        source = key("country") >> search_by("res.country", "name")
        self.declare(PantryGuest, "_import_map", _NAME, (source, "country_id"))
        for lang in ("fr_FR", "en_US"):
            record = self.guest(country="Belgium")
            guests = self.env[GUEST].with_context(lang=lang)
            guests.import_record(self.backend, record["id"])
            self.assertEqual(self.binding(GUEST, record).country_id, belgium)

    def test_a_path_of_relations_is_exported_when_its_first_field_changes(self):
        record = self.guest()
        guest = self.imported(GUEST, record)
        self.declare(PantryGuest, "_export_map", ("country_id.code", "country"))
        guest.odoo_id.country_id = self.env.ref("base.fr")
        self.run_jobs()
        sent = self.server.records(GUESTS)[record["id"]]
        self.assertEqual(sent["country"], "FR")

    def test_an_extension_without_entries_keeps_the_map(self):
        self.patch(type(self.env[GUEST]), "_import_map", [])
        self.declare(PantryGuest, "_import_map", _NAME)
        self.assertEqual(self.mapper(GUEST).direct, [_NAME])
