"""Statements of the job model; they take no lock."""

from ...engine.sql.conditions import CHANNEL

#: Index on graph_uuid.
SELECT_LINKED = """(
    SELECT id FROM queue_job
     WHERE dependencies::jsonb -> %s ?| %s::text[] AND graph_uuid = ANY(%s::text[]))"""

#: Reads the whole table.
SELECT_WITHOUT_LINK = """(
    SELECT id FROM queue_job
     WHERE COALESCE(dependencies::jsonb -> %s, '[]'::jsonb) = '[]'::jsonb)"""

#: Primary key. A column as it is stored.
SELECT_STORED = "SELECT id, {column} FROM queue_job WHERE id = ANY(%s)"

#: Index on channel, date_done and date_created, one step for each channel. NULL, for
#: jobs without a channel, is always among them.
SELECT_CHANNELS = """
WITH RECURSIVE names AS (
    SELECT min(channel) AS channel FROM queue_job
     UNION ALL
    SELECT (SELECT min(channel) FROM queue_job WHERE channel > names.channel)
      FROM names WHERE channel IS NOT NULL)
SELECT channel FROM names
"""

#: Index on channel, date_done and date_created. The second for jobs without a channel.
SELECT_DONE_BEFORE = [
    f"""
SELECT id FROM queue_job
 WHERE {condition} AND date_done <= %(deadline)s
 ORDER BY date_done LIMIT %(limit)s
"""
    for condition in ("channel = %(channel)s", "channel IS NULL")
]

#: Indexes queue_job_cancelled_index and queue_job_failed_index.
SELECT_CANCELLED_BEFORE = f"""
SELECT id FROM queue_job
 WHERE state = 'cancelled' AND {CHANNEL} = COALESCE(%(channel)s, '')
   AND date_cancelled <= %(deadline)s
 ORDER BY date_cancelled LIMIT %(limit)s
"""
SELECT_FAILED_BEFORE = f"""
SELECT id FROM queue_job
 WHERE state = 'failed' AND {CHANNEL} = COALESCE(%(channel)s, '')
   AND date_failed <= %(deadline)s
 ORDER BY date_failed LIMIT %(limit)s
"""
