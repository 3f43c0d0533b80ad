"""Writes fenced by the lease: they change a row only for who still holds it.

The lease is compared with IS NOT DISTINCT FROM, which no index serves: rows are to be
found by their primary key, never by the index on leases, where the versions of all the
rows of a lease pile up while it is worked off.
"""

from ...job import states
from . import NOW
from .prepared import Prepared
from .schema import WILL_RUN

# Settings and temporary tables of a job are not to be found by the next one of its
# lease. After its commit: its last triggers may need them. Dates are read as ISO.
CLEAN = "RESET ALL; SET datestyle TO ISO; DISCARD TEMP"

# Settings of a session that change what other code does; each costs some time a job.
_SETTINGS = """current_setting('search_path') || current_setting('timezone')
    || current_setting('statement_timeout') || current_setting('lock_timeout')"""

# Index: primary key. Locks one row, unless somebody holds it; no row means that, or
# that the lease is lost. Waits for no disk: losing it in a crash of the server loses
# nothing.
BEGIN = f"""
{CLEAN};
SET LOCAL synchronous_commit TO off;
UPDATE queue_job SET {states.START.set_clause(worker_pid="%(pid)s")}
 WHERE id = (SELECT id FROM queue_job WHERE id = %(id)s FOR NO KEY UPDATE SKIP LOCKED)
   AND lease_id IS NOT DISTINCT FROM %(lease)s AND {states.START.starts_from()}
RETURNING date_started, {_SETTINGS}
"""

# Index: primary key. First statement of each transaction that stores a job's fate
# through the ORM: no row means that somebody else decides about the job by now.
LET_GO = """
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


# Index: primary key. Runs in the job's own transaction, of REPEATABLE READ: there a row
# that changed since the transaction began raises a serialization failure instead.
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

# Index: primary key, two rows. FINISH of one job and BEGIN of the next one of the
# lease, so that a job costs one commit. Both rows get the same time: the end of one is
# the start of the other. Nobody is waited for who holds the next one. Tells the
# settings of the session, nothing when it has ever had a temporary table.
_SAME_NOW = "(statement_timestamp() AT TIME ZONE 'UTC')"
_FINISH_OR_START = states.one_or_other(
    "id = %(id)s", _finish(_SAME_NOW), states.START.columns(_SAME_NOW)
)
FINISH_AND_BEGIN = Prepared(
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

# Index: primary key. Jobs behind one that takes long. What somebody holds stays leased.
GIVE_BACK_JOBS = f"""
UPDATE queue_job
   SET {states.GIVE_BACK.set_clause()}
 WHERE id = ANY(ARRAY(
    SELECT id FROM queue_job
     WHERE id = ANY(%(ids)s) AND lease_id IS NOT DISTINCT FROM %(lease)s
       AND {states.GIVE_BACK.starts_from()}
       FOR NO KEY UPDATE SKIP LOCKED))
"""

# Index: primary key. Last resort when a failure cannot be stored through the ORM.
FAIL = f"""
UPDATE queue_job
   SET {states.FAIL.set_clause()}, exc_name = %(exc_name)s,
       exc_message = %(exc_message)s, exc_info = %(exc_info)s,
       exc_place = %(exc_place)s, retry = %(retry)s
 WHERE id = %(id)s
"""

# Index: primary key. The job cannot be read here and now; it is tried again later.
PUT_OFF = f"""
UPDATE queue_job
   SET {states.RETRY.set_clause()}, eta = {NOW} + %(seconds)s * interval '1 second',
       retry = COALESCE(retry, 0) + %(tries)s, result = %(result)s
 WHERE id = %(id)s
"""

# A process hears of an installation a moment after it was committed, and may be long in
# loading what it brought.
SECONDS_SINCE_ADDONS_CHANGED = f"""
SELECT COALESCE(extract(epoch FROM {NOW} - max(write_date)), 1e9)::float8
  FROM ir_module_module WHERE state = 'installed'
"""

# Index: primary key. Of the jobs begun with a commit that may have come to nothing, or
# to something after all, those that are.
STARTED_OF = """
SELECT id FROM queue_job
 WHERE id = ANY(%(ids)s) AND lease_id IS NOT DISTINCT FROM %(lease)s
   AND state = 'started'
"""

# Index: queue_job_release_index. Locks one row; those that others look after are left.
NEXT_TO_RELEASE = """
SELECT uuid, graph_uuid, dependencies FROM queue_job
 WHERE release_due AND uuid != ALL(%(seen)s)
 ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
# Whoever edits a child is not waited for long.
RELEASE_SETTINGS = """
SET LOCAL synchronous_commit TO off;
SET LOCAL lock_timeout TO '100ms'
"""

# Index: queue_job_graph_open_index. Among a few jobs of the graph that will run, one
# that all children of this one wait for too: it will look at them when it is done, so
# that of the ten thousand parents of a job not each has to ask for all the others.
SIBLING_WILL_LOOK = f"""
SELECT 1 FROM (
    SELECT uuid, dependencies FROM queue_job
     WHERE graph_uuid = %(graph)s AND {WILL_RUN} LIMIT 20) AS sibling
 WHERE uuid != %(uuid)s
   AND dependencies::jsonb -> 'reverse_depends_on' @> %(children)s::jsonb
 LIMIT 1
"""

# Index: queue_job__uuid_index.
RELEASED = """
UPDATE queue_job SET release_due = NULL WHERE uuid = ANY(%(uuids)s) AND release_due
"""

# Index: primary key. What a running job says about itself, from the watcher's session.
NOTE_PROGRESS = """
UPDATE queue_job_lease
   SET job_id = %(job)s, progress_done = %(done)s, progress_total = %(total)s,
       progress_message = %(message)s
 WHERE id = %(lease)s
"""

# Index: primary keys. Asks whoever holds the job to end it.
ASK_TO_STOP = """
UPDATE queue_job_lease lease SET stop_job_id = job.id, stop_by = %(by)s
  FROM queue_job job
 WHERE job.id = ANY(%(ids)s) AND job.state = 'started' AND lease.id = job.lease_id
"""
STOPS_ASKED = """
SELECT id, stop_job_id, stop_by FROM queue_job_lease
 WHERE id = ANY(%(leases)s) AND stop_job_id IS NOT NULL
"""

# Index: primary key. A job that did not start to do anything that lasts: not counted.
RETURN = f"""
UPDATE queue_job
   SET {states.RETRY.set_clause()}
 WHERE id = %(id)s
"""

# Index: primary key. The job's thread does not come back: it loses its lease.
TAKE_FROM_STUCK = """
UPDATE queue_job SET lease_id = NULL
 WHERE id = %(id)s AND lease_id IS NOT DISTINCT FROM %(lease)s AND state = 'started'
RETURNING id
"""

# Index: primary key. Locks one row, so that the lease stays until what a job wrote on a
# cursor of its own is committed.
HOLDS_LEASE = """
SELECT 1 FROM queue_job
 WHERE id = %(id)s AND lease_id IS NOT DISTINCT FROM %(lease)s AND state = 'started'
   FOR SHARE
"""
