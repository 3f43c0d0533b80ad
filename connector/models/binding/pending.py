"""Pending exports: changes not exported yet.

Transactions only insert rows and never update them, so that writers never wait for each
other. The job that exports a binding deletes all of its rows; if the job fails, its
rollback restores them, and the next one exports them too.
"""

from __future__ import annotations

import psycopg2
from psycopg2 import errorcodes
from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.queue_job.job import CANCELLED, DONE


class ConnectorPendingExport(models.Model):
    _name = "connector.pending.export"
    _description = "Pending Export"
    _log_access = False

    binding_model = fields.Char(required=True, readonly=True)
    binding_id = fields.Integer(required=True, readonly=True)
    changed_fields = fields.Json(
        readonly=True, help="Field names; empty if all fields changed."
    )
    job_uuid = fields.Char("Job UUID", readonly=True)

    _binding_idx = models.Index("(binding_model, binding_id, id)")

    @api.model
    def _add(self, binding, changed_fields: list[str] | None):
        """Record a change."""
        return self.sudo().create(
            {
                "binding_model": binding._name,
                "binding_id": binding.id,
                "changed_fields": sorted(changed_fields) if changed_fields else False,
            }
        )

    @api.model
    def _take(self, binding) -> tuple[bool, list[str] | None]:
        """Take the pending changes of a binding.

        :return: whether there were any, and the names of the fields, ``None`` for all
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "DELETE FROM connector_pending_export"
                " WHERE binding_model = %s AND binding_id = %s"
                " RETURNING changed_fields",
                binding._name,
                binding.id,
            )
        )
        self.invalidate_model()
        names: set[str] = set()
        for (changed,) in rows:
            if not changed:
                return True, None
            names.update(changed)
        return bool(rows), sorted(names)

    @api.model
    def _waiting_for(self, bindings) -> dict[int, set[str] | None]:
        """Return the fields with pending changes, by binding; ``None`` for all fields.

        Changes whose job was cancelled or deleted are no longer pending.
        """
        if not bindings:
            return {}
        self.flush_model()
        self.env["queue.job"].flush_model(["state"])
        rows = self.env.execute_query(
            SQL(
                "SELECT binding_id, changed_fields FROM connector_pending_export change"
                "  LEFT JOIN queue_job job ON job.uuid = change.job_uuid"
                " WHERE binding_model = %s AND binding_id = ANY(%s)"
                "   AND (change.job_uuid IS NULL OR NOT job.state = ANY(%s))",
                bindings._name,
                bindings.ids,
                [CANCELLED, DONE],
            )
        )
        waiting: dict[int, set[str] | None] = {}
        for binding_id, changed in rows:
            names = waiting.setdefault(binding_id, set())
            if not changed:
                waiting[binding_id] = None
            elif names is not None:
                names.update(changed)
        return waiting

    @api.model
    def _sent(self, binding, names: list[str] | None) -> None:
        """Delete the pending changes of a binding that were exported in the meantime.

        :param names: fields that were exported, ``None`` for all
        """
        self.flush_model()
        sent = SQL("changed_fields <@ %s", Json(names))
        self.env.cr.execute(
            SQL(
                "DELETE FROM connector_pending_export"
                " WHERE binding_model = %s AND binding_id = %s AND %s",
                binding._name,
                binding.id,
                SQL("true") if names is None else sent,
            )
        )
        if self.env.cr.rowcount:
            self.invalidate_model()

    @api.model
    def _job_to_come(self, binding) -> str | None:
        """Return the pending job that will include the changes of this transaction.

        Its row is locked against being leased until the transaction ends.
        """
        waiting = self.sudo().search(
            [
                ("binding_model", "=", binding._name),
                ("binding_id", "=", binding.id),
                ("job_uuid", "!=", False),
            ],
            order="id desc",
            limit=1,
        )
        if not waiting:
            return None
        self.env["queue.job"].flush_model(["uuid", "state"])
        query = SQL(
            "SELECT uuid FROM queue_job WHERE uuid = %s AND state = 'pending'"
            " FOR SHARE SKIP LOCKED",
            waiting.job_uuid,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
                return waiting.job_uuid if self.env.cr.rowcount else None
        except psycopg2.OperationalError as error:
            # It was started after our transaction began.
            if error.pgcode != errorcodes.SERIALIZATION_FAILURE:
                raise
            return None

    @api.autovacuum
    def _vacuum(self) -> None:
        """Delete the changes of deleted jobs."""
        self.flush_model()
        self.env.cr.execute(
            "DELETE FROM connector_pending_export AS change WHERE NOT EXISTS"
            " (SELECT FROM queue_job AS job WHERE job.uuid = change.job_uuid)"
        )
        self.invalidate_model()
