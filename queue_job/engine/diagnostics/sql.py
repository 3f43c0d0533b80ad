"""Explains why a job waits, and the status of the queue. Read only, no lock."""

from ..claim.sql.claim import CHANNEL_COLUMNS, MODULES_CHANGE
from ..sql import NOW, WORKER_LOCK
from ..sql.conditions import CHANNEL, READY

JOB = f"""
SELECT id, state, {CHANNEL} AS raw_channel, priority, date_created, eta,
       extract(epoch FROM eta - {NOW})::float8 AS seconds_to_eta,
       COALESCE(extract(epoch FROM {NOW} - GREATEST(date_created, eta)), 0)::float8
           AS waited,
       concurrency_key, concurrency_limit, dependencies, exc_message, retry, result,
       {READY} AS is_ready
  FROM queue_job WHERE uuid = %(uuid)s
"""

# A worker is alive while it holds the lock on its id and sends heartbeats.
_IS_ALIVE = f"""
       heartbeat > {NOW} - %(timeout)s * interval '1 second'
   AND EXISTS (
        SELECT 1 FROM pg_locks
         WHERE locktype = 'advisory' AND granted AND classid = {WORKER_LOCK}
           AND objid = worker.id
           AND database = (SELECT oid FROM pg_database
                            WHERE datname = current_database()))"""
ALIVE = f"SELECT count(*) FROM queue_job_worker worker WHERE {_IS_ALIVE}"

CHANNELS = f"""
SELECT {CHANNEL_COLUMNS} FROM queue_job_channel WHERE complete_name IS NOT NULL
"""
LEASES = "SELECT channel, count(*) FROM queue_job_lease GROUP BY channel"
SINCE_START = f"""
SELECT channel, extract(epoch FROM {NOW} - last_start)::float8 FROM queue_job_throttle
"""

MODULES = f"SELECT name FROM ir_module_module WHERE id IN ({MODULES_CHANGE})".replace(
    "SELECT 1", "SELECT id"
)

# Index: queue_job_lease_index.
HOLDERS = """
SELECT job.uuid, job.name
  FROM queue_job job JOIN queue_job_lease lease ON lease.id = job.lease_id
 WHERE job.state IN ('enqueued', 'started')
   AND EXISTS (
        SELECT 1 FROM unnest(%(names)s) AS name
         WHERE lease.channel = name OR starts_with(lease.channel, name || '.'))
 ORDER BY job.date_started NULLS LAST LIMIT 5
"""
KEY_HOLDERS = """
SELECT uuid, name FROM queue_job
 WHERE lease_id IS NOT NULL AND state IN ('enqueued', 'started')
   AND concurrency_key = %(key)s
 LIMIT 5
"""
# Index: primary key.
NAME = "SELECT uuid, name FROM queue_job WHERE id = %(id)s"
AHEAD = f"""
SELECT count(*) FROM queue_job
 WHERE {READY} AND {CHANNEL} = %(raw_channel)s
   AND (priority, date_created, id) < (%(priority)s, %(date_created)s, %(id)s)
"""

# The job of each live worker: the one it runs, or the first one it will run.
# Index: queue_job_lease_index.
BUSY = f"""
SELECT job.uuid, job.name, COALESCE(job.date_started, lease.date_start)
  FROM queue_job_worker worker
  LEFT JOIN queue_job_lease lease ON lease.worker_id = worker.id
  LEFT JOIN LATERAL (
        SELECT uuid, name, date_started FROM queue_job
         WHERE lease_id = lease.id AND state IN ('enqueued', 'started')
         ORDER BY state DESC LIMIT 1) AS job ON TRUE
 WHERE {_IS_ALIVE}
 ORDER BY 3
"""

# Is the scheduled action that runs jobs without workers active?
CRON = """
SELECT cron.active FROM ir_cron cron JOIN ir_model_data data ON data.res_id = cron.id
 WHERE data.module = 'queue_job' AND data.name = 'ir_cron_run_jobs'
   AND data.model = 'ir.cron'
"""

# Index: queue_job__uuid_index.
PARENTS = """
SELECT parent.uuid, parent.state, parent.name
  FROM jsonb_array_elements_text(%(dependencies)s::jsonb -> 'depends_on') AS link
  JOIN queue_job parent ON parent.uuid = link
 WHERE parent.state != 'done' LIMIT 5
"""

# Index: queue_job__state_index.
STATES = f"""
SELECT {CHANNEL}, state, count(*),
       extract(epoch FROM {NOW} - min(date_created))::float8
  FROM queue_job
 WHERE state IN ('pending', 'enqueued', 'started', 'failed', 'wait_dependencies')
 GROUP BY 1, 2
"""
# A job with an eta waits since its eta.
# Index: queue_job_ready_index, all of it.
OLDEST = f"""
SELECT uuid, extract(epoch FROM {NOW} - GREATEST(date_created, eta))::float8
  FROM queue_job
 WHERE {READY} ORDER BY GREATEST(date_created, eta) LIMIT 1
"""
# Index: queue_job_ready_index, all of it.
WAITS = f"""
SELECT {CHANNEL}, extract(epoch FROM {NOW} - min(GREATEST(date_created, eta)))::float8
  FROM queue_job WHERE {READY} GROUP BY 1
"""
_DONE_LATELY = f"""
    SELECT count(*) FROM queue_job
     WHERE date_done > (SELECT {NOW}) - interval '1 minute'"""
# Index: queue_job_channel_date_done_date_created_index, one descent to the next channel
# and one to its last minute: the number of jobs done before does not matter.
DONE = f"""
WITH RECURSIVE known AS (
    (SELECT channel FROM queue_job ORDER BY channel LIMIT 1)
    UNION ALL
    SELECT (SELECT channel FROM queue_job
             WHERE channel > known.channel ORDER BY channel LIMIT 1)
      FROM known WHERE known.channel IS NOT NULL
)
SELECT recent.channel, recent.count
  FROM (SELECT known.channel, ({_DONE_LATELY} AND channel = known.channel) AS count
          FROM known WHERE known.channel IS NOT NULL
        UNION ALL
        SELECT '', ({_DONE_LATELY} AND channel IS NULL)) AS recent
 WHERE recent.count > 0
"""
WORKERS = f"""
SELECT node, kind, pid, slot, idle, extract(epoch FROM {NOW} - heartbeat)::float8,
       (SELECT job.uuid FROM queue_job_lease lease
          JOIN queue_job job ON job.lease_id = lease.id AND job.state = 'started'
         WHERE lease.worker_id = queue_job_worker.id LIMIT 1)
  FROM queue_job_worker ORDER BY node, pid, slot
"""
