"""Derived views, as each group of users sees them."""

from lxml import etree

from odoo.tests import Form, tagged

from .common import MuseumCase

_VIEWS = [(False, kind) for kind in ("form", "list", "search")]


@tagged("post_install", "-at_install")
class TestViews(MuseumCase):
    def arch(self, model, kind, user="manager"):
        views = self.env[model].with_user(self.users[user]).get_views(_VIEWS)
        return etree.fromstring(views["views"][kind]["arch"])

    def names(self, model, kind, user="manager"):
        return self.arch(model, kind, user).xpath("//field[not(ancestor::field)]/@name")

    def test_all_that_users_can_read_is_shown_to_them(self):
        shown = [
            (record, user)
            for user in ("user", "manager")
            for record in (self.museum, self.card, self.piece)
        ]
        for record, user in [*shown, (self.card, "employee")]:
            with self.subTest(model=record._name, user=user):
                record = record.with_user(self.users[user])
                for kind in ("form", "list"):
                    names = self.names(record._name, kind, user)
                    record.web_read({name: {} for name in names})
                self.assertTrue(self.names(record._name, "search", user))

    def test_a_binding_shows_its_keys_and_the_fields_of_the_connector(self):
        form = self.names("museum.piece", "form")
        keys = {"backend_id", "external_id", "sync_date", "external_version"}
        own = {"name", "value", "currency_id", "style", "tag_ids"}
        self.assertEqual(set(form), keys | own | {"last_error"})
        self.assertEqual(form.index("external_id"), form.index("backend_id") + 1)

    def test_a_binding_shows_the_record_it_binds_but_not_its_fields(self):
        names = self.names("museum.res.partner", "list")
        self.assertEqual(names[:3], ["odoo_id", "backend_id", "external_id"])
        self.assertNotIn("email", names)

    def test_keys_can_not_be_changed_in_the_form(self):
        arch = self.arch("museum.res.partner", "form")
        for name in ("odoo_id", "backend_id", "external_id", "sync_date"):
            self.assertEqual(
                arch.find(f".//field[@name='{name}']").get("readonly"), "1"
            )

    def test_a_record_is_exported_from_its_form_if_a_flow_exports_it(self):
        button = ".//button[@name='action_export_now']"
        self.assertIsNotNone(self.arch("museum.res.partner", "form").find(button))
        self.assertIsNone(self.arch("museum.piece", "form").find(button))
        self.assertIsNone(self.arch("museum.res.partner", "form", "user").find(button))

    def test_secrets_of_a_backend_are_not_readable_in_its_form(self):
        secret = self.arch("museum.backend", "form").find(".//field[@name='api_key']")
        self.assertEqual(secret.get("password"), "True")
        self.assertEqual(secret.get("placeholder"), "Type to set or change")
        for kind in ("list", "search"):
            self.assertNotIn("api_key", self.names("museum.backend", kind))
        self.assertNotIn("api_key", self.names("museum.backend", "form", "user"))

    def test_a_backend_is_created_in_its_form(self):
        france = self.env.ref("base.fr")
        with Form(self.env["museum.backend"].with_user(self.users["manager"])) as form:
            form.name = "Orsay"
            form.location = "https://orsay.example"
            form.country_id = france
        self.assertEqual(form.record.country_id, france)

    def test_a_backend_has_a_smart_button_for_each_binding_with_views(self):
        arch = self.arch("museum.backend", "form", "user")
        buttons = arch.xpath("//div[@name='button_box']/button[field]")
        labels = {
            button.get("context"): button.find("field").get("string")
            for button in buttons
            if button.get("name") == "action_open_bindings"
        }
        self.assertEqual(
            labels,
            {
                "{'binding_model': 'museum.res.partner'}": "Museum Card",
                "{'binding_model': 'museum.piece'}": "Museum Piece",
            },
        )
        counts = self.museum.with_user(self.users["user"]).binding_counts
        self.assertEqual(counts, {"museum.res.partner": 1, "museum.piece": 1})

    def test_a_button_of_the_addon_replaces_the_derived_one(self):
        self.env["ir.ui.view"].create(
            {
                "name": "button of the addon",
                "model": "museum.backend",
                "inherit_id": self.env.ref(
                    "test_derived_records.museum_backend_view_form"
                ).id,
                "arch": """<div name="button_box" position="inside">
                    <button name="action_open_bindings" type="object"
                        string="Collection"
                        context="{'binding_model': 'museum.piece'}"/></div>""",
            }
        )
        arch = self.arch("museum.backend", "form")
        shown = arch.xpath("//button[contains(@context, 'museum.piece')]/@string")
        self.assertEqual(shown, ["Collection"])

    def test_failed_and_new_bindings_are_found(self):
        arch = self.arch("museum.piece", "search")
        domains = {node.get("name"): node.get("domain") for node in arch.iter("filter")}
        self.assertEqual(domains["failed"], "[('last_error', '!=', False)]")
        self.assertEqual(domains["never_synchronized"], "[('sync_date', '=', False)]")
        pieces = self.env["museum.piece"].with_user(self.users["user"])
        other = self.piece.copy({"external_id": "8"})
        failed = [("last_error", "!=", False)]
        self.assertFalse(pieces.search(failed))
        self.env["connector.sync.line"].create(
            {
                **self.env["connector.sync.line"]._backend_values(self.museum),
                "model": "museum.piece",
                "kind": "failed",
                "reason": "broken",
                "external_id": "7",
            }
        )
        self.assertEqual(pieces.search(failed), self.piece)
        self.assertEqual(pieces.search([("last_error", "=", False)]), other)

    def test_a_failed_export_is_found_by_the_record_it_was_about(self):
        cards = self.env["museum.res.partner"]
        self.env["connector.sync.line"].create(
            {
                **self.env["connector.sync.line"]._backend_values(self.museum),
                "model": "museum.res.partner",
                "kind": "failed",
                "reason": "broken",
                "record_model": "res.partner",
                "record_id": self.contact.id,
            }
        )
        self.assertEqual(cards.search([("last_error", "!=", False)]), self.card)
