"""Writes fenced by the lease: they change a row only for the holder of its lease.

The lease is compared with IS NOT DISTINCT FROM, which no index supports: rows must be
found by their primary key, never by the index on leases, where the versions of all rows
of a lease accumulate while its jobs run.
"""

from ...job import states
from ..sql import NOW
from ..sql.conditions import WILL_RUN
from ..sql.prepared import Prepared

# The next job of a lease must not see settings and temporary tables of this one. After
# its commit: its last triggers may need them. Dates are read as ISO.
CLEAN = "RESET ALL; SET datestyle TO ISO; DISCARD TEMP"

# Session settings that affect other code; each costs some time per job.
_SETTINGS = """current_setting('search_path') || current_setting('timezone')
    || current_setting('statement_timeout') || current_setting('lock_timeout')"""

# Index: primary key. Locks one row; no row means that it is locked by another
# transaction, or that the lease is lost. Does not wait for the disk: losing it in a
# crash of the server loses nothing.
START_JOB = f"""
{CLEAN};
SET LOCAL synchronous_commit TO off;
UPDATE queue_job SET {states.START.set_clause(worker_pid="%(pid)s")}
 WHERE id = (SELECT id FROM queue_job WHERE id = %(id)s FOR NO KEY UPDATE SKIP LOCKED)
   AND lease_id IS NOT DISTINCT FROM %(lease)s AND {states.START.starts_from()}
RETURNING date_started, {_SETTINGS}
"""

# Index: primary key. First statement of each transaction that stores an outcome
# through the ORM: no row means that the lease is lost.
RELEASE_LEASE = """
UPDATE queue_job SET lease_id = NULL
 WHERE id = %(id)s AND lease_id IS NOT DISTINCT FROM %(lease)s AND state = 'started'
"""


def _finish(now: str) -> dict[str, str]:
    return states.FINISH.columns(
        now,
        result="%(result)s",
        retry="%(retry)s",
        exec_time=f"extract(epoch FROM {now} - date_started)",
    )


# Index: primary key. Runs in the job's own REPEATABLE READ transaction: a row that
# changed since the transaction began raises a serialization failure instead.
FINISH = Prepared(
    f"""
UPDATE queue_job
   SET {states.assignments(_finish(NOW))}
 WHERE id = %(id)s AND lease_id IS NOT DISTINCT FROM %(lease)s
   AND {states.FINISH.starts_from()}
RETURNING id
""",
    id="int",
    lease="int",
    result="text",
    retry="int",
)

# Index: primary key, two rows. FINISH of one job and START_JOB of the next one of the
# lease, so that a job costs one commit. Both rows get the same time: the end of one is
# the start of the other. Does not wait for a lock on the next one. Returns the settings
# of the session, NULL if it has ever had a temporary table.
_SAME_NOW = "(statement_timestamp() AT TIME ZONE 'UTC')"
_FINISH_OR_START = states.one_or_other(
    "id = %(id)s", _finish(_SAME_NOW), states.START.columns(_SAME_NOW)
)
FINISH_AND_START = Prepared(
    f"""
UPDATE queue_job
   SET {_FINISH_OR_START},
       worker_pid = %(pid)s
 WHERE id = ANY(ARRAY[%(id)s, (
        SELECT id FROM queue_job WHERE id = %(next)s FOR NO KEY UPDATE SKIP LOCKED)])
   AND lease_id IS NOT DISTINCT FROM %(lease)s
   AND CASE WHEN id = %(id)s THEN {states.FINISH.starts_from()}
            ELSE {states.START.starts_from()} END
RETURNING id, date_started,
          CASE WHEN id = %(next)s AND pg_my_temp_schema() = 0 THEN {_SETTINGS} END
""",
    id="int",
    next="int",
    lease="int",
    pid="int",
    result="text",
    retry="int",
)

# Index: primary key. Jobs behind a long one. Locked rows stay leased.
RELEASE_UNSTARTED = f"""
UPDATE queue_job
   SET {states.GIVE_BACK.set_clause()}
 WHERE id = ANY(ARRAY(
    SELECT id FROM queue_job
     WHERE id = ANY(%(ids)s) AND lease_id IS NOT DISTINCT FROM %(lease)s
       AND {states.GIVE_BACK.starts_from()}
       FOR NO KEY UPDATE SKIP LOCKED))
"""

# Index: primary key. Last resort if a failure cannot be stored through the ORM.
FAIL = f"""
UPDATE queue_job
   SET {states.FAIL.set_clause()}, exc_name = %(exc_name)s,
       exc_message = %(exc_message)s, exc_info = %(exc_info)s,
       exc_place = %(exc_place)s, retry = %(retry)s
 WHERE id = %(id)s
"""

