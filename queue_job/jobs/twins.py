"""Jobs with the same identity key of which only one may wait.

Twins can still come to be: a started job that must wait again (retry, dead worker,
requeue) may find that a newer one with its key waits, and tables of older versions
hold some. Then the newer or further one stays, the other is cancelled and says so, and
what waited for the cancelled one waits for the one that stays.
"""

import json
import logging

from .states import WAITING_STATES

_logger = logging.getLogger(__name__)

UNIQUE_INDEX = "queue_job_identity_key_waiting_unique"

#: One waiting job for each identity key.
CREATE_UNIQUE_INDEX = f"""
CREATE UNIQUE INDEX {UNIQUE_INDEX} ON queue_job (identity_key)
 WHERE state IN ('pending', 'enqueued', 'wait_dependencies')
   AND identity_key IS NOT NULL
"""

_WAITING = ", ".join(f"'{state}'" for state in WAITING_STATES)


def give_way(job, record) -> bool:
    """Cancel ``job``, about to wait, if another one waits with its key."""
    env = job.env
    twin = record._waiting_twin()
    if not twin:
        return False
    job.set_cancelled(result=superseded_by(env, twin.uuid))
    job.store()
    env.flush_all()
    move_children(env.cr, record.id, twin.id)
    env.invalidate_all(flush=False)
    _logger.info("%s gives way to %s: same identity key", job, twin.uuid)
    return True


def superseded_by(env, uuid: str) -> str:
    """Return the trace which is left on a job that gave way."""
    return env._("Superseded by job %s, which waits with the same identity key", uuid)


def cancel_waiting_twins(cr) -> int:
    """Leave one waiting job for each identity key; return how many were cancelled.

    The one that is furthest stays: enqueued, then pending, then the oldest.
    """
    # pylint: disable=sql-injection
    cr.execute(
        f"""
        SELECT id, uuid, first_value(id) OVER same_key, first_value(uuid) OVER same_key
          FROM queue_job
         WHERE identity_key IS NOT NULL AND state IN ({_WAITING})
        WINDOW same_key AS (
               PARTITION BY identity_key
               ORDER BY array_position(
                   '{{enqueued,pending,wait_dependencies}}'::varchar[], state), id)
        """
    )
    twins = [row for row in cr.fetchall() if row[0] != row[2]]
    for twin_id, uuid, kept_id, kept_uuid in twins:
        cr.execute(
            """
            UPDATE queue_job
               SET state = 'cancelled', date_cancelled = now() AT TIME ZONE 'UTC',
                   result = %s
             WHERE id = %s
            """,
            (
                f"Superseded by job {kept_uuid}, which waits with the same "
                "identity key",
                twin_id,
            ),
        )
        move_children(cr, twin_id, kept_id)
        _logger.warning(
            "Job %s is cancelled: job %s waits with the same identity key",
            uuid,
            kept_uuid,
        )
    return len(twins)


def move_children(cr, from_id: int, to_id: int) -> None:
    """Let the jobs that wait for one job wait for another, in one graph."""
    cr.execute(
        "SELECT id, uuid, graph_uuid, dependencies FROM queue_job WHERE id IN %s",
        ((from_id, to_id),),
    )
    rows = {row[0]: row[1:] for row in cr.fetchall()}
    from_uuid, from_graph, from_links = rows[from_id]
    to_uuid, to_graph, to_links = rows[to_id]
    children = json.loads(from_links or "{}").get("reverse_depends_on") or []
    if not children:
        return
    cr.execute(
        """
        UPDATE queue_job
           SET dependencies = replace(dependencies, %(from)s, %(to)s)
         WHERE uuid = ANY(%(children)s) AND state = 'wait_dependencies'
     RETURNING uuid
        """,
        {"from": from_uuid, "to": to_uuid, "children": children},
    )
    moved = [row[0] for row in cr.fetchall()]
    links = json.loads(to_links or "{}")
    links["depends_on"] = links.get("depends_on") or []
    links["reverse_depends_on"] = list(
        dict.fromkeys((links.get("reverse_depends_on") or []) + moved)
    )
    graph = to_graph or from_graph
    cr.execute(
        "UPDATE queue_job SET dependencies = %s, graph_uuid = %s WHERE id = %s",
        (json.dumps(links), graph, to_id),
    )
    if from_graph != graph:
        cr.execute(
            "UPDATE queue_job SET graph_uuid = %s WHERE graph_uuid = %s",
            (graph, from_graph),
        )
