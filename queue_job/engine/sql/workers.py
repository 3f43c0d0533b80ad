"""Who is alive, and what the dead leave behind."""

from ...job import states
from . import DISPATCH_LOCK, NOTIFY_CHANNEL, NOW, WAKE, WORKER_LOCK
from .deaths import UNKNOWN_REASON
from .prepared import Prepared

# The server notices a node that was cut off within these seconds and drops its lock.
WATCH_SESSION = f"""
SET tcp_keepalives_idle TO 5;
SET tcp_keepalives_interval TO 2;
SET tcp_keepalives_count TO 4;
LISTEN {NOTIFY_CHANNEL}
"""

# A job may have changed the settings of its session, taken locks for its length, or
# made temporary tables; the next one is not to find them. Dates are read as ISO.
CLEAN_SESSION = """
RESET SESSION AUTHORIZATION;
RESET ALL;
SET datestyle TO ISO;
DISCARD TEMP;
UNLISTEN *;
SELECT pg_advisory_unlock_all()
"""

# The id is locked before the row can be seen, so that nobody takes it for dead.
NEW_WORKER_ID = f"""
SELECT id, pg_advisory_lock({WORKER_LOCK}, id::int)
  FROM nextval('queue_job_worker_id_seq') AS id
"""
REGISTER = f"""
INSERT INTO queue_job_worker (id, node, pid, kind, slot, date_start, heartbeat, idle)
VALUES (%(id)s, %(node)s, %(pid)s, %(kind)s, %(slot)s, {NOW}, {NOW}, FALSE)
"""

# The session that runs it: its process id, and its start, as ids are used again.
OWN_BACKEND = """
SELECT pid, extract(epoch FROM backend_start)::float8
  FROM pg_stat_get_activity(pg_backend_pid())
"""

# The monitoring connection was given up, and another one takes its place. The server
# may not have noticed, so that the session holds the locks of its workers for hours: it
# is ended. This one waits for the locks, so it gets them before anybody else can try.
TAKE_OVER = f"""
SELECT pg_terminate_backend(pid) FROM pg_stat_get_activity(%(pid)s)
 WHERE pid = %(pid)s AND extract(epoch FROM backend_start)::float8 = %(start)s;
SELECT pg_advisory_lock({WORKER_LOCK}, id) FROM unnest(%(ids)s) AS id
"""

# What sessions do, for those who wait for their answers. Silent: there is no command,
# or its answer is stuck on the way. The state is unknown when it is not tracked, or of
# another role.
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

# Ids that nobody took for those of dead workers.
STILL_REGISTERED = "SELECT id FROM queue_job_worker WHERE id = ANY(%(ids)s)"

# Index: primary key. Locks a row for each worker of the process; a missing one was
# taken for dead.
HEARTBEAT = f"""
UPDATE queue_job_worker SET heartbeat = {NOW} WHERE id = ANY(%(ids)s) RETURNING id
"""

UNREGISTER = f"""
DELETE FROM queue_job_worker WHERE id = ANY(%(ids)s);
{WAKE}
"""

# Is there anything to watch over? No lock.
OTHERS_HOLD_LEASES = """
SELECT EXISTS (SELECT 1 FROM queue_job_lease WHERE worker_id != ALL(%(ids)s))
"""

# Workers whose lock is free, or whose heartbeat is old. A lock that could be taken is
# held until the end of the transaction, so a dead worker is buried once.
FIND_DEAD = f"""
SELECT id FROM queue_job_worker
 WHERE id != ALL(%(ids)s)
   AND (pg_try_advisory_xact_lock({WORKER_LOCK}, id)
        OR heartbeat < {NOW} - %(timeout)s * interval '1 second')
"""

LOCK_DISPATCH = f"SELECT pg_advisory_xact_lock({DISPATCH_LOCK})"

