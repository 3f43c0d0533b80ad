"""Finds the next job of a channel that may start, with regard to concurrency keys.

Jobs whose concurrency key is at its limit are skipped. A hundred thousand of them at
the front of a channel must not make each claim read them all: only the first few are
read one by one, and if none of those may start, the keys are iterated instead.
"""

from ...sql.conditions import CHANNEL, READY
from ...sql.prepared import Prepared

ORDER = "priority, date_created, id"

#: Needs :data:`BUSY_KEYS` in the WITH of its statement.
KEY_IS_FREE = """(
    concurrency_key IS NULL OR concurrency_limit IS NULL OR COALESCE(
        ((SELECT leases FROM busy_keys) ->> concurrency_key)::int < concurrency_limit,
        TRUE))"""

# Index: queue_job_lease_index, only of leased jobs. As one value: many jobs are
# compared with it.
BUSY_KEYS = """busy_keys AS MATERIALIZED (
    SELECT jsonb_object_agg(key, leases) AS leases
      FROM (SELECT concurrency_key AS key, count(DISTINCT lease_id) AS leases
              FROM queue_job
             WHERE lease_id IS NOT NULL AND state IN ('enqueued', 'started')
               AND concurrency_key IS NOT NULL
             GROUP BY concurrency_key) AS busy)"""

#: Jobs at the front of a channel that are read one by one.
NEAR = 200
#: Maximum number of keys of a channel that are iterated.
MAX_KEYS = 1000

_VALUES = "priority, date_created, id, channel_method_name"


def _near(raw_channel: str) -> str:
    return f"""
    SELECT {_VALUES}, concurrency_key, concurrency_limit
      FROM queue_job WHERE {READY} AND {CHANNEL} = {raw_channel}
     ORDER BY {CHANNEL}, {ORDER} LIMIT {NEAR}"""


def first_near(raw_channel: str) -> str:
    """Return the subquery for the first job at the front that may start."""
    # already sorted: the outer order costs nothing
    return f"""
    SELECT {_VALUES} FROM ({_near(raw_channel)}) AS near WHERE {KEY_IS_FREE}
     ORDER BY {ORDER} LIMIT 1"""


def are_there_more(raw_channel: str) -> str:
    """Return the condition that there are more jobs than those at the front."""
    return f"""EXISTS (
    SELECT 1 FROM queue_job WHERE {READY} AND {CHANNEL} = {raw_channel}
     ORDER BY {CHANNEL}, {ORDER} OFFSET {NEAR} LIMIT 1)"""


_AS_ARRAY = f"json_build_array({_VALUES})"

# Index: queue_job_ready_index. The first job of one channel that may start, and whether
# there are more than were read.
FIRST_NEAR = Prepared(
    f"""
WITH {BUSY_KEYS}
SELECT (SELECT {_AS_ARRAY} FROM ({first_near("%(raw_channel)s")}) AS first),
       {are_there_more("%(raw_channel)s")}
""",
    raw_channel="text",
)

# Index: queue_job_ready_key_index, one descent for each key and one for the jobs
# without a key. The first job that may start, whether it has no key, and whether there
# are too many keys to be sure that it is the first.
FIRST_BY_KEY = Prepared(
    f"""
WITH RECURSIVE {BUSY_KEYS}, key AS (
    (SELECT concurrency_key AS name FROM queue_job
      WHERE {READY} AND {CHANNEL} = %(raw_channel)s AND concurrency_key IS NOT NULL
      ORDER BY {CHANNEL}, concurrency_key LIMIT 1)
    UNION ALL
    SELECT (SELECT concurrency_key FROM queue_job
             WHERE {READY} AND {CHANNEL} = %(raw_channel)s
               AND concurrency_key > key.name
             ORDER BY {CHANNEL}, concurrency_key LIMIT 1)
      FROM key WHERE key.name IS NOT NULL
), known AS MATERIALIZED (
    SELECT name FROM key LIMIT {MAX_KEYS}
), first AS (
    SELECT candidate.* FROM known, LATERAL (
        SELECT {_VALUES}, concurrency_key, concurrency_limit FROM queue_job
         WHERE {READY} AND {CHANNEL} = %(raw_channel)s AND concurrency_key = known.name
         ORDER BY {CHANNEL}, concurrency_key, {ORDER} LIMIT 1) AS candidate
     WHERE {KEY_IS_FREE}
    UNION ALL
    (SELECT {_VALUES}, concurrency_key, concurrency_limit FROM queue_job
      WHERE {READY} AND {CHANNEL} = %(raw_channel)s AND concurrency_key IS NULL
      ORDER BY {CHANNEL}, concurrency_key, {ORDER} LIMIT 1)
    ORDER BY {ORDER} LIMIT 1
)
SELECT (SELECT {_AS_ARRAY} FROM first),
       (SELECT concurrency_key IS NULL FROM first),
       (SELECT count(*) = {MAX_KEYS} FROM known)
""",
    raw_channel="text",
)

# Index: queue_job_ready_index, as far as needed.
FIRST_OF_ALL = f"""
WITH {BUSY_KEYS}
SELECT {_AS_ARRAY} FROM queue_job
 WHERE {READY} AND {CHANNEL} = %(raw_channel)s AND {KEY_IS_FREE}
 ORDER BY {CHANNEL}, {ORDER} LIMIT 1
"""

# Index: primary key. Whether the concurrency key of one job is in full use.
IS_KEY_IN_FULL_USE = f"""
WITH {BUSY_KEYS}
SELECT NOT {KEY_IS_FREE} FROM queue_job WHERE id = %(id)s
"""
