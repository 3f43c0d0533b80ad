"""Move the rate limiter of backends to a separate model."""


def migrate(cr, version):
    if version:
        move_rate_limits(cr)


def move_rate_limits(cr):
    """Keep the used quota of backends."""
    cr.execute(
        """
        INSERT INTO connector_rate_limiter
               (backend_model, backend_id, bucket, full_at, retry_at)
        SELECT backend_model, backend_id, 'requests', next_slot, next_return
          FROM connector_circuit_breaker
         WHERE next_slot IS NOT NULL
            ON CONFLICT (backend_model, backend_id, bucket) DO NOTHING
        """
    )
