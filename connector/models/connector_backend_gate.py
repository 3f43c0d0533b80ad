"""Whether a backend may be called now: one row for each, shared by all nodes.

=========  ==========================================  ===============================
state      what puts a backend there                   what moves it on
=========  ==========================================  ===============================
working    its calls go well                           3 failures in a row, or 1 call
                                                       that cannot reach it: down;
                                                       it asks to wait: busy
busy       it answered 429, or 503 with a time         that time is over: working
down       see above                                   a wait that grows is over: one
                                                       call is let through to probe;
                                                       it goes well: working
=========  ==========================================  ===============================

While a backend is busy or down its jobs wait without a call, and use up no try. A
person who tests the connection always goes through.

Rows are read and written by short transactions of their own: the job that learns of an
outage is rolled back, and a long one would not see what others learnt since it began.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..database import own_transaction

# Failures in a row, seen by any node, after which a backend counts as down.
THRESHOLD = 3
# Seconds after which a failure says nothing any more about now.
WINDOW = 600
# Seconds until the first probe, doubled for each that fails, and the longest.
FIRST_WAIT, LONGEST_WAIT = 2, 30
# Seconds after which a probe that nobody heard of counts as lost.
PROBE_LIMIT = 60
# The longest wait for a place in the rate budget, in seconds.
_LONGEST_RETURN = 3600

_NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")


class Health(NamedTuple):
    """What is known about a backend now.

    ``closed_for``
        seconds during which nobody calls it, 0: it may be called
    ``down_for``
        seconds since an outage began, none: it is not down
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

    # -- what is known

    @api.model
    def _look(self, backend) -> Health:
        """Return the health of a backend, as all nodes know it now."""
        with self._own_transaction() as cr:
            return self._read_health(cr, backend)

    @api.model
    def _look_from_here(self, backend) -> Health:
        """Return the health as this transaction sees it: enough to show it.

        That of a backend which is not saved is good.
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
        """Take the one call that is let through to a backend that is down."""
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
        """Forget the failures: the backend answers.

        :param sure: the call began while others had to wait, so it tells that they need
            not; any other may have begun before the backend was closed
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
        """Note a failed call; the backend is down when it is one of many.

        :param unreachable: it never got the call: one such failure tells
        :param caller: who met the failure, if it may be his fault: the same one again
            tells nothing new
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
        """Let nobody call for so many seconds: the backend asked for it.

        Who can ask is not down.
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

    # -- rate budget

    @api.model
    def _take_slot(
        self, backend, each: float, burst: int, longest: float
    ) -> tuple[bool, float]:
        """Book the next call that the rate budget allows, if it is near.

        A bucket of ``burst`` calls that gets a new one every ``each`` seconds, written
        as the moment when it is full again (GCRA).

        :param longest: seconds; a call further away is not booked
        :return: whether it is booked, and the seconds until then; where it is not, the
            seconds after which to come again, other ones for each who asks
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
            # A time for each, or all who wait would come again and again for one place.
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
        """Give a cursor and the row of a backend, made if there was none, locked."""
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
