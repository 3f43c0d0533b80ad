from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL

# Failures in a row, seen by any node, after which a backend counts as down.
THRESHOLD = 5
# Seconds until the first look whether it is back, doubled each time, and the longest.
FIRST_WAIT, LONGEST_WAIT = 2, 30


class ConnectorBackendGate(models.Model):
    """Whether a backend may be called now: one row, shared by all nodes.

    A backend that is down, or asked to be left alone, has its gate closed for a while:
    its jobs wait without a call, and without using up a try. Rows are written by
    transactions of their own, as the job that learns of an outage is rolled back.
    """

    _name = "connector.backend.gate"
    _description = "Health of a backend"
    _log_access = False

    backend_model = fields.Char(required=True)
    backend_id = fields.Many2oneReference(model_field="backend_model", required=True)
    failures = fields.Integer(help="Failed calls since the last one that went well.")
    closed_until = fields.Datetime()
    reason = fields.Text()
    next_slot = fields.Datetime(help="When the rate budget allows the next call.")

    _one_per_backend = models.Constraint(
        "UNIQUE (backend_model, backend_id)", "A backend has one gate."
    )

    @api.model
    def _look(self, backend) -> tuple[float, str, int]:
        """Return for how many seconds the gate is closed, why, and recent failures."""
        self.env.cr.execute(
            SQL(
                """
                SELECT EXTRACT(EPOCH FROM closed_until - clock_timestamp() AT TIME ZONE
                               'UTC'), reason, failures
                  FROM connector_backend_gate
                 WHERE backend_model = %s AND backend_id = %s
                """,
                backend._name,
                backend.id,
            )
        )
        seconds, reason, failures = self.env.cr.fetchone() or (0, "", 0)
        return max(float(seconds or 0), 0), reason or "", failures or 0

    @api.model
    def _went_well(self, backend) -> None:
        """Forget the failures: the backend answers."""
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    """
                    UPDATE connector_backend_gate
                       SET failures = 0, closed_until = NULL, reason = NULL
                     WHERE backend_model = %s AND backend_id = %s AND failures > 0
                    """,
                    backend._name,
                    backend.id,
                )
            )

    @api.model
    def _failed(self, backend, reason: str, down: bool) -> None:
        """Note a failed call; close the gate when it is one of many.

        :param down: the backend cannot be reached at all, one failure tells
        """
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO connector_backend_gate AS gate
                           (backend_model, backend_id, failures, reason, closed_until)
                    VALUES (%(model)s, %(id)s, 1, %(reason)s,
                            CASE WHEN %(threshold)s <= 1
                            THEN clock_timestamp() AT TIME ZONE 'UTC'
                                 + %(first)s * interval '1 second' END)
                    ON CONFLICT (backend_model, backend_id) DO UPDATE
                       SET failures = gate.failures + 1,
                           reason = EXCLUDED.reason,
                           closed_until = CASE
                           WHEN gate.closed_until > clock_timestamp() AT TIME ZONE 'UTC'
                           THEN gate.closed_until
                           WHEN gate.failures + 1 >= %(threshold)s
                           THEN clock_timestamp() AT TIME ZONE 'UTC'
                                + interval '1 second'
                                * LEAST(%(longest)s, %(first)s * power(2, LEAST(
                                  gate.failures + 1 - %(threshold)s, 16)))
                           END
                    """,
                    model=backend._name,
                    id=backend.id,
                    reason=reason,
                    threshold=1 if down else THRESHOLD,
                    first=FIRST_WAIT,
                    longest=LONGEST_WAIT,
                )
            )

    @api.model
    def _close_for(self, backend, seconds: float, reason: str) -> None:
        """Let nobody call for so many seconds: the backend asked for it."""
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO connector_backend_gate AS gate
                           (backend_model, backend_id, failures, reason, closed_until)
                    VALUES (%s, %s, 1, %s, clock_timestamp() AT TIME ZONE 'UTC'
                            + %s * interval '1 second')
                    ON CONFLICT (backend_model, backend_id) DO UPDATE
                       SET failures = GREATEST(gate.failures, 1),
                           reason = EXCLUDED.reason,
                           closed_until =
                           GREATEST(gate.closed_until, EXCLUDED.closed_until)
                    """,
                    backend._name,
                    backend.id,
                    reason,
                    seconds,
                )
            )

    @api.model
    def _take_slot(self, backend, per_second: float, longest: float) -> float:
        """Book the next call the rate budget allows; return the seconds until then.

        A slot further away than ``longest`` is not booked.
        """
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO connector_backend_gate AS gate
                           (backend_model, backend_id, failures, next_slot)
                    VALUES (%(model)s, %(id)s, 0,
                            clock_timestamp() AT TIME ZONE 'UTC' + %(each)s)
                    ON CONFLICT (backend_model, backend_id) DO UPDATE
                       SET next_slot = %(each)s + GREATEST(
                           gate.next_slot, clock_timestamp() AT TIME ZONE 'UTC')
                     WHERE gate.next_slot IS NULL
                        OR gate.next_slot <= clock_timestamp() AT TIME ZONE 'UTC'
                           + %(longest)s * interval '1 second'
                    RETURNING EXTRACT(EPOCH FROM next_slot - %(each)s
                              - clock_timestamp() AT TIME ZONE 'UTC')
                    """,
                    model=backend._name,
                    id=backend.id,
                    each=SQL("interval '1 second' / %s", per_second),
                    longest=longest,
                )
            )
            row = cr.fetchone()
        return max(float(row[0]), 0) if row else longest + 1

    @contextmanager
    def _own_transaction(self):
        with self.env.registry.cursor() as cr:
            yield cr
