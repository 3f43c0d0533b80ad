"""The claim: one transaction that settles the last lease and makes the next one.

It holds the dispatch lock, so seats are counted once at a time; it waits for the disk
at no point, because losing a claim in a crash of the server loses nothing: the job is
pending again.
"""

from ...job import states
from . import DISPATCH_LOCK, JOB_COLUMNS, NOW
from .copies import ABOUT_DATABASE
from .heads import BUSY_KEYS, KEY_IS_FREE, NEAR, ORDER, are_there_more, first_near
from .prepared import Prepared
from .schema import CHANNEL, READY, WAITS_FOR_ETA

# Index: queue_job_eta_index, up to now: as a subquery, because a volatile expression is
# no bound for an index, and would be compared with every row that waits. Each row is
# touched once in its life, when its time comes; rows somebody holds are left for the
# next claim.
PROMOTE_DUE = Prepared(
    f"""
UPDATE queue_job SET eta_passed = TRUE
 WHERE id = ANY(ARRAY(
    SELECT id FROM queue_job
     WHERE {WAITS_FOR_ETA} AND eta <= (SELECT {NOW})
     ORDER BY eta LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED))
"""
)

# Begins a claim. What follows is planned once a session, to use the indexes named
# whatever is in the tables by then. Without statistics, or with those of an empty
# table, the planner would rather read and sort all jobs of a state, which is every job
# that waits for next week. Rows to be written are named by an array of ids: a join may
# be planned to read the whole table.
SETTINGS = """
SET LOCAL synchronous_commit TO off;
SET LOCAL plan_cache_mode TO force_generic_plan;
SET LOCAL enable_seqscan TO off;
SET LOCAL enable_sort TO off;
SET LOCAL enable_bitmapscan TO off;
SET LOCAL jit TO off
"""

# Waits for the claim before this one.
LOCK_DISPATCH = f"SELECT pg_advisory_xact_lock({DISPATCH_LOCK})"

# Index: of ir_module_module on state. Addons are being installed, updated or removed:
# jobs wait until the code and the tables belong together. A mark that nobody acted on
# for an hour was forgotten, and holds up nothing.
MODULES_CHANGE = f"""
SELECT 1 FROM ir_module_module
 WHERE state IN ('to install', 'to upgrade', 'to remove')
   AND COALESCE(write_date, {NOW}) > {NOW} - interval '1 hour'"""

# Index: queue_job_ready_index, one descent for each channel that has something ready;
# the rest are tables of a few rows. No row lock. A head without id: none of the jobs at
# the front of its channel may start, but there are more behind them.
STATE = Prepared(
    f"""
WITH RECURSIVE {BUSY_KEYS}, head AS (
    (SELECT {CHANNEL} AS channel FROM queue_job
      WHERE {READY} ORDER BY {CHANNEL} LIMIT 1)
    UNION ALL
    SELECT (SELECT {CHANNEL} FROM queue_job
             WHERE {READY} AND {CHANNEL} > head.channel ORDER BY {CHANNEL} LIMIT 1)
      FROM head WHERE head.channel IS NOT NULL
)
SELECT
    (SELECT COALESCE(idle, FALSE) FROM queue_job_worker WHERE id = %(worker)s),
    EXISTS (SELECT 1 FROM queue_job_worker WHERE idle AND id != %(worker)s),
    (SELECT json_agg(json_build_array(complete_name, capacity, sequential, throttle,
                                      paused, subchannel_capacity, former_names))
       FROM queue_job_channel WHERE complete_name IS NOT NULL),
    (SELECT json_object_agg(channel, seats)
       FROM (SELECT channel, count(*) AS seats
               FROM queue_job_lease GROUP BY channel) AS lease),
    (SELECT json_object_agg(channel, extract(epoch FROM {NOW} - last_start))
       FROM queue_job_throttle),
    (SELECT json_agg(json_build_array(head.channel, first.priority,
                                      first.date_created, first.id,
                                      first.channel_method_name))
       FROM head LEFT JOIN LATERAL ({first_near("head.channel")}) AS first ON TRUE
      WHERE head.channel IS NOT NULL
        AND (first.id IS NOT NULL OR {are_there_more("head.channel")})),
    (SELECT extract(epoch FROM eta - {NOW})::float8
       FROM queue_job WHERE {WAITS_FOR_ETA} ORDER BY eta LIMIT 1),
    EXISTS (SELECT 1 FROM queue_job WHERE release_due),
    EXISTS (SELECT 1 FROM queue_job_lease WHERE worker_id != %(worker)s),
    EXISTS ({MODULES_CHANGE}),
    (SELECT count(*) FROM queue_job_worker),
    ({ABOUT_DATABASE})
""",
    worker="int",
)

# In a CASE, so that the row is found by its id whatever the statistics: those of an
# empty table would let the planner read all jobs of the state.
_MAY_START = f"""CASE WHEN {READY} AND {CHANNEL} = %(raw_channel)s AND {KEY_IS_FREE}
              THEN TRUE ELSE FALSE END"""
#: Bytes of the arguments of one lease, as they are stored: compressed to a hundredth at
#: most. The first job of a lease may have more.
MOST_BYTES = 256 * 1024

# Read from the row alone, whatever is stored out of line.
_BYTES = """COALESCE(pg_column_size(records) + pg_column_size(args)
                    + pg_column_size(kwargs), 0)"""
# One by one, so that no more are locked than are taken.
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
     WHERE total <= {MOST_BYTES} OR total = bytes
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


# Index: queue_job_ready_index. Locks the rows it takes, leaves those others hold (a
# foreign key that points to a job holds it for nobody), and the row of the worker when
# it was idle.
TAKE = _take(_PICK_NEXT, size="int")

# Index: queue_job_ready_index, as far as it takes: past any number that somebody holds.
TAKE_ANY = _take(_PICK_ANY, size="int")

# Index: queue_job_ready_key_index. The same for jobs without a concurrency key.
TAKE_KEYLESS = _take(_PICK_KEYLESS, size="int")

# Index: primary key. The same for one job and no other: where order is kept, the next
# one must not pass a job that somebody edits at this moment.
TAKE_ONE = _take(_PICK_ONE, id="int")

# Indexes: queue_job_failed_index, queue_job_eta_order_index. What holds back a
# sequential channel: a failed job, or one that sorts first and waits for its eta.
SEQUENTIAL = f"""
SELECT (SELECT id FROM queue_job
         WHERE state = 'failed' AND {CHANNEL} = ANY(%(spellings)s) LIMIT 1),
       (SELECT extract(epoch FROM first.eta - {NOW})::float8
          FROM unnest(%(spellings)s) AS spelling, LATERAL (
               SELECT eta FROM queue_job
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
