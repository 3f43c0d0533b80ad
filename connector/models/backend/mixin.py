from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sync.run import OPEN_RUN


class ConnectorBackendMixin(models.AbstractModel):
    """Base of backends reached over a network: location, credentials, runs, form.

    A connector inherits it, writes ``_check_connection``, and declares its flows in
    ``_sync_flows``: buttons and schedules are derived from it.
    """

    _name = "connector.backend.mixin"
    _inherit = ["connector.backend", "mail.thread"]
    _description = "Backend with Connection and Synchronization"
    _check_company_auto = True

    #: Path of a cheap request that requires a login, sent by the connection test.
    _check_path: str | None = None

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    # Location and user name are not visible to all users who see imported records.
    location = fields.Char(
        required=True,
        tracking=True,
        groups="connector.group_connector_user",
        help="For example https://host:port",
    )
    username = fields.Char(
        "User Name", tracking=True, groups="connector.group_connector_user"
    )
    password = fields.Char(
        copy=False, groups="connector.group_connector_manager", exportable=False
    )
    connection_state = fields.Selection(
        [
            ("not_tested", "Not Tested"),
            ("connected", "Connected"),
            ("error", "Error"),
            # written by data/neutralize.sql
            ("neutralized", "Neutralized"),
        ],
        default="not_tested",
        readonly=True,
        copy=False,
        tracking=True,
    )
    connection_message = fields.Text(
        readonly=True, copy=False, groups="connector.group_connector_user"
    )

    sync_run_ids = fields.One2many(
        "connector.sync.run", compute="_compute_sync_runs", string="Synchronizations"
    )
    sync_run_count = fields.Integer(
        "Synchronization Count", compute="_compute_sync_runs"
    )
    sync_last_date = fields.Datetime(
        "Last Synchronization", compute="_compute_sync_runs"
    )
    job_failed_count = fields.Integer("Failed Jobs", compute="_compute_job_failed")

    # -- computed

    def _sync_run_domain(self) -> list:
        return self.env["connector.sync.run"]._backend_domain(self)

    def _compute_sync_runs(self):
        runs = self.env["connector.sync.run"].search(self._sync_run_domain())
        for backend in self:
            own = runs.filtered(lambda run, b=backend: run.backend_id == b.id)
            backend.sync_run_ids = own[:10]
            backend.sync_run_count = len(own)
            backend.sync_last_date = max(
                (run.date_done for run in own if run.date_done), default=False
            )

    def _failed_job_domain(self) -> list:
        return [
            ("connector_backend_model", "=", self._name),
            ("connector_backend_id", "in", self.ids),
            ("state", "=", "failed"),
        ]

    def _compute_job_failed(self):
        jobs = self.env["queue.job"].sudo()
        for backend in self:
            backend.job_failed_count = jobs.search_count(backend._failed_job_domain())

    # -- connection

    def _check_connection(self) -> str:
        """Send a cheap authenticated request; return a message for the user.

        By default a request of ``_check_path``.

        :raise Exception: any of :mod:`odoo.addons.connector.exceptions_http`
        """
        if not self._check_path:
            raise NotImplementedError
        with self.work_on(self._name) as work:
            adapter = work.component(usage="backend.adapter")
            return self._connection_message(adapter.call("GET", self._check_path))

    def _connection_message(self, content: Any) -> str:
        """Return the message for the user, given the content of ``_check_path``."""
        return self.env._("Connected to %s.", self.location)

    def _notify(self, title: str, message: str) -> dict:
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": title,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # -- synchronizations

    def action_open_sync_runs(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Synchronizations"),
            "res_model": "connector.sync.run",
            "view_mode": "list,form",
            "domain": self._sync_run_domain(),
        }

    def _count_bindings(self, model: str) -> int:
        """Return the number of bindings of a model on this backend."""
        return self.env[model].search_count([("backend_id", "in", self.ids)])

    def action_open_bindings(self) -> dict:
        """Show the bindings of this backend, of the model given in the context."""
        model = self.env.context["binding_model"]
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(model).name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("backend_id", "=", self.id)],
        }

    def action_open_failed_jobs(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Failed Jobs"),
            "res_model": "queue.job",
            "view_mode": "list,form",
            "domain": self._failed_job_domain(),
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_open_run(self):
        for backend in self:
            runs = self.env["connector.sync.run"].sudo()
            runs = runs.search(backend._sync_run_domain())
            runs.filtered(lambda run: run.state in OPEN_RUN)._settle()
            if runs.filtered(lambda run: run.state in OPEN_RUN):
                raise UserError(
                    self.env._(
                        "%s is being synchronized: wait until it is finished.",
                        backend.name,
                    )
                )