# Index: primary key. The job cannot be loaded by this process now; retried later.
SNOOZE = f"""
UPDATE queue_job
   SET {states.RETRY.set_clause()}, eta = {NOW} + %(seconds)s * interval '1 second',
       retry = COALESCE(retry, 0) + %(tries)s, result = %(result)s
 WHERE id = %(id)s
"""

# A process is notified of an installation shortly after its commit, and may take long
# to load the new addons.
SECONDS_SINCE_ADDONS_CHANGED = f"""
SELECT COALESCE(extract(epoch FROM {NOW} - max(write_date)), 1e9)::float8
  FROM ir_module_module WHERE state = 'installed'
"""

# Index: primary key. Of the jobs started by a commit with unknown outcome, those that
# are started.
FILTER_STARTED = """
SELECT id FROM queue_job
 WHERE id = ANY(%(ids)s) AND lease_id IS NOT DISTINCT FROM %(lease)s
   AND state = 'started'
"""

# Index: queue_job_release_index. Locks one row; skips those being released.
NEXT_TO_RELEASE = """
SELECT uuid, graph_uuid, dependencies FROM queue_job
 WHERE release_due AND uuid != ALL(%(seen)s)
 ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
# Does not wait long for a transaction that edits a dependent.
RELEASE_SETTINGS = """
SET LOCAL synchronous_commit TO off;
SET LOCAL lock_timeout TO '100ms'
"""

# Index: queue_job_graph_open_index. Among a few jobs of the graph that will run, one
# that all dependents of this one wait for too: it will release them when it is done. So
# if one job waits for ten thousand, not each of them has to check all the others.
SIBLING_WILL_RELEASE = f"""
SELECT 1 FROM (
    SELECT uuid, dependencies FROM queue_job
     WHERE graph_uuid = %(graph)s AND {WILL_RUN} LIMIT 20) AS sibling
 WHERE uuid != %(uuid)s
   AND dependencies::jsonb -> 'reverse_depends_on' @> %(dependents)s::jsonb
 LIMIT 1
"""

# Index: queue_job__uuid_index.
RELEASED = """
UPDATE queue_job SET release_due = NULL WHERE uuid = ANY(%(uuids)s) AND release_due
"""

# Index: primary key. The progress of a running job, from the monitoring session.
NOTE_PROGRESS = """
UPDATE queue_job_lease
   SET job_id = %(job)s, progress_done = %(done)s, progress_total = %(total)s,
       progress_message = %(message)s
 WHERE id = %(lease)s
"""

# Index: primary keys. Asks the holder of the lease to stop the job.
ASK_TO_STOP = """
UPDATE queue_job_lease lease SET stop_job_id = job.id, stop_by = %(by)s
  FROM queue_job job
 WHERE job.id = ANY(%(ids)s) AND job.state = 'started' AND lease.id = job.lease_id
"""
STOPS_ASKED = """
SELECT id, stop_job_id, stop_by FROM queue_job_lease
 WHERE id = ANY(%(leases)s) AND stop_job_id IS NOT NULL
"""

# Index: primary key. A job interrupted by a shutdown; the attempt is not counted.
RETRY_INTERRUPTED = f"""
UPDATE queue_job
   SET {states.RETRY.set_clause()}
 WHERE id = %(id)s
"""

# Index: primary key. The job's thread is stuck: it loses its lease.
REVOKE_LEASE = """
UPDATE queue_job SET lease_id = NULL
 WHERE id = %(id)s AND lease_id IS NOT DISTINCT FROM %(lease)s AND state = 'started'
RETURNING id
"""

# Index: primary key. Locks one row, so that the lease stays until what a job wrote on a
# separate cursor is committed.
HOLDS_LEASE = """
SELECT 1 FROM queue_job
 WHERE id = %(id)s AND lease_id IS NOT DISTINCT FROM %(lease)s AND state = 'started'
   FOR SHARE
"""

# Index: primary key. Locks one row, which its worker does not lock between jobs.
NOTE_ON_LEASE = """
UPDATE queue_job_lease SET death_reason = %(reason)s WHERE id = %(lease)s
"""

# Index: queue_job__uuid_index. Locks the row of a job without a lease.
LOCK_ENQUEUED = """
SELECT uuid FROM queue_job
 WHERE uuid = %(uuid)s AND state = 'enqueued' AND lease_id IS NULL
   FOR NO KEY UPDATE SKIP LOCKED
"""

# Whether the database has a model whose code is not loaded here (yet).
IS_MODEL_KNOWN = "SELECT 1 FROM ir_model WHERE model = %(model)s"
