"""Registration of workers, their heartbeat, and why processes ended."""

from ..sql import NOTIFY_CHANNEL, NOTIFY_WORKERS, NOW, WORKER_LOCK
from ..sql.rescue import UNKNOWN_REASON

# Index: of ir_module_module on name. The worker table exists once the addon's
# installation got that far, whatever state an update gives to the module.
IS_SERVED = """
SELECT to_regclass('queue_job_worker') IS NOT NULL
   AND to_regclass('ir_module_module') IS NOT NULL
"""
IS_INSTALLED = """
SELECT 1 FROM ir_module_module
 WHERE name = 'queue_job' AND state IN ('installed', 'to upgrade')
"""

# PostgreSQL notices a host that was cut off within these seconds and drops its lock.
WATCH_SESSION = f"""
SET tcp_keepalives_idle TO 5;
SET tcp_keepalives_interval TO 2;
SET tcp_keepalives_count TO 4;
LISTEN {NOTIFY_CHANNEL}
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

# The monitoring connection was closed, and another one replaces it. PostgreSQL may not
# have noticed, and the old session might hold the locks of the workers for hours: it is
# ended. This one waits for the locks, so it gets them before other processes can.
TAKE_OVER = f"""
SELECT pg_terminate_backend(pid) FROM pg_stat_get_activity(%(pid)s)
 WHERE pid = %(pid)s AND extract(epoch FROM backend_start)::float8 = %(start)s;
SELECT pg_advisory_lock({WORKER_LOCK}, id) FROM unnest(%(ids)s) AS id
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
{NOTIFY_WORKERS}
"""

# Is there anything to supervise? No lock.
OTHERS_HOLD_LEASES = """
SELECT EXISTS (SELECT 1 FROM queue_job_lease WHERE worker_id != ALL(%(ids)s))
"""

# A worker gives up its id: its jobs are rescued as those of a dead one.
UNLOCK = f"SELECT pg_advisory_unlock({WORKER_LOCK}, %(id)s)"

# Few rows: the current leases. Those being rescued at this moment are handled below.
NOTE_ON_LEASES_OF_PROCESS = """
UPDATE queue_job_lease SET death_reason = %(reason)s
 WHERE id = ANY(ARRAY(
    SELECT lease.id FROM queue_job_lease lease
      JOIN queue_job_worker worker ON worker.id = lease.worker_id
     WHERE worker.pid = %(pid)s AND worker.node = %(node)s
       FOR UPDATE OF lease SKIP LOCKED))
"""

# Index: queue_job_death_reason_index. The same for jobs that were rescued before the
# reason was known; also in the error message of those that failed for it.
NOTE_ON_JOBS_OF_PROCESS = f"""
UPDATE queue_job
   SET death_reason = %(reason)s,
       exc_message = replace(exc_message, death_reason, %(reason)s),
       exc_info = replace(exc_info, death_reason, %(reason)s)
 WHERE death_reason = (
    SELECT {UNKNOWN_REASON} FROM (VALUES (%(pid)s, %(node)s)) AS worker(pid, node))
"""
