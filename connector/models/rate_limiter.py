"""The rate limiter of each backend: one row per limit, shared by all servers."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..database import UTC_NOW, own_transaction

# The longest delay until a job that found the quota used up retries, in seconds.
_LONGEST_RETRY_DELAY = 3600


class ConnectorRateLimiter(models.Model):
    """A bucket of requests, or of the points they cost, that is refilled steadily.

    It is stored as the time at which it is full again (GCRA), written in short separate
    transactions: a job that is rolled back has sent its requests.
    """

    _name = "connector.rate.limiter"
    _inherit = "connector.backend.reference"
    _description = "Backend Rate Limiter"
    _log_access = False

    bucket = fields.Selection(
        [("requests", "Requests"), ("cost", "Query Cost")],
        "Limited",
        required=True,
        default="requests",
    )
    full_at = fields.Datetime("Full Quota Restored", required=True)
    retry_at = fields.Datetime(
        "Earliest Retry", help="Earliest retry of the next job over quota."
    )

    _one_per_backend = models.Constraint(
        "UNIQUE (backend_model, backend_id, bucket)",
        "A backend can have only one rate limiter of a kind.",
    )

    @api.model
    def _reserve(
        self,
        backend,
        interval: float,
        burst: float,
        max_wait: float,
        bucket: str = "requests",
    ) -> tuple[bool, float]:
        """Reserve the next request within the quota, if it is soon.

        :param interval: seconds between requests
        :param burst: requests that may be sent at once, after a pause
        :param max_wait: maximum delay in seconds; a later request is not reserved
        :param bucket: what is limited, see the field
        :return: whether it is reserved, and the delay in seconds; otherwise the seconds
            until the retry, different for each caller
        """
        known = {
            "model": backend._name,
            "id": backend.id,
            "bucket": bucket,
            "now": UTC_NOW,
            "interval": SQL("%s * interval '1 second'", interval),
            "slack": SQL("%s * interval '1 second'", interval * (burst - 1)),
        }
        with own_transaction(self.env.registry) as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO connector_rate_limiter AS limiter
                           (backend_model, backend_id, bucket, full_at)
                    VALUES (%(model)s, %(id)s, %(bucket)s, %(now)s + %(interval)s)
                    ON CONFLICT (backend_model, backend_id, bucket) DO UPDATE
                       SET full_at = %(interval)s + GREATEST(limiter.full_at, %(now)s)
                     WHERE limiter.full_at - %(slack)s
                        <= %(now)s + %(max_wait)s * interval '1 second'
                    RETURNING EXTRACT(EPOCH FROM
                              full_at - %(interval)s - %(slack)s - %(now)s)
                    """,
                    max_wait=max_wait,
                    **known,
                )
            )
            reserved = cr.fetchone()
            if reserved:
                return True, max(float(reserved[0]), 0)
            # A distinct time for each, or all waiting jobs would retry at once.
            cr.execute(
                SQL(
                    """
                    UPDATE connector_rate_limiter
                       SET retry_at = %(interval)s
                           + GREATEST(retry_at, full_at - %(slack)s, %(now)s)
                     WHERE backend_model = %(model)s AND backend_id = %(id)s
                       AND bucket = %(bucket)s
                    RETURNING EXTRACT(EPOCH FROM retry_at - %(interval)s - %(now)s)
                    """,
                    **known,
                )
            )
            (seconds,) = cr.fetchone()
        return False, min(max(float(seconds), 0), _LONGEST_RETRY_DELAY)

    @api.model
    def _correct(
        self, backend, bucket: str, seconds_to_full: float, refund: float
    ) -> None:
        """Correct a bucket by what the external system reports.

        The report lacks the requests that other processes are sending: these stay
        reserved.

        :param seconds_to_full: until the bucket is full, according to the report
        :param refund: seconds reserved by the answered request, and not needed
        """
        with own_transaction(self.env.registry) as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO connector_rate_limiter AS limiter
                           (backend_model, backend_id, bucket, full_at)
                    VALUES (%(model)s, %(id)s, %(bucket)s,
                            %(now)s + %(seconds)s * interval '1 second')
                    ON CONFLICT (backend_model, backend_id, bucket) DO UPDATE
                       SET full_at = GREATEST(
                               excluded.full_at,
                               limiter.full_at - %(refund)s * interval '1 second')
                    """,
                    model=backend._name,
                    id=backend.id,
                    bucket=bucket,
                    now=UTC_NOW,
                    seconds=seconds_to_full,
                    refund=refund,
                )
            )
