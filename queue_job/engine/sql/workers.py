"""Who is alive, and what the dead leave behind."""

from . import DISPATCH_LOCK, NOTIFY_CHANNEL, NOW, WORKER_LOCK

# The server notices a node that was cut off within these seconds and drops its lock.
WATCH_SESSION = f"""
SET statement_timeout TO '15s';
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

# After a broken connection: ids that are still known and whose lock could be had again.
RELOCK = f"""
SELECT id FROM queue_job_worker
 WHERE id = ANY(%(ids)s) AND pg_try_advisory_lock({WORKER_LOCK}, id)
"""

# Index: primary key. Locks a row for each worker of the process; a missing one was
# taken for dead.
HEARTBEAT = f"""
UPDATE queue_job_worker SET heartbeat = {NOW} WHERE id = ANY(%(ids)s) RETURNING id
"""

UNREGISTER = f"""
DELETE FROM queue_job_worker WHERE id = ANY(%(ids)s);
NOTIFY {NOTIFY_CHANNEL}
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
# not commit any more: end it.
END_SESSIONS = """
SELECT pg_terminate_backend(activity.pid)
  FROM queue_job_lease lease
  JOIN pg_stat_get_activity(lease.backend_pid) activity
    ON extract(epoch FROM activity.backend_start)::float8 = lease.backend_start
 WHERE lease.worker_id = ANY(%(ids)s) AND activity.pid != pg_backend_pid()
"""

# Index: queue_job_lease_index. Locks the jobs of the dead. A job that ran counts the
# try and the death; how many of them it survives is decided when it is next taken up.
# When the server itself was restarted no job is to blame.
_TAKE_BACK = """
UPDATE queue_job
   SET state = 'pending', lease_id = NULL,
       retry = COALESCE(retry, 0)
             + CASE WHEN state = 'started' AND %(blame)s THEN 1 ELSE 0 END,
       worker_deaths = COALESCE(worker_deaths, 0)
             + CASE WHEN state = 'started' AND %(blame)s THEN 1 ELSE 0 END
 WHERE state IN ('enqueued', 'started') AND {which}
RETURNING uuid
"""
TAKE_BACK_OF_WORKERS = _TAKE_BACK.format(
    which="""lease_id IN (
        SELECT id FROM queue_job_lease WHERE worker_id = ANY(%(ids)s))"""
)
TAKE_BACK_LEASE = _TAKE_BACK.format(which="lease_id = %(lease)s")
LEASE_IS_OLDER_THAN_SERVER = """
SELECT date_start < (pg_postmaster_start_time() AT TIME ZONE 'UTC')
  FROM queue_job_lease WHERE id = %(lease)s
"""
END_LEASE = "DELETE FROM queue_job_lease WHERE id = %(lease)s"
DELETE_LEASES = "DELETE FROM queue_job_lease WHERE worker_id = ANY(%(ids)s)"
DELETE_WORKERS = "DELETE FROM queue_job_worker WHERE id = ANY(%(ids)s)"

SERVER_RESTARTED = """
SELECT COALESCE(
           max(date_start) < (pg_postmaster_start_time() AT TIME ZONE 'UTC'), FALSE)
  FROM queue_job_worker WHERE id = ANY(%(ids)s)
"""

# Index: queue_job__state_index. Jobs that run for nobody: written by hand, left by
# another runner, or by a worker that was deleted. Those of a process that holds the
# lock row of the job are let be.
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
