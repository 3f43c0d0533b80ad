"""Records that failed come again, by themselves or by a button."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.queue_job.job import CANCELLED, DONE, FAILED

from .connector_sync_line import OPEN_FAILURE, RETRY_METHOD
from .connector_sync_run import CONTEXT_KEY

# More of them come with the run after this one.
_MOST_AT_ONCE = 1000


class ConnectorSyncLine(models.Model):
    _inherit = "connector.sync.line"

    @api.model
    def _retry_due(self, run, backend) -> None:
        """Have a run that begins import again what failed before, where it is time.

        :param backend: in the environment of the run's jobs
        """
        if run.direction != "import":
            return
        due = self.search(
            [
                *OPEN_FAILURE,
                ("backend_model", "=", run.backend_model),
                ("backend_id", "=", run.backend_id),
                ("model", "=", run.model),
                ("external_id", "!=", False),
                ("run_id", "!=", run.id),
                "|",
                ("next_try", "=", False),
                ("next_try", "<=", fields.Datetime.now()),
            ],
            order="next_try, id",
            limit=_MOST_AT_ONCE,
        )
        due._move_to(run.id)
        run._count([], seen=len(due))
        for line in due:
            line._delay_retry(backend)

    def _delay_retry(self, backend) -> None:
        """Delay the import of a record, once however often it is asked for."""
        self.ensure_one()
        model = backend.env[self.model]
        job = model.with_delay(
            identity_key=f"{RETRY_METHOD} {self.id}",
            description=self.env._(
                "Import %(model)s %(id)s again",
                model=model._description,
                id=self.external_id,
            ),
        )
        external_id = self._typed_external_id(backend)
        if hasattr(model, RETRY_METHOD):
            getattr(job, RETRY_METHOD)(backend, external_id)
        else:
            # A binding that does not inherit connector.binding.
            job.import_record(backend, external_id)

    def _typed_external_id(self, backend):
        with backend.work_on(self.model) as work:
            id_field = work.component(usage="binder")._external_field
        is_number = self.env[self.model]._fields[id_field].type == "integer"
        if is_number and self.external_id.lstrip("-").isdecimal():
            return int(self.external_id)
        return self.external_id

    @api.model
    def _is_open(self, backend, model: str, external_id) -> bool:
        """Tell whether a record failed and did not come since."""
        domain = [
            ("backend_model", "=", backend._name),
            ("backend_id", "=", backend.id),
            ("model", "=", model),
            ("external_id", "=", str(external_id)),
        ]
        return bool(self.search_count([*OPEN_FAILURE, *domain], limit=1))

    # -- buttons

    def action_retry(self) -> None:
        """Try these records, or the jobs that brought them, again.

        What is being tried, has come, or was dismissed is left alone.

        :raise UserError: nothing is left that could be tried
        """
        self.check_access("write")
        lines = self.sudo().filtered_domain(OPEN_FAILURE)
        tried = lines.filtered(lambda line: line._retry_by_hand())
        if lines and not tried:
            raise UserError(
                self.env._(
                    "The job of this failure no longer exists: start the flow again, "
                    "or dismiss the failure."
                )
            )
        runs = tried.run_id.filtered(
            lambda run: run.state not in ("pending", "running")
        )
        runs.write({"state": "running", "date_done": False})

    def _retry_by_hand(self) -> bool:
        """Try one again; return whether there is anything to try."""
        self.ensure_one()
        if not self.external_id:
            # Who may repeat a run need not manage all jobs.
            job = self.env["queue.job"].search([("uuid", "=", self.job_uuid)])
            job.filtered(lambda job: job.state in (FAILED, CANCELLED, DONE)).requeue()
            return bool(job)
        backend = self.backend_ref.exists()
        if not backend:
            return False
        self._delay_retry(backend.with_context(**{CONTEXT_KEY: self.run_id.id}))
        return True

    def action_dismiss(self) -> None:
        """Try these no more, and count them as failed no more."""
        self.check_access("write")
        self.sudo().filtered_domain(OPEN_FAILURE).dismissed = True

    def action_open_record(self) -> dict:
        """Show the record of Odoo that a line is about.

        :raise UserError: it does not exist (any more)
        """
        self.ensure_one()
        model = self.env.get(self.record_model)
        if model is None or not model.browse(self.record_id).exists():
            raise UserError(self.env._("No record in Odoo for this line."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.record_model,
            "res_id": self.record_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_jobs(self) -> dict:
        """Show the job that met the failure."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Jobs"),
            "res_model": "queue.job",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("uuid", "=", self.job_uuid)],
            "context": {},
        }
