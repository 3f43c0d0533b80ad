"""The statements of :class:`.Job`, except the INSERT of :mod:`.insert`.

Each documents the index that finds its rows and the lock it takes. The jobs of a worker
are claimed and finished by the statements of the engine, which imports from here.
"""

from .fields import LOADED_COLUMNS
from .states import CANCEL_DEPENDENT, RELEASE

#: Index on uuid.
SELECT = f"SELECT {', '.join(LOADED_COLUMNS)} FROM queue_job WHERE uuid = ANY(%s)"

#: Index on uuid.
SELECT_UNFINISHED = (
    "SELECT 1 FROM queue_job WHERE uuid = ANY(%s) AND state != 'done' LIMIT 1"
)

#: The waiting job with an identity key; the function has the index.
SELECT_WAITING = "SELECT queue_job_waiting(%s)"

#: Primary key; locks the row. ``assignments`` are columns with placeholders.
UPDATE = "UPDATE queue_job SET {assignments} WHERE id = %s"

#: Index on uuid. The row that stays locked while a job runs.
INSERT_LOCK = """
INSERT INTO queue_job_lock (id, queue_job_id)
SELECT id, id FROM queue_job WHERE uuid = %s
ON CONFLICT (id) DO NOTHING
"""

#: Index on uuid. Locks the row of queue_job_lock; no row if it is locked.
LOCK_STARTED = """
SELECT lock.id
  FROM queue_job_lock lock
  JOIN queue_job job ON job.id = lock.queue_job_id
 WHERE job.uuid = %s AND job.state = 'started'
   FOR NO KEY UPDATE OF lock SKIP LOCKED
"""

#: The dependents that wait for nothing else; BY_UUID or BY_GRAPH finds them, LOCK_READY
#: locks their rows.
SELECT_READY = f"""
SELECT dependent.id
  FROM queue_job dependent
 WHERE {RELEASE.starts_from("dependent")}
   AND NOT EXISTS (
        SELECT 1
          FROM jsonb_array_elements_text(
                   dependent.dependencies::jsonb -> 'depends_on') AS u
          JOIN queue_job parent ON parent.uuid = u
         WHERE parent.state != 'done')
"""
LOCK_READY = "FOR NO KEY UPDATE OF dependent"
#: Index on uuid.
BY_UUID = " AND dependent.uuid = ANY(%(dependents)s)"
#: Index on graph_uuid. For a parent stored before its dependents were added, whose row
#: does not list them.
BY_GRAPH = """
   AND dependent.graph_uuid = %(graph)s
   AND dependent.dependencies::jsonb -> 'depends_on' ? %(uuid)s
"""

#: Index on uuid. Descends the graph, and stops on each branch at the first job that is
#: not waiting.
SELECT_DESCENDANTS = f"""
WITH RECURSIVE descendant(id, dependencies) AS (
    SELECT id, dependencies FROM queue_job WHERE uuid = %(uuid)s
    UNION
    SELECT dependent.id, dependent.dependencies
      FROM descendant,
           jsonb_array_elements_text(
               descendant.dependencies::jsonb -> 'reverse_depends_on') AS u
      JOIN queue_job dependent ON dependent.uuid = u
     WHERE {CANCEL_DEPENDENT.starts_from("dependent")})
SELECT descendant.id
  FROM descendant JOIN queue_job ON queue_job.id = descendant.id
 WHERE queue_job.uuid != %(uuid)s
"""
