"""The circuit breaker and rate limiter: one row per backend, shared by all servers.

=========  ==========================================  ===============================
state      how a backend enters it                     how it leaves it
=========  ==========================================  ===============================
working    its requests succeed                        3 consecutive failures, or 1
                                                       request that cannot reach it:
                                                       down; throttled: busy
busy       it returned 429, or 503 with Retry-After    the delay has passed: working
down       see above                                   an increasing delay has passed:
                                                       one probe request is let
                                                       through; it succeeds: working
=========  ==========================================  ===============================

While a backend is busy or down, its jobs are on hold: they send no requests and use up
no attempts. A connection test bypasses the circuit breaker.

Rows are read and written in short separate transactions: the job that detects an outage
is rolled back, and a long transaction would not see later updates.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..database import own_transaction

# Consecutive failures, on any server, after which a backend counts as down.
THRESHOLD = 3
# Seconds after which a failure is no longer relevant.
WINDOW = 600
# Seconds until the first probe, doubled after each failure, and the maximum.
FIRST_WAIT, LONGEST_WAIT = 2, 30
# Seconds after which an unanswered probe counts as lost.
PROBE_LIMIT = 60
# Maximum delay when over quota, in seconds.
_LONGEST_RETURN = 3600

_NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")


class Health(NamedTuple):
    """The current state of a backend.

    ``closed_for``
        seconds until requests are allowed again, 0: allowed now
    ``down_for``
        seconds since the outage began, ``None``: not down
    """

    closed_for: float = 0
    reason: str = ""
    failures: int = 0
    down_for: float | None = None

    @property
    def state(self) -> str:
        if self.down_for is not None:
            return "down"
        return "busy" if self.closed_for else "working"


class ConnectorBackendGate(models.Model):
    _name = "connector.backend.gate"
    _description = "Backend Circuit Breaker"
    _log_access = False

    backend_model = fields.Char(required=True)
    backend_id = fields.Many2oneReference(model_field="backend_model", required=True)
    failures = fields.Integer(help="Failed requests since the last successful one.")
    last_failure = fields.Datetime()
    last_caller = fields.Char(
        help="Caller of the last failed request, if the request "
        "itself may be the cause."
    )
    down_since = fields.Datetime()
    probes = fields.Integer("Failed Probes", help="Since the circuit breaker opened.")
    closed_until = fields.Datetime()
    probe_until = fields.Datetime(help="When an unanswered probe counts as lost.")
    reason = fields.Text()
    next_slot = fields.Datetime(
        "Quota Restored", help="When the full quota of the rate limit is restored."
    )
    next_return = fields.Datetime(
        "Earliest Retry", help="Earliest retry of the next request over quota."
    )

    _one_per_backend = models.Constraint(
        "UNIQUE (backend_model, backend_id)",
        "A backend can have only one circuit breaker.",
    )

    # -- state

    @api.model
    def _look(self, backend) -> Health:
        """Return the state of a backend, shared by all servers."""
        with self._own_transaction() as cr:
            return self._read_health(cr, backend)

    @api.model
    def _look_from_here(self, backend) -> Health:
        """Return the state as seen by this transaction: sufficient for display.

        An unsaved backend is available.
        """
        return self._read_health(self.env.cr, backend) if backend else Health()

    def _read_health(self, cr, backend) -> Health:
        cr.execute(
            SQL(
                """
                SELECT GREATEST(EXTRACT(EPOCH FROM closed_until - %(now)s), 0),
                       reason, failures, EXTRACT(EPOCH FROM %(now)s - down_since)
                  FROM connector_backend_gate
                 WHERE backend_model = %(model)s AND backend_id = %(id)s
                """,
                now=_NOW,
                model=backend._name,
                id=backend.id,
            )
        )
        row = cr.fetchone()
        if not row:
            return Health()
        closed_for, reason, failures, down_for = row
        return Health(
            float(closed_for or 0),
            reason or "",
            failures or 0,
            None if down_for is None else float(down_for),
        )

    # -- transitions

    @api.model
    def _may_probe(self, backend) -> bool:
        """Reserve the single probe request to a backend that is down."""
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    """
                    UPDATE connector_backend_gate
                       SET probe_until = %(now)s + %(limit)s * interval '1 second'
                     WHERE backend_model = %(model)s AND backend_id = %(id)s
                       AND down_since IS NOT NULL
                       AND COALESCE(closed_until <= %(now)s, true)
                       AND COALESCE(probe_until <= %(now)s, true)
                    """,
                    now=_NOW,
                    limit=PROBE_LIMIT,
                    model=backend._name,
                    id=backend.id,
                )
            )
            return bool(cr.rowcount)

    @api.model
    def _went_well(self, backend, sure: bool) -> None:
        """Close the circuit breaker: the backend responds.

        :param sure: the request began while the circuit breaker was open, so its
            success proves recovery; any other may have begun before it opened
        """
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    """
                    UPDATE connector_backend_gate
                       SET failures = 0, last_failure = NULL, last_caller = NULL,
                           down_since = NULL, probes = 0, closed_until = NULL,
                           probe_until = NULL, reason = NULL
                     WHERE backend_model = %(model)s AND backend_id = %(id)s
                       AND failures > 0
                       AND (%(sure)s OR (down_since IS NULL
                            AND COALESCE(closed_until <= %(now)s, true)))
                    """,
                    model=backend._name,
                    id=backend.id,
                    sure=sure,
                    now=_NOW,
                )
            )

    @api.model
    def _failed(
        self,
        backend,
        reason: str,
        unreachable: bool = False,
        caller: str | None = None,
    ) -> Health:
        """Record a failed request; too many of them open the circuit breaker.

        :param unreachable: the backend never received the request: one such failure
            suffices
        :param caller: caller of the request, if the request itself may be the cause:
            repeated failures of the same caller count once
        """
        with self._locked_row(backend) as (cr, gate):
            count = gate["failures"] or 0
            recent = gate["last_failure_ago"] is not None and (
                gate["last_failure_ago"] < WINDOW
            )
            same = caller is not None and caller == gate["last_caller"]
            failures = count + (not same) if recent and count else 1
            was_down = gate["down_for"] is not None
            down = was_down or unreachable or failures >= THRESHOLD
            closed_for = max(gate["closed_for"] or 0, 0)
            probes = gate["probes"] or 0
            if down and not closed_for:
                closed_for = min(FIRST_WAIT * 2 ** min(probes, 16), LONGEST_WAIT)
                probes += 1
            cr.execute(
                SQL(
                    """
                    UPDATE connector_backend_gate
                       SET failures = %(failures)s, last_failure = %(now)s,
                           last_caller = %(caller)s, reason = %(reason)s,
                           probes = %(probes)s, probe_until = NULL,
                           down_since = CASE WHEN %(down)s
                                        THEN COALESCE(down_since, %(now)s) END,
                           closed_until = %(now)s + %(closed)s * interval '1 second'
                     WHERE id = %(id)s
                    """,
                    failures=failures,
                    now=_NOW,
                    caller=caller,
                    reason=reason,
                    probes=probes,
                    down=down,
                    closed=closed_for,
                    id=gate["id"],
                )
            )
        down_for = (gate["down_for"] or 0) if down else None
        return Health(closed_for, reason, failures, down_for)

    @api.model
    def _close_for(self, backend, seconds: float, reason: str) -> None:
        """Hold all requests for some seconds, as the backend requested.

        A backend that responds is not down.
        """
        with self._locked_row(backend) as (cr, gate):
            cr.execute(
                SQL(
                    """
                    UPDATE connector_backend_gate
                       SET failures = GREATEST(failures, 1), last_failure = %(now)s,
                           reason = %(reason)s, probes = 0, probe_until = NULL,
                           down_since = NULL,
                           closed_until = %(now)s + interval '1 second' * GREATEST(
                               %(seconds)s, CASE WHEN down_since IS NULL
                               THEN EXTRACT(EPOCH FROM closed_until - %(now)s) END)
                     WHERE id = %(id)s
                    """,
                    now=_NOW,
                    reason=reason,
                    seconds=seconds,
                    id=gate["id"],
                )
            )

    # -- rate limit

    @api.model
    def _take_slot(
        self, backend, each: float, burst: int, longest: float
    ) -> tuple[bool, float]:
        """Reserve the next request within the rate limit, if it is soon.

        A bucket of ``burst`` requests, refilled by one every ``each`` seconds, stored
        as the time when it is full again (GCRA).

        :param longest: maximum delay in seconds; a later request is not reserved
        :return: whether it is reserved, and the delay in seconds; otherwise the seconds
            until the retry, different for each caller
        """
        known = {
            "model": backend._name,
            "id": backend.id,
            "now": _NOW,
            "each": SQL("%s * interval '1 second'", each),
            "slack": SQL("%s * interval '1 second'", each * (burst - 1)),
        }
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO connector_backend_gate AS gate
                           (backend_model, backend_id, failures, next_slot)
                    VALUES (%(model)s, %(id)s, 0, %(now)s + %(each)s)
                    ON CONFLICT (backend_model, backend_id) DO UPDATE
                       SET next_slot = %(each)s + GREATEST(gate.next_slot, %(now)s)
                     WHERE gate.next_slot IS NULL OR gate.next_slot - %(slack)s
                        <= %(now)s + %(longest)s * interval '1 second'
                    RETURNING EXTRACT(EPOCH FROM
                              next_slot - %(each)s - %(slack)s - %(now)s)
                    """,
                    longest=longest,
                    **known,
                )
            )
            booked = cr.fetchone()
            if booked:
                return True, max(float(booked[0]), 0)
            # A distinct time for each, or all waiting jobs would compete for each slot.
            cr.execute(
                SQL(
                    """
                    UPDATE connector_backend_gate
                       SET next_return = %(each)s
                           + GREATEST(next_return, next_slot - %(slack)s, %(now)s)
                     WHERE backend_model = %(model)s AND backend_id = %(id)s
                    RETURNING EXTRACT(EPOCH FROM next_return - %(each)s - %(now)s)
                    """,
                    **known,
                )
            )
            (seconds,) = cr.fetchone()
        return False, min(max(float(seconds), 0), _LONGEST_RETURN)

    # -- transactions

    def _own_transaction(self) -> AbstractContextManager:
        return own_transaction(self.env.registry)

    @contextmanager
    def _locked_row(self, backend) -> Iterator:
        """Yield a cursor and the locked row of a backend, created if missing."""
        known = {"model": backend._name, "id": backend.id, "now": _NOW}
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO connector_backend_gate
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
                    SELECT id, failures, last_caller, probes,
                           EXTRACT(EPOCH FROM %(now)s - last_failure)::float
                           AS last_failure_ago,
                           EXTRACT(EPOCH FROM %(now)s - down_since)::float AS down_for,
                           EXTRACT(EPOCH FROM closed_until - %(now)s)::float
                           AS closed_for
                      FROM connector_backend_gate
                     WHERE backend_model = %(model)s AND backend_id = %(id)s
                       FOR UPDATE
                    """,
                    **known,
                )
            )
            (gate,) = cr.dictfetchall()
            yield cr, gate
