"""The derived menus and views in a browser."""

from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    def test_a_backend_and_its_bindings_are_opened_from_the_menu(self):
        # Debian's Odoo comes without this library of the discuss app, and each missing
        # file is an error in the browser's console.
        self.env["ir.asset"].create(
            {
                "name": "library that is not there",
                "bundle": "web.assets_backend",
                "directive": "remove",
                "path": "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
            }
        )
        museum = self.env["museum.backend"].create(
            {"name": "Louvre", "location": "https://louvre.example"}
        )
        pieces = self.env["museum.piece"]
        pieces.create(
            [
                {"name": name, "backend_id": museum.id, "external_id": name}
                for name in ("Lisa", "Venus")
            ]
        )
        self.start_tour("/odoo/connectors", "derived_museum", login="admin")
        self.assertEqual(pieces.search([("name", "=", "Nike")]).external_id, "Lisa")
