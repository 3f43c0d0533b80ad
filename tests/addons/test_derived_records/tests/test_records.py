"""Which records are derived, and which are left to the addon."""

from odoo.tests import tagged

from .common import MuseumCase

_RECORDS = {
    "access": ("access_{}_manager", "access_{}_user"),
    "rules": ("{}_company_rule",),
    "views": ("{}_view_form", "{}_view_list", "{}_view_search"),
    "menus": ("{}_action", "menu_{}"),
}
_MODELS = ("museum_backend", "museum_res_partner", "museum_piece")


@tagged("post_install", "-at_install")
class TestRecords(MuseumCase):
    def found(self, model):
        """Return the kinds of records that are derived from a model, all of them."""
        return {
            kind
            for kind, names in _RECORDS.items()
            if all(self.record(name.format(model)) for name in names)
        }

    def missing(self, model):
        return {
            kind
            for kind, names in _RECORDS.items()
            if not any(self.record(name.format(model)) for name in names)
        }

    def test_every_kind_is_derived_from_a_backend_and_its_bindings(self):
        for model in _MODELS:
            with self.subTest(model):
                self.assertEqual(self.found(model), set(_RECORDS))

    def test_a_model_chooses_its_kinds(self):
        self.assertEqual(self.found("museum_ticket"), {"access"})
        self.assertEqual(self.missing("museum_ticket"), {"rules", "views", "menus"})

    def test_nothing_is_derived_without_opting_in(self):
        self.assertEqual(self.missing("museum_shop"), set(_RECORDS))

    def test_nothing_is_derived_from_abstract_models(self):
        self.assertEqual(self.missing("museum_binding"), set(_RECORDS))

    def test_a_view_of_the_addon_replaces_the_derived_one(self):
        view = self.record("museum_piece_view_list")
        self.assertEqual(view.name, "museum.piece.list.of.the.museum")
        self.assertFalse(view.inherit_id)
        shown, _view = self.env["museum.piece"]._get_view(view_type="list")
        self.assertEqual(shown.xpath("//field/@name"), ["name"])

    def test_the_addon_changes_single_values_of_a_derived_record(self):
        action = self.record("museum_piece_action")
        self.assertEqual(action.name, "Collection")
        self.assertEqual(action.res_model, "museum.piece")

    def test_access_in_a_noupdate_file_replaces_the_derived_one(self):
        access = self.record("access_museum_ticket_user")
        self.assertEqual(access.name, "museum.ticket: closed to users")
        tickets = self.env["museum.ticket"]
        self.assertFalse(tickets.with_user(self.users["user"]).has_access("read"))
        self.assertTrue(tickets.with_user(self.users["manager"]).has_access("unlink"))

    def test_another_view_of_the_addon_is_used_instead(self):
        own = self.env["ir.ui.view"].create(
            {
                "name": "own",
                "model": "museum.backend",
                "arch": "<list><field name='country_id'/></list>",
            }
        )
        shown = self.env["museum.backend"].get_view(view_type="list")
        self.assertEqual(shown["id"], own.id)
