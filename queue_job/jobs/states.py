"""The states of a job.

============= ============================================================
state         meaning
============= ============================================================
wait_depen... a job it depends on must be done first
pending       runs as soon as its eta has passed and its channel has a slot
enqueued      a worker has leased it and is about to start it
started       a worker runs it
done          it succeeded
cancelled     it must not run
failed        it raised an error and is not retried
============= ============================================================
"""

WAIT_DEPENDENCIES = "wait_dependencies"
PENDING = "pending"
ENQUEUED = "enqueued"
STARTED = "started"
DONE = "done"
CANCELLED = "cancelled"
FAILED = "failed"

STATES = [
    (WAIT_DEPENDENCIES, "Wait Dependencies"),
    (PENDING, "Pending"),
    (ENQUEUED, "Enqueued"),
    (STARTED, "Started"),
    (DONE, "Done"),
    (CANCELLED, "Cancelled"),
    (FAILED, "Failed"),
]

#: Not started: at most one job per identity key may be in one of these states.
WAITING_STATES = (WAIT_DEPENDENCIES, PENDING, ENQUEUED)

DEFAULT_PRIORITY = 10
DEFAULT_MAX_RETRIES = 5
#: Seconds before the next attempt by default.
RETRY_INTERVAL = 10 * 60
