"""The circuit breaker of each backend: one row per backend, shared by all servers.

=========  ==========================================  ===============================
state      how a backend enters it                     how it leaves it
=========  ==========================================  ===============================
closed     requests succeed                            3 consecutive failures, or 1
                                                       request that cannot reach it:
                                                       open; it limits the rate:
                                                       throttled
throttled  it returned 429, or 503 with Retry-After    the delay is over: closed
open       see above                                   a growing delay is over: one
                                                       request is let through as a
                                                       probe; it succeeds: closed
=========  ==========================================  ===============================

While the circuit of a backend is throttled or open, its jobs are on hold: they send no
requests and use up no attempts. A connection test bypasses the circuit breaker.

Rows are read and written in short separate transactions: the job that detects an outage
is rolled back, and a long transaction would not see later updates.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..database import UTC_NOW, own_transaction

# Consecutive failures, on any server, after which the circuit opens.
FAILURE_THRESHOLD = 3
# Seconds after which a failure is no longer relevant.
FAILURE_WINDOW = 600
# Seconds until the first probe, doubled after each failure, and the maximum.
FIRST_DELAY, LONGEST_DELAY = 2, 30
# Seconds after which a probe without a result counts as lost.
PROBE_TIMEOUT = 60


class CircuitStatus(NamedTuple):
    """The current state of a backend.

    ``blocked_for``
        seconds until requests are allowed again, 0: allowed now
    ``open_for``
        seconds since the circuit opened, ``None``: it is not open
    """

    blocked_for: float = 0
    reason: str = ""
    failures: int = 0
    open_for: float | None = None

    @property
    def state(self) -> str:
        """``closed``, ``throttled`` or ``open``."""
        if self.open_for is not None:
            return "open"
        return "throttled" if self.blocked_for else "closed"


class ConnectorCircuitBreaker(models.Model):
    _name = "connector.circuit.breaker"
    _inherit = "connector.backend.reference"
    _description = "Backend Circuit Breaker"
    _log_access = False

    failures = fields.Integer(help="Failed requests since the last successful one.")
    last_failure = fields.Datetime()
    last_caller = fields.Char(
        help=(
            "Caller of the last failed request, if the request itself may be the cause."
        )
    )
    open_since = fields.Datetime()
    failed_probes = fields.Integer(help="Since the circuit breaker opened.")
    blocked_until = fields.Datetime()
    probe_expires = fields.Datetime(help="When an unanswered probe counts as lost.")
    reason = fields.Text()

    _one_per_backend = models.Constraint(
        "UNIQUE (backend_model, backend_id)",
        "A backend can have only one circuit breaker.",
    )

    # -- status

    @api.model
    def _get_status(self, backend) -> CircuitStatus:
        """Return the current status of a backend, shared by all servers."""
        with own_transaction(self.env.registry) as cr:
            return self._read_status(cr, backend)

    @api.model
    def _get_visible_status(self, backend) -> CircuitStatus:
        """Return the status as seen by this transaction: sufficient for display.

        The circuit of an unsaved backend is closed.
        """
        return self._read_status(self.env.cr, backend) if backend else CircuitStatus()

    def _read_status(self, cr, backend) -> CircuitStatus:
        cr.execute(
            SQL(
                """
                SELECT GREATEST(EXTRACT(EPOCH FROM blocked_until - %(now)s), 0),
                       reason, failures, EXTRACT(EPOCH FROM %(now)s - open_since)
                  FROM connector_circuit_breaker
                 WHERE backend_model = %(model)s AND backend_id = %(id)s
                """,
                now=UTC_NOW,
                model=backend._name,
                id=backend.id,
            )
        )
        row = cr.fetchone()
        if not row:
            return CircuitStatus()
        blocked_for, reason, failures, open_for = row
        return CircuitStatus(
            float(blocked_for or 0),
            reason or "",
            failures or 0,
            None if open_for is None else float(open_for),
        )

    # -- transitions

    @api.model
    def _acquire_probe(self, backend) -> bool:
        """Reserve the single probe request that is sent while the circuit is open."""
        with own_transaction(self.env.registry) as cr:
            cr.execute(
                SQL(
                    """
                    UPDATE connector_circuit_breaker
                       SET probe_expires = %(now)s + %(limit)s * interval '1 second'
                     WHERE backend_model = %(model)s AND backend_id = %(id)s
                       AND open_since IS NOT NULL
                       AND COALESCE(blocked_until <= %(now)s, true)
                       AND COALESCE(probe_expires <= %(now)s, true)
                    """,
                    now=UTC_NOW,
                    limit=PROBE_TIMEOUT,
                    model=backend._name,
                    id=backend.id,
                )
            )
            return bool(cr.rowcount)

    @api.model
    def _record_success(self, backend, conclusive: bool) -> None:
        """Reset the failures, and close the circuit: the backend responds.

        :param conclusive: the request was sent while the circuit was open, so its
            success proves recovery; any other may have been sent before it opened
        """
        with own_transaction(self.env.registry) as cr:
            cr.execute(
                SQL(
                    """
                    UPDATE connector_circuit_breaker
                       SET failures = 0, last_failure = NULL, last_caller = NULL,
                           open_since = NULL, failed_probes = 0, blocked_until = NULL,
                           probe_expires = NULL, reason = NULL
                     WHERE backend_model = %(model)s AND backend_id = %(id)s
                       AND failures > 0
                       AND (%(conclusive)s OR (open_since IS NULL
                            AND COALESCE(blocked_until <= %(now)s, true)))
                    """,
                    model=backend._name,
                    id=backend.id,
                    conclusive=conclusive,
                    now=UTC_NOW,
                )
            )

    @api.model
    def _record_failure(
        self,
        backend,
        reason: str,
        unreachable: bool = False,
        caller: str | None = None,
    ) -> CircuitStatus:
        """Count a failed request; too many open the circuit.

        :param unreachable: the request never arrived: one such failure is enough
        :param caller: caller of the request, if it may be the cause: repeated failures
            of one caller count once
        """
        with self._locked_row(backend) as (cr, row):
            count = row["failures"] or 0
            recent = row["last_failure_ago"] is not None and (
                row["last_failure_ago"] < FAILURE_WINDOW
            )
            same = caller is not None and caller == row["last_caller"]
            failures = count + (not same) if recent and count else 1
            was_open = row["open_for"] is not None
            is_open = was_open or unreachable or failures >= FAILURE_THRESHOLD
            blocked_for = max(row["blocked_for"] or 0, 0)
            failed_probes = row["failed_probes"] or 0
            if is_open and not blocked_for:
                blocked_for = min(
                    FIRST_DELAY * 2 ** min(failed_probes, 16), LONGEST_DELAY
                )
                failed_probes += 1
            cr.execute(
                SQL(
                    """
                    UPDATE connector_circuit_breaker
                       SET failures = %(failures)s, last_failure = %(now)s,
                           last_caller = %(caller)s, reason = %(reason)s,
                           failed_probes = %(failed_probes)s, probe_expires = NULL,
                           open_since = CASE WHEN %(open)s
                                        THEN COALESCE(open_since, %(now)s) END,
                           blocked_until = %(now)s + %(blocked)s * interval '1 second'
                     WHERE id = %(id)s
                    """,
                    failures=failures,
                    now=UTC_NOW,
                    caller=caller,
                    reason=reason,
                    failed_probes=failed_probes,
                    open=is_open,
                    blocked=blocked_for,
                    id=row["id"],
                )
            )
        open_for = (row["open_for"] or 0) if is_open else None
        return CircuitStatus(blocked_for, reason, failures, open_for)

    @api.model
    def _throttle(self, backend, seconds: float, reason: str) -> None:
        """Block all requests for some seconds, as requested by the backend.

        A backend that responds is not down.
        """
        with self._locked_row(backend) as (cr, row):
            cr.execute(
                SQL(
                    """
                    UPDATE connector_circuit_breaker
                       SET failures = GREATEST(failures, 1), last_failure = %(now)s,
                           reason = %(reason)s, failed_probes = 0,
                           probe_expires = NULL, open_since = NULL,
                           blocked_until = %(now)s + interval '1 second' * GREATEST(
                               %(seconds)s, CASE WHEN open_since IS NULL
                               THEN EXTRACT(EPOCH FROM blocked_until - %(now)s) END)
                     WHERE id = %(id)s
                    """,
                    now=UTC_NOW,
                    reason=reason,
                    seconds=seconds,
                    id=row["id"],
                )
            )

    @contextmanager
    def _locked_row(self, backend) -> Iterator:
        """Yield a cursor and the locked row of a backend, created if missing."""
        known = {"model": backend._name, "id": backend.id, "now": UTC_NOW}
        with own_transaction(self.env.registry) as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO connector_circuit_breaker
                           (backend_model, backend_id, failures)
                    VALUES (%(model)s, %(id)s, 0)
                    ON CONFLICT (backend_model, backend_id) DO NOTHING
                    """,
                    **known,
                )
            )
            cr.execute(
                SQL(
                    """
                    SELECT id, failures, last_caller, failed_probes,
                           EXTRACT(EPOCH FROM %(now)s - last_failure)::float
                           AS last_failure_ago,
                           EXTRACT(EPOCH FROM %(now)s - open_since)::float AS open_for,
                           EXTRACT(EPOCH FROM blocked_until - %(now)s)::float
                           AS blocked_for
                      FROM connector_circuit_breaker
                     WHERE backend_model = %(model)s AND backend_id = %(id)s
                       FOR UPDATE
                    """,
                    **known,
                )
            )
            (row,) = cr.dictfetchall()
            yield cr, row
