"""Registration of workers, and recovery of the jobs of dead workers."""

from . import DISPATCH_LOCK, NOTIFY_CHANNEL, NOW, WAKE, WORKER_LOCK
from .deaths import UNKNOWN_REASON
from .prepared import Prepared

# PostgreSQL notices a disconnected process within these seconds and drops its locks.
WATCH_SESSION = f"""
SET tcp_keepalives_idle TO 5;
SET tcp_keepalives_interval TO 2;
SET tcp_keepalives_count TO 4;
LISTEN {NOTIFY_CHANNEL}
"""

# A job may have changed session settings, taken session locks, or created temporary
# tables; the next one must not see them. Dates are read as ISO.
CLEAN_SESSION = """
RESET SESSION AUTHORIZATION;
RESET ALL;
SET datestyle TO ISO;
DISCARD TEMP;
UNLISTEN *;
SELECT pg_advisory_unlock_all()
"""

# The id is locked before the row is visible, so that it never looks dead.
NEW_WORKER_ID = f"""
SELECT id, pg_advisory_lock({WORKER_LOCK}, id::int)
  FROM nextval('queue_job_worker_id_seq') AS id
"""
REGISTER = f"""
INSERT INTO queue_job_worker (id, node, pid, kind, slot, date_start, heartbeat, idle)
VALUES (%(id)s, %(node)s, %(pid)s, %(kind)s, %(slot)s, {NOW}, {NOW}, FALSE)
"""

# The session that runs this: its process id, and its start, as ids are reused.
OWN_BACKEND = """
SELECT pid, extract(epoch FROM backend_start)::float8
  FROM pg_stat_get_activity(pg_backend_pid())
"""

# The monitoring connection was given up, and another one replaces it. PostgreSQL may
# not have noticed, so that the old session would hold the locks of its workers for
# hours: it is ended. This one waits for the locks, so it gets them before others can.
TAKE_OVER = f"""
SELECT pg_terminate_backend(pid) FROM pg_stat_get_activity(%(pid)s)
 WHERE pid = %(pid)s AND extract(epoch FROM backend_start)::float8 = %(start)s;
SELECT pg_advisory_lock({WORKER_LOCK}, id) FROM unnest(%(ids)s) AS id
"""

# State of sessions whose answers are awaited. Silent: there is no command, or its
# answer cannot be sent. The state is unknown if it is not tracked, or of another role.
SESSIONS = """
SELECT pid, extract(epoch FROM backend_start)::float8, state,
       extract(epoch FROM state_change)::float8,
       COALESCE(state LIKE 'idle%%'
                OR (state = 'active' AND wait_event = 'ClientWrite'), FALSE),
       COALESCE(query ~* '^\\s*copy\\M', FALSE)
  FROM unnest(%(pids)s) AS asked, LATERAL pg_stat_get_activity(asked)
 WHERE pid = asked
"""

CANCEL = "SELECT pg_cancel_backend(%(pid)s)"

# Ids of workers that were not considered dead.
STILL_REGISTERED = "SELECT id FROM queue_job_worker WHERE id = ANY(%(ids)s)"

# Index: primary key. Locks a row for each worker of the process; a missing one was
# considered dead.
HEARTBEAT = f"""
UPDATE queue_job_worker SET heartbeat = {NOW} WHERE id = ANY(%(ids)s) RETURNING id
"""

UNREGISTER = f"""
DELETE FROM queue_job_worker WHERE id = ANY(%(ids)s);
{WAKE}
"""

# Is there anything to supervise? No lock.
OTHERS_HOLD_LEASES = """
SELECT EXISTS (SELECT 1 FROM queue_job_lease WHERE worker_id != ALL(%(ids)s))
"""

# Workers whose lock is free, or whose heartbeat is old. A lock that could be taken is
# held until the end of the transaction, so a dead worker is reaped once.
FIND_DEAD = f"""
SELECT id FROM queue_job_worker
 WHERE id != ALL(%(ids)s)
   AND (pg_try_advisory_xact_lock({WORKER_LOCK}, id)
        OR heartbeat < {NOW} - %(timeout)s * interval '1 second')
"""

LOCK_DISPATCH = f"SELECT pg_advisory_xact_lock({DISPATCH_LOCK})"

