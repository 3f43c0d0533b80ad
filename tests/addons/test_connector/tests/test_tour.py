"""Tours in a browser, from the overview to a failed record."""

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.component.tests.common import ComponentMixin

from .market_common import MarketMixin, product


@tagged("post_install", "-at_install")
class TestTour(HttpCase, ComponentMixin, MarketMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpComponent()
        # Debian's Odoo comes without this library of the discuss app, and each missing
        # file is an error in the browser's console.
        cls.env["ir.asset"].create(
            {
                "name": "library that is not there",
                "bundle": "web.assets_backend",
                "directive": "remove",
                "path": "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
            }
        )
        cls.env["queue.job"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.open_market(name="Fish market")

    def tour(self, name):
        self.start_tour("/odoo/connectors", name, login="admin")
        self.env.invalidate_all()

    @mute_logger("odoo.sql_db")
    def test_from_the_home_to_a_failed_record_and_its_second_try(self):
        self.server.add_response({"town": "Ghent"})
        self.tour("connector_connect_and_import")
        run = self.env["connector.sync.run"].search(
            [("backend_model", "=", "market.backend")], limit=1
        )
        self.assertEqual(run.state, "pending")
        self.server.add_response([product(1), product(2, price=-1), product(3)])
        self.server.add_response([])
        self.run_jobs()
        run._settle()
        self.assertEqual((run.state, run.failed), ("failed", 1))
        self.tour("connector_care_for_a_failure")
        self.server.add_response(product(2))
        self.run_jobs()
        run._settle()
        self.assertEqual((run.state, run.failed, run.created), ("done", 0, 3))
        self.assertTrue(run.line_ids.resolved)

    def test_an_import_is_previewed_and_scheduled(self):
        self.server.add_response(product(7))
        self.tour("connector_preview_and_schedule")
        self.assertFalse(self.names())
        self.assertTrue(self.market.flow_ids.scheduled)
        self.assertTrue(self.market.flow_ids.next_run)
