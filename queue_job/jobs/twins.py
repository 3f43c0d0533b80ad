"""Unique jobs: of the jobs with the same identity key only one may wait.

Duplicates can still occur: a started job that must wait again (retry, dead worker,
requeue) may find a newer one with its key waiting, and tables of older versions contain
some. Then the newer or further one stays, the other one is cancelled as superseded, and
its dependents wait for the one that stays.

Triggers enforce this whoever writes: the engine's statements, an addon's SQL, the ORM.
"""

import logging

from .states import WAITING_STATES

_logger = logging.getLogger(__name__)

UNIQUE_INDEX = "queue_job_identity_key_waiting_unique"

_WAITING = ", ".join(f"'{state}'" for state in WAITING_STATES)

#: One waiting job per identity key.
CREATE_UNIQUE_INDEX = f"""
CREATE UNIQUE INDEX {UNIQUE_INDEX} ON queue_job (identity_key)
 WHERE state IN ('pending', 'enqueued', 'wait_dependencies')
   AND identity_key IS NOT NULL
"""

#: Returns the id of the waiting job with a key, if any. A function, as its query is
#: planned once per session: with all the partial indexes of the table, planning takes
#: ten times longer than the lookup. Index on identity_key of waiting jobs.
CREATE_LOOKUP = f"""
CREATE OR REPLACE FUNCTION queue_job_waiting(key text) RETURNS SETOF int4 AS $$
BEGIN
    RETURN QUERY
    SELECT id FROM queue_job
     WHERE identity_key = key AND state IN ({_WAITING})
     LIMIT 1;
END $$ LANGUAGE plpgsql STABLE ROWS 1
"""

#: Functions created here and below, with their arguments: dropped on uninstallation.
FUNCTIONS = (
    "queue_job_waiting(text)",
    "queue_job_twin_gives_way()",
    "queue_job_twin_hands_over()",
)

#: The first trigger cancels before the index would refuse. The second transfers the
#: dependents: after the statement, which may write these rows too.
CREATE_TRIGGERS = f"""
CREATE OR REPLACE FUNCTION queue_job_twin_gives_way() RETURNS trigger AS $$
DECLARE
    twin text;
BEGIN
    -- index on identity_key of waiting jobs
    SELECT uuid INTO twin
      FROM queue_job
     WHERE identity_key = NEW.identity_key AND state IN ({_WAITING})
       AND id != NEW.id;
    IF NOT FOUND THEN
        NEW.superseded_by := NULL;
    ELSE
        NEW.state := 'cancelled';
        NEW.date_cancelled := now() AT TIME ZONE 'UTC';
        NEW.superseded_by := twin;
        NEW.result := 'Superseded by job ' || twin
            || ', which is waiting with the same identity key';
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION queue_job_twin_hands_over() RETURNS trigger AS $$
DECLARE
    links jsonb := COALESCE(NULLIF(NEW.dependencies, ''), '{{}}')::jsonb;
    children text[];
    graph text;
BEGIN
    -- index on uuid
    WITH moved AS (
        UPDATE queue_job
           SET dependencies = replace(dependencies, NEW.uuid, NEW.superseded_by)
         WHERE uuid IN (
                   SELECT jsonb_array_elements_text(links -> 'reverse_depends_on'))
           AND state = 'wait_dependencies'
     RETURNING uuid)
    SELECT array_agg(uuid) INTO children FROM moved;
    IF children IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE queue_job
       SET dependencies = jsonb_build_object(
               'depends_on', COALESCE(
                   NULLIF(dependencies, '')::jsonb -> 'depends_on', '[]'),
               'reverse_depends_on', COALESCE(
                   NULLIF(dependencies, '')::jsonb -> 'reverse_depends_on', '[]')
                   || to_jsonb(children))::text,
           graph_uuid = COALESCE(graph_uuid, NEW.graph_uuid)
     WHERE uuid = NEW.superseded_by
 RETURNING graph_uuid INTO graph;
    -- index on graph_uuid
    UPDATE queue_job SET graph_uuid = graph
     WHERE graph_uuid = NEW.graph_uuid AND graph_uuid != graph;
    RETURN NULL;
END $$ LANGUAGE plpgsql;

DROP TRIGGER IF EXISTS queue_job_twin_gives_way ON queue_job;
CREATE TRIGGER queue_job_twin_gives_way BEFORE UPDATE ON queue_job
   FOR EACH ROW WHEN (NEW.identity_key IS NOT NULL AND NEW.state IN ({_WAITING})
                      AND OLD.state NOT IN ({_WAITING}))
   EXECUTE FUNCTION queue_job_twin_gives_way();

DROP TRIGGER IF EXISTS queue_job_twin_hands_over ON queue_job;
CREATE TRIGGER queue_job_twin_hands_over AFTER UPDATE ON queue_job
   FOR EACH ROW WHEN (NEW.superseded_by IS NOT NULL
                      AND NEW.superseded_by IS DISTINCT FROM OLD.superseded_by)
   EXECUTE FUNCTION queue_job_twin_hands_over();
"""


def give_way(job, record) -> bool:
    """Cancel ``job``, about to wait, if another one is waiting with its key."""
    env = job.env
    twin = record._waiting_twin()
    if not twin:
        return False
    message = env._(
        "Superseded by job %s, which is waiting with the same identity key", twin.uuid
    )
    job.set_cancelled(result=message)
    job.store()
    # the trigger transfers the dependents
    record.write({"superseded_by": twin.uuid})
    env.flush_all()
    env.invalidate_all(flush=False)
    _logger.info("Job superseded: job=%s by=%s", job, twin.uuid)
    return True


def cancel_waiting_twins(cr) -> int:
    """Keep one waiting job per identity key; return how many were cancelled.

    The furthest one stays: enqueued, then pending, then the oldest.
    """
    # pylint: disable=sql-injection
    cr.execute(
        f"""
        WITH waiting AS (
            SELECT id, first_value(uuid) OVER same_key AS kept
              FROM queue_job
             WHERE identity_key IS NOT NULL AND state IN ({_WAITING})
            WINDOW same_key AS (
                   PARTITION BY identity_key
                   ORDER BY array_position(
                       '{{enqueued,pending,wait_dependencies}}'::varchar[], state), id))
        UPDATE queue_job
           SET state = 'cancelled', date_cancelled = now() AT TIME ZONE 'UTC',
               superseded_by = waiting.kept,
               result = 'Superseded by job ' || waiting.kept
                   || ', which is waiting with the same identity key'
          FROM waiting
         WHERE waiting.id = queue_job.id AND waiting.kept != queue_job.uuid
     RETURNING queue_job.uuid, waiting.kept
        """
    )
    twins = cr.fetchall()
    for uuid, kept in twins:
        _logger.warning("Duplicate job cancelled: job=%s kept=%s", uuid, kept)
    return len(twins)
