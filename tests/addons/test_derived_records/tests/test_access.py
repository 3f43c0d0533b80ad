"""What each group of users can do with derived access and rules."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MuseumCase

_MODELS = ("museum.backend", "museum.res.partner", "museum.piece")
_CHANGES = ("write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestAccess(MuseumCase):
    def test_managers_can_change_all(self):
        for model in _MODELS:
            records = self.env[model].with_user(self.users["manager"])
            for operation in ("read", *_CHANGES):
                self.assertTrue(records.has_access(operation), (model, operation))

    def test_connector_users_can_read_all(self):
        for model in _MODELS:
            records = self.env[model].with_user(self.users["user"])
            self.assertTrue(records.search([]), model)
            for operation in _CHANGES:
                self.assertFalse(records.has_access(operation), (model, operation))

    def test_employees_can_read_only_what_contacts_show(self):
        employee = self.users["employee"]
        for model in ("museum.backend", "museum.piece"):
            self.assertFalse(self.env[model].with_user(employee).has_access("read"))
        contact = self.contact.with_user(employee)
        shown = contact.web_read(
            {
                "museum_bind_ids": {
                    "fields": {"backend_id": {"fields": {"display_name": {}}}}
                }
            }
        )
        backend = shown[0]["museum_bind_ids"][0]["backend_id"]
        self.assertEqual(backend["display_name"], "Louvre")
        with self.assertRaises(AccessError):
            contact.museum_bind_ids.write({"external_id": "8"})

    def test_records_of_other_companies_are_hidden(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        mine = self.museum.company_id
        manager = self.users["manager"]
        self.museum.company_id = other
        for record in (self.museum, self.card, self.piece):
            found = record.with_user(manager)
            self.assertFalse(found.search([("id", "=", record.id)]), record)
            with self.assertRaises(AccessError):
                found.check_access("read")
        manager.company_ids = mine + other
        for record in (self.museum, self.card, self.piece):
            found = record.with_user(manager).with_context(
                allowed_company_ids=other.ids
            )
            self.assertTrue(found.search([("id", "=", record.id)]), record)
