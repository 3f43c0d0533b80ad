"""Why jobs lost their workers: left on the lease, or brought to jobs taken back."""

# Stands for a reason that nobody left (yet); ``worker`` is a row of queue_job_worker.
UNKNOWN_REASON = """
'Process ' || worker.pid || ' on ' || worker.node
    || ' ended, or stood still, and nobody knows why'
"""

# Index: primary key. Locks one row, which its worker holds no lock on between jobs.
NOTE_ON_LEASE = """
UPDATE queue_job_lease SET death_reason = %(reason)s WHERE id = %(lease)s
"""

# Few rows: the leases there are now. Those that somebody takes back at this moment are
# found below.
NOTE_ON_LEASES_OF_PROCESS = """
UPDATE queue_job_lease SET death_reason = %(reason)s
 WHERE id = ANY(ARRAY(
    SELECT lease.id FROM queue_job_lease lease
      JOIN queue_job_worker worker ON worker.id = lease.worker_id
     WHERE worker.pid = %(pid)s AND worker.node = %(node)s
       FOR UPDATE OF lease SKIP LOCKED))
"""

# Index: queue_job_death_reason_index. The same for jobs that were taken back before the
# reason was known; the message of those that failed for it says it too.
NOTE_ON_JOBS_OF_PROCESS = f"""
UPDATE queue_job
   SET death_reason = %(reason)s,
       exc_message = replace(exc_message, death_reason, %(reason)s),
       exc_info = replace(exc_info, death_reason, %(reason)s)
 WHERE death_reason = (
    SELECT {UNKNOWN_REASON} FROM (VALUES (%(pid)s, %(node)s)) AS worker(pid, node))
"""
