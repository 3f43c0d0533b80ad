"""The index and the triggers that keep one waiting job per identity key.

Created at installation and at each update; :mod:`...job.uniqueness` says what they
guarantee.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ...job.states import SUPERSEDE, WAITING_STATES, in_states
from ...job.uniqueness import UNIQUE_INDEX

if TYPE_CHECKING:
    from odoo.sql_db import Cursor

_logger = logging.getLogger(__name__)

_WAITS = in_states(WAITING_STATES)

#: One waiting job per identity key.
CREATE_UNIQUE_INDEX = f"""
CREATE UNIQUE INDEX {UNIQUE_INDEX} ON queue_job (identity_key)
 WHERE {_WAITS}
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
     WHERE identity_key = key AND {_WAITS}
     LIMIT 1;
END $$ LANGUAGE plpgsql STABLE ROWS 1
"""

#: Functions created here and below, with their arguments: dropped on uninstallation.
FUNCTIONS = (
    "queue_job_waiting(text)",
    "queue_job_supersede()",
    "queue_job_hand_over_dependents()",
)


def _superseded_by(uuid: str) -> dict[str, str]:
    """Return the columns that say by which job one is superseded, given its uuid in
    SQL."""
    return {
        "superseded_by": uuid,
        "result": f"'Superseded by job ' || {uuid} "
        "|| ', which is waiting with the same identity key'",
    }


_supersede_in_trigger = SUPERSEDE.set_in_trigger(**_superseded_by("waiting"))

#: The first trigger cancels the job before the index would refuse it. The second
#: transfers the dependents after the statement, which may write these rows too.
CREATE_TRIGGERS = f"""
-- of 19.0.3.0.0
DROP FUNCTION IF EXISTS queue_job_twin_gives_way() CASCADE;
DROP FUNCTION IF EXISTS queue_job_twin_hands_over() CASCADE;

CREATE OR REPLACE FUNCTION queue_job_supersede() RETURNS trigger AS $$
DECLARE
    waiting text;
BEGIN
    -- index on identity_key of waiting jobs
    SELECT uuid INTO waiting
      FROM queue_job
     WHERE identity_key = NEW.identity_key AND {_WAITS}
       AND id != NEW.id;
    IF NOT FOUND THEN
        NEW.superseded_by := NULL;
    ELSE
        {_supersede_in_trigger}
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION queue_job_hand_over_dependents() RETURNS trigger AS $$
DECLARE
    links jsonb := COALESCE(NULLIF(NEW.dependencies, ''), '{{}}')::jsonb;
    dependents text[];
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
    SELECT array_agg(uuid) INTO dependents FROM moved;
    IF dependents IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE queue_job
       SET dependencies = jsonb_build_object(
               'depends_on', COALESCE(
                   NULLIF(dependencies, '')::jsonb -> 'depends_on', '[]'),
               'reverse_depends_on', COALESCE(
                   NULLIF(dependencies, '')::jsonb -> 'reverse_depends_on', '[]')
                   || to_jsonb(dependents))::text,
           graph_uuid = COALESCE(graph_uuid, NEW.graph_uuid)
     WHERE uuid = NEW.superseded_by
 RETURNING graph_uuid INTO graph;
    -- index on graph_uuid
    UPDATE queue_job SET graph_uuid = graph
     WHERE graph_uuid = NEW.graph_uuid AND graph_uuid != graph;
    RETURN NULL;
END $$ LANGUAGE plpgsql;

DROP TRIGGER IF EXISTS queue_job_supersede ON queue_job;
CREATE TRIGGER queue_job_supersede BEFORE UPDATE ON queue_job
   FOR EACH ROW WHEN (NEW.identity_key IS NOT NULL
                      AND {in_states(WAITING_STATES, "NEW")}
                      AND NOT {in_states(WAITING_STATES, "OLD")})
   EXECUTE FUNCTION queue_job_supersede();

DROP TRIGGER IF EXISTS queue_job_hand_over_dependents ON queue_job;
CREATE TRIGGER queue_job_hand_over_dependents AFTER UPDATE ON queue_job
   FOR EACH ROW WHEN (NEW.superseded_by IS NOT NULL
                      AND NEW.superseded_by IS DISTINCT FROM OLD.superseded_by)
   EXECUTE FUNCTION queue_job_hand_over_dependents();
"""

#: Reads all waiting jobs with a key; locks the rows it cancels.
CANCEL_DUPLICATES = f"""
WITH waiting AS (
    SELECT id, first_value(uuid) OVER same_key AS kept
      FROM queue_job
     WHERE identity_key IS NOT NULL AND {_WAITS}
    WINDOW same_key AS (
           PARTITION BY identity_key
           ORDER BY array_position(
               '{{enqueued,pending,wait_dependencies}}'::varchar[], state), id))
UPDATE queue_job
   SET {SUPERSEDE.set_clause(**_superseded_by("waiting.kept"))}
  FROM waiting
 WHERE waiting.id = queue_job.id AND waiting.kept != queue_job.uuid
 RETURNING queue_job.uuid, waiting.kept
"""


def cancel_waiting_duplicates(cr: Cursor) -> int:
    """Keep one waiting job per identity key; return how many were cancelled.

    The most advanced one stays: enqueued, then pending, then the oldest.
    """
    cr.execute(CANCEL_DUPLICATES)
    duplicates = cr.fetchall()
    for uuid, kept in duplicates:
        _logger.warning("Duplicate job cancelled: job=%s kept=%s", uuid, kept)
    return len(duplicates)
