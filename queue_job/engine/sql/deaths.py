"""Records why jobs lost their workers, on the lease or on jobs already taken back."""

# Stands for a reason not recorded (yet); ``worker`` is a row of queue_job_worker.
UNKNOWN_REASON = """
'Process ' || worker.pid || ' on ' || worker.node
    || ' ended or froze, for an unknown reason'
"""

# Index: primary key. Locks one row, which its worker does not lock between jobs.
NOTE_ON_LEASE = """
UPDATE queue_job_lease SET death_reason = %(reason)s WHERE id = %(lease)s
"""

# Few rows: the current leases. Those being taken back at this moment are handled below.
NOTE_ON_LEASES_OF_PROCESS = """
UPDATE queue_job_lease SET death_reason = %(reason)s
 WHERE id = ANY(ARRAY(
    SELECT lease.id FROM queue_job_lease lease
      JOIN queue_job_worker worker ON worker.id = lease.worker_id
     WHERE worker.pid = %(pid)s AND worker.node = %(node)s
       FOR UPDATE OF lease SKIP LOCKED))
"""

# Index: queue_job_death_reason_index. The same for jobs that were taken back before the
# reason was known; also in the error message of those that failed for it.
NOTE_ON_JOBS_OF_PROCESS = f"""
UPDATE queue_job
   SET death_reason = %(reason)s,
       exc_message = replace(exc_message, death_reason, %(reason)s),
       exc_info = replace(exc_info, death_reason, %(reason)s)
 WHERE death_reason = (
    SELECT {UNKNOWN_REASON} FROM (VALUES (%(pid)s, %(node)s)) AS worker(pid, node))
"""
