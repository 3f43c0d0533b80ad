"""One line per failed record, however often it fails."""

from collections import defaultdict
from datetime import timedelta

import psycopg2

from odoo import api, fields, models

from odoo.addons.queue_job.exception import RetryableJobError

# Minutes until the next retry, by number of failures; the last one repeats.
_PAUSES = (0, 0, 10, 60, 360, 1440)


class ConnectorSyncLine(models.Model):
    _inherit = "connector.sync.line"

    @api.model
    def _record_failures(self, failures: list[dict]):
        """Store failures, each record on its single line; return the lines.

        :param failures: values of lines, with their backend and model
        """
        known = self._open_lines_by_key(failures)
        lines, new = self.browse(), {}
        now = fields.Datetime.now()
        for number, values in enumerate(failures):
            values.setdefault("last_failure", now)
            key = self._key(values)
            if known.get(key):
                # Records without an ID cannot be distinguished.
                line = known[key].pop() if key[0] == "page" else known[key][0]
                line._record_new_failure(values)
                lines |= line
            else:
                new[(key, number if key[0] == "page" else 0)] = {
                    **values,
                    "kind": "failed",
                    "attempts": 1,
                    "next_try": now,
                }
        try:
            with self.env.cr.savepoint():
                return lines | self.create(list(new.values()))
        except psycopg2.errors.UniqueViolation as error:
            raise RetryableJobError(
                self.env._("Another job is recording the failure of the same record."),
                seconds=1,
                ignore_retry=True,
            ) from error

    @api.model
    def _key(self, values) -> tuple:
        """Return the key that identifies the line of a record, or of a job."""
        if values.get("external_id"):
            return ("id", values["model"], values["external_id"])
        if not values.get("is_job"):
            return ("page", values.get("job_uuid"), values["reason"])
        if values.get("record_id"):
            return ("record", values["record_model"], values["record_id"])
        return ("job", values["job_uuid"])

    @api.model
    def _open_lines_by_key(self, failures: list[dict]) -> dict:
        if not failures:
            return {}
        first = failures[0]
        lines = self.search(
            [
                ("kind", "=", "failed"),
                ("resolved", "=", False),
                ("backend_model", "=", first["backend_model"]),
                ("backend_id", "=", first["backend_id"]),
                "|",
                ("external_id", "in", [v.get("external_id") for v in failures]),
                ("external_id", "=", False),
            ],
            order="id desc",
        )
        known = defaultdict(list)
        for line in lines:
            known[self._key(line._key_values())].append(line)
        return known

    def _key_values(self) -> dict:
        names = (
            *("external_id", "model", "is_job", "job_uuid", "reason"),
            *("record_model", "record_id"),
        )
        return {name: self[name] for name in names}

    def _record_new_failure(self, values: dict) -> None:
        """Update the line of a record that failed again."""
        self.ensure_one()
        if self.dismissed and self._is_same_failure(values):
            return
        self._assign_to_run(values.get("run_id"))
        attempts = 1 if self.dismissed else self.attempts + 1
        pause = _PAUSES[min(attempts, len(_PAUSES)) - 1]
        self.write(
            {
                **{name: value for name, value in values.items() if name != "run_id"},
                "attempts": attempts,
                "next_try": fields.Datetime.now() + timedelta(minutes=pause),
                "dismissed": False,
            }
        )

    def _is_same_failure(self, values: dict) -> bool:
        """Return whether a failure is the dismissed one."""
        if values.get("payload"):
            return values["payload"] == self.payload
        return values["reason"] == self.reason

    def _assign_to_run(self, run_id: int | None) -> None:
        """Move the line to another run, which counts it from now on."""
        for line in self:
            if line.run_id.id != run_id:
                line.write(
                    {
                        "earlier_run_ids": [(4, line.run_id.id)] if line.run_id else [],
                        "run_id": run_id,
                    }
                )
