"""Parents and children of a job in its graph."""

from .states import CANCELLED, DONE, PENDING, WAIT_DEPENDENCIES


class JobLinks:
    """The part of a job that knows which jobs it waits for and which wait for it."""

    @property
    def depends_on(self):
        """Jobs that must be done before this one; deleted ones are left out."""
        if not self._depends_on and self._depends_on_uuids:
            return self.load_many(self.env, self._depends_on_uuids)
        return self._depends_on

    @property
    def reverse_depends_on(self):
        """Jobs that wait for this one; deleted ones are left out."""
        if not self._reverse_depends_on and self._reverse_depends_on_uuids:
            return self.load_many(self.env, self._reverse_depends_on_uuids)
        return set(self._reverse_depends_on)

    def add_depends(self, jobs):
        """Make this job wait until ``jobs`` are done.

        :raises ValueError: when the job would wait for itself
        """
        if self in jobs:
            raise ValueError("job cannot depend on itself")
        self._depends_on |= jobs
        self._links_changed = True
        for parent in jobs:
            parent._reverse_depends_on.add(self)
            parent._links_changed = True
        if any(parent.state != DONE for parent in jobs):
            self.state = WAIT_DEPENDENCIES

    def _has_unfinished_parent(self) -> bool:
        if any(parent.state != DONE for parent in self._depends_on):
            return True
        if not self._depends_on_uuids:
            return False
        known = {parent.uuid for parent in self._depends_on}
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT 1 FROM queue_job WHERE uuid = ANY(%s) AND state != 'done' LIMIT 1",
            ([u for u in self._depends_on_uuids if u not in known],),
        )
        return bool(self.env.cr.rowcount)

    def _dependencies_value(self) -> dict:
        """Return the value of the row's ``dependencies``, parents stored first."""
        return {
            "depends_on": _merged(self._depends_on_uuids, self._depends_on),
            "reverse_depends_on": _merged(
                self._reverse_depends_on_uuids, self._reverse_depends_on
            ),
        }

    def should_check_dependents(self) -> bool:
        """Tell whether any job waits for this one."""
        return bool(self._reverse_depends_on_uuids or self._reverse_depends_on)

    def enqueue_waiting(self) -> None:
        """Let the jobs start that waited for this one and for no other any more.

        The ``done`` of this job must have been flushed. Deleted parents count as done.
        """
        children = _merged(self._reverse_depends_on_uuids, self._reverse_depends_on)
        release_children(self.env, self.uuid, self.graph_uuid, children)

    def cancel_dependent_jobs(self) -> None:
        """Cancel the jobs that wait for this one, theirs too, and so on."""
        cancel_descendants(self.env, self.uuid, self.date_cancelled)


def release_children(env, uuid: str, graph_uuid: str, children: list[str]) -> None:
    """Let the jobs start that waited for the done job ``uuid`` and for no other."""
    if children:
        where, params = _BY_UUID, {"children": children}
    elif graph_uuid:
        where, params = _BY_GRAPH, {"graph": graph_uuid, "uuid": uuid}
    else:
        return
    # locked first: what keeps them from being written is no error worth a log
    ready = _select_jobs(env, f"{_SELECT_READY}{where} {_LOCK}", params)
    if ready:
        ready.write({"state": PENDING})


def cancel_descendants(env, uuid: str, date_cancelled) -> None:
    """Cancel what waits, directly or not, for the cancelled job ``uuid``."""
    descendants = _select_jobs(env, _SELECT_DESCENDANTS, {"uuid": uuid})
    if descendants:
        descendants.write(
            {
                "state": CANCELLED,
                "date_cancelled": date_cancelled,
                "result": env._("Cancelled because a job it depends on was cancelled"),
            }
        )


def _select_jobs(env, query: str, params: dict):
    model = env["queue.job"].sudo()
    model.flush_model(["state", "dependencies", "graph_uuid", "uuid"])
    env.cr.execute(query, params, log_exceptions=False)
    return model.browse(row[0] for row in env.cr.fetchall())


def _merged(uuids, jobs) -> list[str]:
    """Return the uuids of the row and of the jobs in memory, each once."""
    if not jobs:
        return list(uuids or ())
    merged = dict.fromkeys(uuids or ())
    merged.update(dict.fromkeys(job.uuid for job in jobs))
    return list(merged)


_SELECT_READY = """
SELECT child.id
  FROM queue_job child
 WHERE child.state = 'wait_dependencies'
   AND NOT EXISTS (
        SELECT 1
          FROM jsonb_array_elements_text(child.dependencies::jsonb -> 'depends_on') u
          JOIN queue_job parent ON parent.uuid = u
         WHERE parent.state != 'done')
"""
_LOCK = "FOR NO KEY UPDATE OF child"
# index on uuid
_BY_UUID = " AND child.uuid = ANY(%(children)s)"
# index on graph_uuid; for a parent stored before its children were attached, which
# does not know them
_BY_GRAPH = """
   AND child.graph_uuid = %(graph)s
   AND child.dependencies::jsonb -> 'depends_on' ? %(uuid)s
"""

# Walks down by uuid, stops on each branch at the first job that does not wait.
_SELECT_DESCENDANTS = """
WITH RECURSIVE descendant(id, dependencies) AS (
    SELECT id, dependencies FROM queue_job WHERE uuid = %(uuid)s
    UNION
    SELECT child.id, child.dependencies
      FROM descendant,
           jsonb_array_elements_text(
               descendant.dependencies::jsonb -> 'reverse_depends_on') AS u
      JOIN queue_job child ON child.uuid = u
     WHERE child.state = 'wait_dependencies')
SELECT descendant.id
  FROM descendant JOIN queue_job ON queue_job.id = descendant.id
 WHERE queue_job.uuid != %(uuid)s
"""