# A frozen worker's transaction may hold locks that its jobs will need elsewhere, and
# must no longer commit: end it. In a database copy the process ids mean nothing.
END_SESSIONS = """
SELECT pg_terminate_backend(activity.pid)
  FROM queue_job_lease lease
  JOIN pg_stat_get_activity(lease.backend_pid) activity
    ON extract(epoch FROM activity.backend_start)::float8 = lease.backend_start
 WHERE lease.worker_id = ANY(%(ids)s) AND activity.pid != pg_backend_pid()
   AND activity.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

# Index: queue_job_lease_index. Locks the jobs of these workers, without waiting: locked
# rows are skipped. For a running job the attempt and the death are counted; the limit
# of deaths is checked at its next start. If PostgreSQL itself was restarted no job is
# to blame.
_IS_TO_BLAME = "(SELECT is_to_blame::int FROM held WHERE held.id = queue_job.id)"
_REASON = "(SELECT reason FROM held WHERE held.id = queue_job.id AND is_to_blame)"
TAKE_BACK = Prepared(
    f"""
WITH held AS (
    SELECT job.id,
           job.state = 'started' AND %(blame)s AND lease.date_start
               > (pg_postmaster_start_time() AT TIME ZONE 'UTC') AS is_to_blame,
           COALESCE(lease.death_reason, {UNKNOWN_REASON}) AS reason
      FROM queue_job_lease lease
      JOIN queue_job_worker worker ON worker.id = lease.worker_id
      JOIN queue_job job ON job.lease_id = lease.id
     WHERE lease.worker_id = ANY(%(ids)s) AND job.state IN ('enqueued', 'started')
       FOR NO KEY UPDATE OF job SKIP LOCKED)
UPDATE queue_job
   SET state = 'pending', lease_id = NULL,
       retry = COALESCE(retry, 0) + {_IS_TO_BLAME},
       worker_deaths = COALESCE(worker_deaths, 0) + {_IS_TO_BLAME},
       death_reason = COALESCE({_REASON}, death_reason)
 WHERE id = ANY(ARRAY(SELECT id FROM held))
RETURNING uuid
""",
    ids="int[]",
    blame="bool",
)
# Rows that were locked at that moment are found by TAKE_BACK_ORPHANS.
DELETE_LEASES = "DELETE FROM queue_job_lease WHERE worker_id = ANY(%(ids)s)"

# Index: queue_job_lease_index. Workers with a locked job left are found again.
DELETE_LEASES_WITHOUT_JOBS = """
DELETE FROM queue_job_lease lease
 WHERE worker_id = ANY(%(ids)s) AND NOT EXISTS (
        SELECT 1 FROM queue_job
         WHERE lease_id = lease.id AND state IN ('enqueued', 'started'))
"""
DELETE_WORKERS_WITHOUT_LEASES = """
DELETE FROM queue_job_worker worker
 WHERE id = ANY(%(ids)s)
   AND NOT EXISTS (SELECT 1 FROM queue_job_lease WHERE worker_id = worker.id)
RETURNING id
"""

# A worker gives up its id: its jobs are taken back as those of a dead one.
UNLOCK = f"SELECT pg_advisory_unlock({WORKER_LOCK}, %(id)s)"

# Index: queue_job__state_index. Orphaned jobs: set manually, left by another runner, or
# by a deleted worker. Those whose lock row is held by a process are skipped.
TAKE_BACK_ORPHANS = f"""
UPDATE queue_job
   SET state = 'pending', lease_id = NULL,
       retry = COALESCE(retry, 0) + CASE WHEN state = 'started' THEN 1 ELSE 0 END,
       worker_deaths = COALESCE(worker_deaths, 0)
                     + CASE WHEN state = 'started' THEN 1 ELSE 0 END
 WHERE id IN (
    SELECT job.id FROM queue_job job
     WHERE job.state IN ('enqueued', 'started')
       AND NOT EXISTS (SELECT 1 FROM queue_job_lease WHERE id = job.lease_id)
       AND (job.date_enqueued IS NULL
            OR job.date_enqueued < {NOW} - interval '10 seconds')
       AND (NOT EXISTS (SELECT 1 FROM queue_job_lock WHERE queue_job_id = job.id)
            OR EXISTS (SELECT 1 FROM queue_job_lock WHERE queue_job_id = job.id
                          FOR UPDATE SKIP LOCKED))
       FOR UPDATE OF job SKIP LOCKED)
RETURNING uuid
"""
