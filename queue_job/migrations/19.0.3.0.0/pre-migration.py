"""Sets jobs that a stopped runner was running to pending again.

Before the models are updated, as two jobs with the same identity key may be waiting
afterwards, and the unique index on the key is created with the models.
"""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE queue_job
           SET retry = COALESCE(retry, 0) + (state = 'started')::int,
               state = 'pending',
               date_enqueued = NULL,
               date_started = NULL,
               worker_pid = NULL
         WHERE state IN ('enqueued', 'started')
        """
    )
