"""Retries of failed records, automatic or by a button."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.queue_job.job import CANCELLED, DONE, FAILED

from .line import OPEN_FAILURE, RETRY_METHOD
from .run import CONTEXT_KEY

# Further ones are retried by the next run.
_MOST_AT_ONCE = 1000


class ConnectorSyncLine(models.Model):
    _inherit = "connector.sync.line"

    @api.model
    def _retry_due(self, run, backend) -> None:
        """Retry earlier failures in a starting run, if their retry is due.

        :param backend: in the environment of the jobs of the run
        """
        if run.direction != "import":
            return
        due = self.search(
            [
                *OPEN_FAILURE,
                *run._same_backend_domain(),
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
        due._assign_to_run(run.id)
        run._count([], seen=len(due))
        for line in due:
            line._delay_retry(backend)

    def _delay_retry(self, backend) -> None:
        """Delay the import of a record, once however often it is requested."""
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
            # A binding model that does not inherit connector.binding.
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
        """Return whether a record has an unresolved failure."""
        domain = [
            *self._backend_domain(backend),
            ("model", "=", model),
            ("external_id", "=", str(external_id)),
        ]
        return bool(self.search_count([*OPEN_FAILURE, *domain], limit=1))

    # -- buttons

    def action_retry(self) -> None:
        """Retry these records, or their jobs.

        Lines that are being retried, resolved or dismissed are skipped.

        :raise UserError: nothing can be retried
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
        """Retry one line; return whether there was anything to retry."""
        self.ensure_one()
        if not self.external_id:
            # Users who may start runs may not be job managers.
            job = self.env["queue.job"].search([("uuid", "=", self.job_uuid)])
            job.filtered(lambda job: job.state in (FAILED, CANCELLED, DONE)).requeue()
            return bool(job)
        backend = self.backend_ref.exists()
        if not backend:
            return False
        self._delay_retry(backend.with_context(**{CONTEXT_KEY: self.run_id.id}))
        return True

    def action_dismiss(self) -> None:
        """Exclude these from retries and from the failure count."""
        self.check_access("write")
        self.sudo().filtered_domain(OPEN_FAILURE).dismissed = True

    def action_open_record(self) -> dict:
        """Open the Odoo record of a line.

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
        """Show the job that failed."""
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
