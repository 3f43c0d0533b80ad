"""Every statement of the engine, by what it is for.

Each one says which index finds its rows and which lock it takes. They run in
transactions of READ COMMITTED unless they say otherwise, so that a statement which
waited for the dispatch lock sees what the holder before it committed.
"""

from ...job.fields import LOADED_COLUMNS
from ...job.states import NOW

#: First key of the session advisory lock that a living worker holds on its id.
WORKER_LOCK = 0x0D00

#: Key of the transaction advisory lock that lets one claim in at a time.
DISPATCH_LOCK = 0x0D000001

#: Waits for the claim or the rescue before this one.
LOCK_DISPATCH = f"SELECT pg_advisory_xact_lock({DISPATCH_LOCK})"

#: Channel of NOTIFY: work may have become runnable.
NOTIFY_CHANNEL = "queue_job"

#: Lets every idle worker claim, when the transaction is committed.
NOTIFY_WORKERS = f"NOTIFY {NOTIFY_CHANNEL}"

#: Columns a job is loaded from and its run is decided on.
JOB_COLUMNS = (
    *LOADED_COLUMNS,
    "channel_method_name",
    "concurrency_key",
    "worker_deaths",
    "death_reason",
)
