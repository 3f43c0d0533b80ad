"""The claim: one transaction that settles the last lease and creates the next one.

It holds the dispatch lock, so that slots are counted by one claim at a time. It never
waits for the disk: if a crash of PostgreSQL loses a claim, the job is pending again.
"""

from ....job import states
from ...copies.sql import ABOUT_DATABASE
from ...sql import JOB_COLUMNS, NOW
from ...sql.conditions import CHANNEL, READY, WAITS_FOR_ETA
from ...sql.prepared import Prepared
from ..limits import ChannelRecord
from .candidates import BUSY_KEYS, KEY_IS_FREE, NEAR, ORDER, are_there_more, first_near

# Index: queue_job_eta_index, up to now: as a subquery, because a volatile expression
# cannot bound an index scan, and would be compared with every waiting row. Each row is
# updated once in its life, when its eta passes; locked rows are left for the next
# claim.
PROMOTE_DUE = Prepared(
    f"""
UPDATE queue_job SET eta_passed = TRUE
 WHERE id = ANY(ARRAY(
    SELECT id FROM queue_job
     WHERE {WAITS_FOR_ETA} AND eta <= (SELECT {NOW})
     ORDER BY eta LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED))
"""
)

#: The columns of a channel's record, in the order of the fields of ChannelRecord.
CHANNEL_COLUMNS = ", ".join(ChannelRecord._fields)

# Begins a claim. The statements below are planned once per session, to use the indexes
# named whatever the tables contain at that time. Without statistics, or with those of
# an empty table, the planner would rather read and sort all jobs of a state, including
# every job scheduled for next week. Rows to update are named by an array of ids: a join
# might be planned to read the whole table.
SETTINGS = """
SET LOCAL synchronous_commit TO off;
SET LOCAL plan_cache_mode TO force_generic_plan;
SET LOCAL enable_seqscan TO off;
SET LOCAL enable_sort TO off;
SET LOCAL enable_bitmapscan TO off;
SET LOCAL jit TO off
"""

# Index: of ir_module_module on state. Addons are being installed, updated or removed:
# jobs wait until code and tables match. A state that is older than an hour was
# forgotten, and blocks nothing.
MODULES_CHANGE = f"""
SELECT 1 FROM ir_module_module
 WHERE state IN ('to install', 'to upgrade', 'to remove')
   AND COALESCE(write_date, {NOW}) > {NOW} - interval '1 hour'"""

# Index: queue_job_ready_index, one descent for each channel that has something ready;
# the rest are tables of a few rows. No row lock. A candidate without
# id: none of the jobs at the front of its channel may start, but there are more behind
# them. The columns are the fields of ClaimState.
STATE = Prepared(
    f"""
WITH RECURSIVE {BUSY_KEYS}, ready AS (
    (SELECT {CHANNEL} AS channel FROM queue_job
      WHERE {READY} ORDER BY {CHANNEL} LIMIT 1)
    UNION ALL
    SELECT (SELECT {CHANNEL} FROM queue_job
             WHERE {READY} AND {CHANNEL} > ready.channel ORDER BY {CHANNEL} LIMIT 1)
      FROM ready WHERE ready.channel IS NOT NULL
)
SELECT
    (SELECT COALESCE(idle, FALSE) FROM queue_job_worker WHERE id = %(worker)s)
        AS was_idle,
    EXISTS (SELECT 1 FROM queue_job_worker WHERE idle AND id != %(worker)s)
        AS others_idle,
    (SELECT json_agg(json_build_array({CHANNEL_COLUMNS}))
       FROM queue_job_channel WHERE complete_name IS NOT NULL) AS channels,
    (SELECT json_object_agg(channel, leases)
       FROM (SELECT channel, count(*) AS leases
               FROM queue_job_lease GROUP BY channel) AS lease) AS leases,
    (SELECT json_object_agg(channel, extract(epoch FROM {NOW} - last_start))
       FROM queue_job_throttle) AS since_start,
    (SELECT json_agg(json_build_array(ready.channel, first.priority,
                                      first.date_created, first.id,
                                      first.channel_method_name))
       FROM ready LEFT JOIN LATERAL ({first_near("ready.channel")}) AS first ON TRUE
      WHERE ready.channel IS NOT NULL
        AND (first.id IS NOT NULL OR {are_there_more("ready.channel")})) AS candidates,
    (SELECT extract(epoch FROM eta - {NOW})::float8
       FROM queue_job WHERE {WAITS_FOR_ETA} ORDER BY eta LIMIT 1) AS next_eta,
    EXISTS (SELECT 1 FROM queue_job WHERE release_due) AS release_due,
    EXISTS (SELECT 1 FROM queue_job_lease WHERE worker_id != %(worker)s) AS others_work,
    EXISTS ({MODULES_CHANGE}) AS modules_change,
    (SELECT count(*) FROM queue_job_worker) AS workers,
    ({ABOUT_DATABASE}) AS about
""",
    worker="int",
)

# In a CASE, so that the row is found by its id whatever the statistics: those of an
# empty table would make the planner read all jobs of the state.
_MAY_START = f"""CASE WHEN {READY} AND {CHANNEL} = %(raw_channel)s AND {KEY_IS_FREE}
              THEN TRUE ELSE FALSE END"""
