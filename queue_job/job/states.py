"""The states of a job.

============= ============================================================
state         meaning
============= ============================================================
wait_depen... another job of its graph must be done first
pending       may run as soon as its eta has passed and its channel has room
enqueued      a worker has leased it and is about to start it
started       a worker runs it
done          it ended well
cancelled     somebody decided that it must not run
failed        it raised an error that no further try can mend
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

#: Not begun: at most one job for an identity key may be in one of these states.
WAITING_STATES = (WAIT_DEPENDENCIES, PENDING, ENQUEUED)

DEFAULT_PRIORITY = 10
DEFAULT_MAX_RETRIES = 5
#: Seconds before a new try when nothing else is said.
RETRY_INTERVAL = 10 * 60
