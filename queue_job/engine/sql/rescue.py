"""Rescues the jobs of dead workers, and those left on a lease that is replaced."""

from ...job import states
from . import NOW, WORKER_LOCK
from .prepared import Prepared

# Stands for a reason not recorded (yet); ``worker`` is a row of queue_job_worker.
UNKNOWN_REASON = """
'Process ' || worker.pid || ' on ' || worker.node
    || ' ended or froze, for an unknown reason'
"""

# Workers whose lock is free, or whose heartbeat is old. A lock that could be taken is
# held until the end of the transaction, so a dead worker is reaped once.
FIND_DEAD = f"""
SELECT id FROM queue_job_worker
 WHERE id != ALL(%(ids)s)
   AND (pg_try_advisory_xact_lock({WORKER_LOCK}, id)
        OR heartbeat < {NOW} - %(timeout)s * interval '1 second')
"""

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
_RESCUED = states.RESCUE.set_clause(
    retry=f"COALESCE(retry, 0) + {_IS_TO_BLAME}",
    worker_deaths=f"COALESCE(worker_deaths, 0) + {_IS_TO_BLAME}",
    death_reason=f"COALESCE({_REASON}, death_reason)",
)
RESCUE_JOBS = Prepared(
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
   SET {_RESCUED}
 WHERE id = ANY(ARRAY(SELECT id FROM held))
RETURNING uuid
""",
    ids="int[]",
    blame="bool",
)
# Rows that were locked at that moment are found by RESCUE_ORPHANS.
DELETE_LEASES = "DELETE FROM queue_job_lease WHERE worker_id = ANY(%(ids)s)"

# Index: queue_job_lease_index. Workers with a locked job left are found again.
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

# Index: queue_job__state_index. Orphaned jobs: set manually, left by another runner, or
# by a deleted worker. Those whose lock row is held by a process are skipped.
_HAD_BEGUN = "CASE WHEN state = 'started' THEN 1 ELSE 0 END"
_RESCUED_ORPHANS = states.RESCUE.set_clause(
    retry=f"COALESCE(retry, 0) + {_HAD_BEGUN}",
    worker_deaths=f"COALESCE(worker_deaths, 0) + {_HAD_BEGUN}",
)
RESCUE_ORPHANS = f"""
UPDATE queue_job
   SET {_RESCUED_ORPHANS}
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