#: Maximum stored bytes of the arguments of one lease; compression reduces them at most
#: to a hundredth. The first job of a lease may have more.
MAX_BYTES = 256 * 1024

# Read from the row itself, without fetching out-of-line values.
_BYTES = """COALESCE(pg_column_size(records) + pg_column_size(args)
                    + pg_column_size(kwargs), 0)"""
# One by one, so that no more rows are locked than are taken.
_PICK_NEXT = f"""
    SELECT locked.id, locked.bytes FROM (
        SELECT priority AS near_priority, date_created AS near_created, id AS near_id
          FROM queue_job WHERE {READY} AND {CHANNEL} = %(raw_channel)s
         ORDER BY {CHANNEL}, {ORDER} LIMIT {NEAR}) AS near, LATERAL (
        SELECT id, {_BYTES} AS bytes FROM queue_job
         WHERE id = near_id AND {_MAY_START}
         LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) AS locked
     ORDER BY near_priority, near_created, near_id LIMIT %(size)s"""
_PICK_ANY = f"""
    SELECT id, {_BYTES} AS bytes FROM queue_job
     WHERE {READY} AND {CHANNEL} = %(raw_channel)s AND {KEY_IS_FREE}
     ORDER BY {CHANNEL}, {ORDER} LIMIT %(size)s FOR NO KEY UPDATE SKIP LOCKED"""
_PICK_KEYLESS = f"""
    SELECT id, {_BYTES} AS bytes FROM queue_job
     WHERE {READY} AND {CHANNEL} = %(raw_channel)s AND concurrency_key IS NULL
     ORDER BY {CHANNEL}, concurrency_key, {ORDER}
     LIMIT %(size)s FOR NO KEY UPDATE SKIP LOCKED"""
_PICK_ONE = f"""
    SELECT id, {_BYTES} AS bytes FROM queue_job
     WHERE id = %(id)s AND {_MAY_START}
       FOR NO KEY UPDATE SKIP LOCKED"""


def _take(pick: str, **types: str) -> Prepared:
    return Prepared(
        f"""
WITH {BUSY_KEYS}, picked AS ({pick}
), fitting AS (
    SELECT id FROM (
        SELECT id, bytes, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) AS total
          FROM picked) AS summed
     WHERE total <= {MAX_BYTES} OR total = bytes
), lease AS (
    INSERT INTO queue_job_lease
           (worker_id, channel, date_start, backend_pid, backend_start)
    SELECT %(worker)s, %(channel)s, {NOW}, pg_backend_pid(),
           (SELECT extract(epoch FROM backend_start)::float8
              FROM pg_stat_get_activity(pg_backend_pid()))
     WHERE EXISTS (SELECT 1 FROM picked)
    RETURNING id
), not_idle AS (
    UPDATE queue_job_worker SET idle = FALSE
     WHERE id = %(worker)s AND idle AND EXISTS (SELECT 1 FROM picked)
)
UPDATE queue_job
   SET {states.CLAIM.set_clause(lease_id="(SELECT id FROM lease)")}
 WHERE id = ANY(ARRAY(SELECT id FROM fitting))
RETURNING lease_id, (SELECT count(*) FROM picked), {", ".join(JOB_COLUMNS)}
""",
        worker="int",
        channel="text",
        raw_channel="text",
        **types,
    )


# Index: queue_job_ready_index. Locks the rows it takes, skips those locked by others
# (a foreign key that references a job does not block this), and the row of the worker
# if it was idle.
TAKE = _take(_PICK_NEXT, size="int")

# Index: queue_job_ready_index, as far as needed: skips any number of locked rows.
TAKE_ANY = _take(_PICK_ANY, size="int")

# Index: queue_job_ready_key_index. The same for jobs without a concurrency key.
TAKE_KEYLESS = _take(_PICK_KEYLESS, size="int")

# Index: primary key. The same for one given job: in a sequential channel, the next job
# must not overtake a job that is being edited.
TAKE_ONE = _take(_PICK_ONE, id="int")

# Indexes: queue_job_failed_index, queue_job_eta_order_index. What blocks a sequential
# channel: a failed job, or one that sorts first and waits for its eta.
SEQUENTIAL = f"""
SELECT (SELECT id FROM queue_job
         WHERE state = 'failed' AND {CHANNEL} = ANY(%(spellings)s) LIMIT 1),
       (SELECT json_build_array(first.id, extract(epoch FROM first.eta - {NOW}))
          FROM unnest(%(spellings)s) AS spelling, LATERAL (
               SELECT id, eta FROM queue_job
                WHERE {WAITS_FOR_ETA} AND {CHANNEL} = spelling
                  AND (priority, date_created, id)
                    < (%(priority)s, %(date_created)s::timestamp, %(id)s)
                ORDER BY {CHANNEL}, {ORDER} LIMIT 1) AS first
         LIMIT 1)
"""

# Index: queue_job_throttle_channel_uniq. Locks one row for each throttled channel.
NOTE_START = f"""
INSERT INTO queue_job_throttle (channel, last_start)
SELECT unnest(%(channels)s), {NOW}
ON CONFLICT (channel) DO UPDATE SET last_start = EXCLUDED.last_start
"""

# Index: primary key. Locks one row.
NOTE_IDLE = "UPDATE queue_job_worker SET idle = TRUE WHERE id = %(worker)s"
