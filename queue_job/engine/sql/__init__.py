"""Every SQL statement of the engine, by purpose.

Each one documents the index that finds its rows and the lock it takes. They run in
READ COMMITTED transactions unless stated otherwise, so that a statement that waited
for the dispatch lock sees what the previous holder committed.
"""

from ...job.fields import LOADED_COLUMNS
from ...job.states import NOW

#: First key of the session advisory lock that a live worker holds on its id.
WORKER_LOCK = 0x0D00

#: Key of the transaction advisory lock that serializes claims.
DISPATCH_LOCK = 0x0D000001

#: Waits for the claim or the rescue before this one.
LOCK_DISPATCH = f"SELECT pg_advisory_xact_lock({DISPATCH_LOCK})"

#: Channel of NOTIFY: jobs may have become runnable.
NOTIFY_CHANNEL = "queue_job"

#: Makes every idle worker claim, when the transaction is committed.
NOTIFY_WORKERS = f"NOTIFY {NOTIFY_CHANNEL}"

#: Columns from which a job is loaded, and on which its execution depends.
JOB_COLUMNS = (
    *LOADED_COLUMNS,
    "channel_method_name",
    "concurrency_key",
    "worker_deaths",
    "death_reason",
)
