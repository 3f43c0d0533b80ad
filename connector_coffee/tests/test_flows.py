from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.connector.flow import Flow

from .common import CoffeeCase

FLOWS = "odoo.addons.connector.models.backend.flow_schedule"


class TestFlows(CoffeeCase):
    def setUp(self):
        super().setUp()
        self.cron = self.env.ref("connector.ir_cron_connector_flows")

    def flow(self, name="recipes"):
        return self.backend.flow_ids.filtered(lambda flow: flow.name == name)

    def runs(self):
        return self.env["connector.sync.run"].search(self.backend._sync_run_domain())

    def let_time_pass(self, flow, **timespan):
        flow.next_run = fields.Datetime.now() - timedelta(**timespan)
        self.cron.method_direct_trigger()

    def test_a_backend_has_each_declared_flow(self):
        self.assertEqual(
            self.backend.flow_ids.mapped("label"),
            ["Import Recipes", "Export Badges", "Import Brews"],
        )

    def test_the_form_has_a_button_for_each(self):
        view = self.backend.get_view(view_type="form")
        buttons = etree.fromstring(view["arch"]).xpath(
            "//header/button[@name='action_start_flow']/@string"
        )
        self.assertEqual(buttons, self.backend.flow_ids.mapped("label"))

    def test_a_button_starts_its_flow(self):
        backend = self.backend.with_context(connector_flow="badges")
        run = self.runs().browse(backend.action_start_flow()["res_id"])
        self.assertEqual((run.direction, run.model), ("export", "coffee.res.partner"))
        self.assertEqual(self.flow("badges").last_run_id, run)
        self.assertFalse(self.flow("brews").last_run_id)

    def test_a_flow_that_is_none_is_said_so(self):
        with self.assertRaisesRegex(UserError, "no flow tea"):
            self.backend.with_context(connector_flow="tea").action_start_flow()

    def test_a_scheduled_flow_starts_when_its_time_has_come(self):
        flow = self.flow()
        flow.write({"scheduled": True, "interval_number": 2, "interval_type": "hours"})
        self.assertGreater(flow.next_run, fields.Datetime.now())
        self.cron.method_direct_trigger()
        self.assertFalse(self.runs())
        self.let_time_pass(flow, minutes=1)
        self.assertEqual(self.runs(), flow.last_run_id)
        self.assertGreater(flow.next_run, fields.Datetime.now())

    def test_the_scheduled_action_is_woken_at_the_time(self):
        flow = self.flow()
        flow.scheduled = True
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
        self.assertIn(flow.next_run, triggers.mapped("call_at"))

    def test_what_was_missed_is_made_up_for_once(self):
        flow = self.flow()
        flow.write({"scheduled": True, "interval_type": "minutes"})
        self.let_time_pass(flow, days=1)
        self.assertEqual(len(self.runs()), 1)
        self.assertGreater(flow.next_run, fields.Datetime.now())

    def test_a_flow_whose_schedule_ends_has_no_next_run(self):
        flow = self.flow()
        flow.scheduled = True
        flow.scheduled = False
        self.assertFalse(flow.next_run)

    def test_an_archived_backend_starts_nothing(self):
        flow = self.flow()
        flow.scheduled = True
        self.backend.active = False
        self.let_time_pass(flow, minutes=1)
        self.assertFalse(self.runs())

    @mute_logger(FLOWS)
    def test_a_flow_that_cannot_start_stops_no_other_and_is_told(self):
        def broken(backend):
            return [
                Flow("recipes", "Import Recipes", "import", "coffee.tea"),
                Flow("brews", "Import Brews", "import", "coffee.brew"),
            ]

        flows = self.flow() | self.flow("brews")
        flows.scheduled = True
        flows.next_run = fields.Datetime.now() - timedelta(minutes=1)
        self.patch(type(self.backend), "_sync_flows", broken)
        self.cron.method_direct_trigger()
        self.assertEqual(self.runs().mapped("model"), ["coffee.brew"])
        self.assertEqual(self.backend.connection_state, "error")
        self.assertIn("Import Recipes cannot start", self.backend.connection_message)

    def test_flows_follow_what_the_connector_declares(self):
        def other(backend):
            return [Flow("teas", "Import teas", "import", "coffee.brew")]

        self.patch(type(self.backend), "_sync_flows", other)
        self.backend._complete_flows()
        self.assertEqual(self.backend.flow_ids.mapped("name"), ["teas"])

    def test_a_flow_stays_with_its_backend_and_its_company(self):
        manager = new_test_user(
            self.env, "boss", groups="base.group_user,connector.group_connector_manager"
        )
        flow = self.flow().with_user(manager)
        flow.scheduled = True
        with self.assertRaises(AccessError):
            flow.backend_id = self.backend.id + 1
        company = self.env["res.company"].create({"name": "Tea house"})
        self.backend.company_id = company
        self.assertEqual(self.flow().company_id, company)
        self.assertFalse(flow.with_user(manager).search([("id", "=", flow.id)]))

    def test_others_start_nothing(self):
        user = new_test_user(
            self.env, "drinker", groups="base.group_user,connector.group_connector_user"
        )
        with self.assertRaises(AccessError):
            self.backend.with_user(user)._start_flow("recipes")
        self.assertFalse(self.runs())

    def test_flows_go_with_their_backend(self):
        second = self.backend.copy({"name": "Second"})
        flows = second.flow_ids
        self.assertEqual(len(flows), 3)
        second.unlink()
        self.assertFalse(flows.exists())
