"""Every button of every view and every action, called as the web client calls them."""

import json

from lxml import etree

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from odoo.addons.component.tests.common import ComponentMixin

from .market_common import MarketMixin, product

#: Addons whose actions, views and buttons are tested, if installed.
SUITE = ("queue_job", "connector", "connector_coffee", "test_connector")
GROUPS = {
    "job_manager": "base.group_user,queue_job.group_queue_job_manager",
    "connector_manager": "base.group_user,connector.group_connector_manager",
    "connector_user": "base.group_user,connector.group_connector_user",
    "plain_user": "base.group_user",
}
#: Errors shown to users; anything else is a crash.
EXPLAINED = ("AccessError", "UserError", "ValidationError", "MissingError")
# Models of the suite; buttons of other models are skipped.
OWN = ("queue.", "connector.", "market.", "coffee.")
# Number of records per list whose buttons are clicked.
_RECORDS = 3


class Crash(AssertionError):
    """A request returned an error that is not meant for users."""


@tagged("post_install", "-at_install")
class TestEveryButton(HttpCase, ComponentMixin, MarketMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpComponent()
        for login, groups in GROUPS.items():
            new_test_user(cls.env, login, groups)

    @mute_logger("odoo.sql_db")
    def setUp(self):
        super().setUp()
        self.open_market()
        # Data for each view: a failed run, a delivery, jobs in all states.
        self.server.add_response([product(1), product(2, price=-1)])
        self.sync()
        endpoint = self.env["connector.webhook.endpoint"]._of(self.market)
        self.env["connector.webhook.event"].create({"endpoint_id": endpoint.id})
        for state in ("pending", "done", "failed", "cancelled"):
            partner = self.env["res.partner"].create({"name": state})
            job = partner.with_delay().write({"comment": state}).db_record()
            job.write({"state": state})
        self.env.flush_all()
        self.env.invalidate_all()
        self.pressed = set()

    # -- requests of the web client

    def rpc(self, path, **params):
        """Call a route; return the result, ``None`` for an error shown to users.

        :raise Crash: any other error
        """
        response = self.url_open(
            path,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        ).json()
        error = response.get("error")
        if not error:
            return response["result"]
        name = error["data"]["name"].rpartition(".")[2]
        if name in EXPLAINED and error["data"]["message"].strip():
            return None
        what = params.get("method") or params.get("action_id")
        raise Crash(
            f"{self.session.login}: {path} {params.get('model')} {what}: "
            f"{error['data']['debug']}"
        )

    def call(self, model, method, *args, route="call_kw", **kwargs):
        return self.rpc(
            f"/web/dataset/{route}/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )

    # -- a user who opens everything

    def test_nothing_that_can_be_pressed_crashes(self):
        for login in GROUPS:
            self.authenticate(login, login)
            self.pressed.clear()
            with mute_logger("odoo.http", "odoo.sql_db"):
                for action in self.actions():
                    with self.subTest(login, action=action.name):
                        self.open_action(action.id)
                for model in self.models():
                    with self.subTest(login, model=model):
                        self.open(
                            {"res_model": model, "views": [(False, "form")]}, depth=1
                        )
            if login == "connector_manager":
                for name in ("action_connect", "action_test_connection"):
                    self.assertIn(name, {button for _model, button in self.pressed})

    def actions(self):
        """Return the window actions of the suite."""
        found = self.env["ir.model.data"].search(
            [("module", "in", SUITE), ("model", "=", "ir.actions.act_window")]
        )
        return self.env["ir.actions.act_window"].browse(found.mapped("res_id")).exists()

    def models(self):
        """Return the models with a form view of the suite."""
        views = self.env["ir.model.data"].search(
            [("module", "in", SUITE), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(views.mapped("res_id")).exists()
        forms = views.filtered(lambda view: view.type == "form")
        return {
            model
            for model in forms.mapped("model")
            if model in self.env
            and not self.env[model]._abstract
            and model.startswith(OWN)
        }

    def open_action(self, action_id, depth=0):
        action = self.rpc("/web/action/load", action_id=action_id)
        if action and action["type"] == "ir.actions.act_window":
            self.open(action, depth)

    def open(self, action, depth=0):
        """Load the views of an action, read their fields, click their buttons."""
        model = action["res_model"]
        context = self.evaluated(action.get("context")) or {}
        views = [tuple(view) for view in action["views"]]
        if (False, "search") not in views:
            views.append((False, "search"))
        loaded = self.call(model, "get_views", views=views, options={})
        if not loaded:
            return
        for kind, view in loaded["views"].items():
            arch = etree.fromstring(view["arch"])
            ids = self.read(model, arch, kind, action, context)
            if ids is not None and model.startswith(OWN):
                self.press_all(model, arch, ids, context, depth)

    def read(self, model, arch, kind, action, context):
        """Read the fields of a view; return the IDs, ``None`` if access is denied."""
        spec = self.specification(arch)
        domain = self.evaluated(action.get("domain")) or []
        if kind == "form":
            if action.get("res_id"):
                ids = [action["res_id"]]
                found = self.call(model, "web_read", ids, spec, context=context)
                return ids if found is not None else None
            new = self.call(model, "onchange", [], {}, [], spec, context=context)
            if new and self.env[model]._transient:
                values = {
                    name: value["id"] if isinstance(value, dict) else value
                    for name, value in new["value"].items()
                }
                made = self.call(model, "web_save", [], values, {}, context=context)
                return made and [made[0]["id"]]
        if kind == "search":
            return None
        found = self.call(
            model, "web_search_read", domain, spec, limit=_RECORDS, context=context
        )
        return None if found is None else [rec["id"] for rec in found["records"]]

    def specification(self, arch):
        """Return the fields of a view, and those of the lists in it."""
        spec = {}
        for node in arch.iterfind(".//field"):
            inside = node.xpath("ancestor::field")
            if inside:
                continue
            lists = node.xpath("./list|./kanban")
            spec[node.get("name")] = (
                {"fields": self.specification(lists[0])} if lists else {}
            )
        return spec

    def press_all(self, model, arch, ids, context, depth):
        for button in arch.xpath("//button[@type]|//a[@type]|//kanban[@action]"):
            name = button.get("action") or button.get("name")
            inside = button.xpath("ancestor::field")
            target, targets = model, ids
            if inside:
                target, targets = self.rows(model, inside[0].get("name"), ids)
            always = button.get("display") == "always"
            own = self.evaluated(button.get("context")) or {}
            for pressed_on in [[]] if always else [[i] for i in targets]:
                self.press(target, name, button.get("type"), pressed_on, own, depth)

    def rows(self, model, name, ids):
        """Return model and IDs of the lists of a form."""
        records = self.env[model].browse(ids)[name]
        return records._name, records.ids[:_RECORDS]

    def press(self, model, name, kind, ids, context, depth):
        self.pressed.add((model, name))
        if kind == "action":
            self.open_action(int(name), depth + 1)
            return
        result = self.call(model, name, ids, route="call_button", context=context)
        if depth < 2 and result and result.get("type") == "ir.actions.act_window":
            self.open(result, depth + 1)

    def evaluated(self, text):
        """Return a context or a domain as evaluated by the web client."""
        if not isinstance(text, str):
            return text
        known = {"uid": self.session.uid, "active_id": False, "active_ids": []}
        return safe_eval(text, {**known, "id": False, "parent": {}, "context": {}})