# A frozen worker's transaction may hold locks its jobs will need elsewhere, and must
# not commit any more: end it. The numbers in a copy of a database mean nothing.
END_SESSIONS = """
SELECT pg_terminate_backend(activity.pid)
  FROM queue_job_lease lease
  JOIN pg_stat_get_activity(lease.backend_pid) activity
    ON extract(epoch FROM activity.backend_start)::float8 = lease.backend_start
 WHERE lease.worker_id = ANY(%(ids)s) AND activity.pid != pg_backend_pid()
   AND activity.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

# Index: queue_job_lease_index. Locks the jobs of these workers, but for those that
# somebody holds at this moment: nobody waits. A job that ran counts the try and the
# death; how many of them it survives is decided when it is next taken up. When the
# server itself was restarted no job is to blame.
_IS_TO_BLAME = "(SELECT is_to_blame::int FROM held WHERE held.id = queue_job.id)"
_REASON = "(SELECT reason FROM held WHERE held.id = queue_job.id AND is_to_blame)"
_TAKE_BACK = states.RESCUE.set_clause(
    retry=f"COALESCE(retry, 0) + {_IS_TO_BLAME}",
    worker_deaths=f"COALESCE(worker_deaths, 0) + {_IS_TO_BLAME}",
    death_reason=f"COALESCE({_REASON}, death_reason)",
)
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
     WHERE lease.worker_id = ANY(%(ids)s) AND {states.RESCUE.starts_from("job")}
       FOR NO KEY UPDATE OF job SKIP LOCKED)
UPDATE queue_job
   SET {_TAKE_BACK}
 WHERE id = ANY(ARRAY(SELECT id FROM held))
RETURNING uuid
""",
    ids="int[]",
    blame="bool",
)
# What somebody held at that moment is found by TAKE_BACK_ORPHANS.
DELETE_LEASES = "DELETE FROM queue_job_lease WHERE worker_id = ANY(%(ids)s)"

# Index: queue_job_lease_index. Whoever left a job that somebody held is found again.
DELETE_LEASES_WITHOUT_JOBS = f"""
DELETE FROM queue_job_lease lease
 WHERE worker_id = ANY(%(ids)s) AND NOT EXISTS (
        SELECT 1 FROM queue_job
         WHERE lease_id = lease.id AND {states.in_states(states.LEASED_STATES)})
"""
DELETE_WORKERS_WITHOUT_LEASES = """
DELETE FROM queue_job_worker worker
 WHERE id = ANY(%(ids)s)
   AND NOT EXISTS (SELECT 1 FROM queue_job_lease WHERE worker_id = worker.id)
RETURNING id
"""

# A worker gives up its id: its jobs are taken back as those of a dead one.
UNLOCK = f"SELECT pg_advisory_unlock({WORKER_LOCK}, %(id)s)"

# Index: queue_job__state_index. Jobs that run for nobody: written by hand, left by
# another runner, or by a worker that was deleted. Those of a process that holds the
# lock row of the job are let be.
_HAD_BEGUN = "CASE WHEN state = 'started' THEN 1 ELSE 0 END"
_TAKE_BACK_ORPHANS = states.RESCUE.set_clause(
    retry=f"COALESCE(retry, 0) + {_HAD_BEGUN}",
    worker_deaths=f"COALESCE(worker_deaths, 0) + {_HAD_BEGUN}",
)
TAKE_BACK_ORPHANS = f"""
UPDATE queue_job
   SET {_TAKE_BACK_ORPHANS}
 WHERE id IN (
    SELECT job.id FROM queue_job job
     WHERE {states.RESCUE.starts_from("job")}
       AND NOT EXISTS (SELECT 1 FROM queue_job_lease WHERE id = job.lease_id)
       AND (job.date_enqueued IS NULL
            OR job.date_enqueued < {NOW} - interval '10 seconds')
       AND (NOT EXISTS (SELECT 1 FROM queue_job_lock WHERE queue_job_id = job.id)
            OR EXISTS (SELECT 1 FROM queue_job_lock WHERE queue_job_id = job.id
                          FOR UPDATE SKIP LOCKED))
       FOR UPDATE OF job SKIP LOCKED)
RETURNING uuid
"""
