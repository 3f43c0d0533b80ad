"""Derived menus and their names."""

from odoo.tests import tagged

from .common import MODULE, MuseumCase

_NAMED = ("museum_backend_action", "menu_museum_backend", "menu_museum_backend_root")


@tagged("post_install", "-at_install")
class TestMenus(MuseumCase):
    def test_the_models_of_a_backend_have_a_section_of_their_own(self):
        section = self.record("menu_museum_backend_root")
        self.assertEqual(section.name, "Museum")
        self.assertEqual(
            section.parent_id, self.env.ref("connector.menu_connector_root")
        )
        entries = section.child_id
        self.assertEqual(entries.mapped("name")[0], "Museum")
        self.assertEqual(
            {entry.action.res_model for entry in entries},
            {"museum.backend", "museum.res.partner", "museum.piece"},
        )

    def test_connector_users_see_the_menus_and_employees_do_not(self):
        menu = self.record("menu_museum_piece").id
        seen = {
            name: menu in self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            for name, user in self.users.items()
        }
        self.assertEqual(seen, {"employee": False, "user": True, "manager": True})

    def test_a_language_added_later_translates_the_names(self):
        self.translate()
        for name in _NAMED:
            record = self.record(name).with_context(lang="fr_FR")
            self.assertEqual(record.name, "Musée", name)
            self.assertEqual(record.with_context(lang="en_US").name, "Museum")

    def test_a_name_and_translation_of_the_addon_are_kept(self):
        menu = self.record("menu_museum_backend")
        self.env["res.lang"]._activate_lang("fr_FR")
        menu.update_field_translations("name", {"fr_FR": "Beaux-arts"})
        self.translate()
        self.assertEqual(menu.with_context(lang="fr_FR").name, "Beaux-arts")
        action = self.record("museum_piece_action").with_context(lang="fr_FR")
        self.assertEqual(action.name, "Collection")

    def translate(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        for model, name in (("museum.backend", "Musée"), ("museum.piece", "Pièce")):
            described = self.env["ir.model"]._get(model)
            described.update_field_translations("name", {"fr_FR": name})
        self.env["ir.module.module"]._load_module_terms([MODULE], ["fr_FR"])
