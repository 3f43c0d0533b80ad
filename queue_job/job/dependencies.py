"""Dependencies and dependents of a job in its graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import sql
from .states import CANCEL_DEPENDENT, DONE, RELEASE, WAIT

if TYPE_CHECKING:
    from odoo.api import Environment


class JobDependencies:
    """The part of a job about its dependencies and its dependents."""

    @property
    def depends_on(self) -> set:
        """Jobs that must be done before this one, without deleted ones."""
        if not self._depends_on and self._depends_on_uuids:
            return self.load_many(self.env, self._depends_on_uuids)
        return self._depends_on

    @property
    def reverse_depends_on(self) -> set:
        """Jobs that wait for this one, without deleted ones."""
        if not self._reverse_depends_on and self._reverse_depends_on_uuids:
            return self.load_many(self.env, self._reverse_depends_on_uuids)
        return set(self._reverse_depends_on)

    def add_depends(self, jobs: set[Any]) -> None:
        """Make this job wait until ``jobs`` are done.

        :raises ValueError: if the job would wait for itself
        """
        if self in jobs:
            raise ValueError("job cannot depend on itself")
        self._depends_on |= jobs
        self._dependencies_changed = True
        for parent in jobs:
            parent._reverse_depends_on.add(self)
            parent._dependencies_changed = True
        if any(parent.state != DONE for parent in jobs):
            self._move(WAIT)

    def _has_unfinished_parent(self) -> bool:
        if any(parent.state != DONE for parent in self._depends_on):
            return True
        if not self._depends_on_uuids:
            return False
        known = {parent.uuid for parent in self._depends_on}
        self.env.flush_all()
        self.env.cr.execute(
            sql.SELECT_UNFINISHED,
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
        """Tell whether this job has dependents."""
        return bool(self._reverse_depends_on_uuids or self._reverse_depends_on)

    def enqueue_waiting(self) -> None:
        """Set the dependents of this job that wait for nothing else to pending.

        The ``done`` of this job must have been flushed. Deleted parents count as done.
        """
        dependents = _merged(self._reverse_depends_on_uuids, self._reverse_depends_on)
        release_dependents(self.env, self.uuid, self.graph_uuid, dependents)

    def cancel_dependent_jobs(self) -> None:
        """Cancel the dependents of this job, recursively."""
        cancel_dependents(self.env, self.uuid, self.date_cancelled)


def release_dependents(
    env: Environment, uuid: str, graph_uuid: str, dependents: list[str]
) -> None:
    """Set the dependents of done job ``uuid`` that wait for nothing else to pending."""
    params: dict[str, Any]
    if dependents:
        where, params = sql.BY_UUID, {"dependents": dependents}
    elif graph_uuid:
        where, params = sql.BY_GRAPH, {"graph": graph_uuid, "uuid": uuid}
    else:
        return
    # locked first: a lock conflict must not be logged as an error
    ready = _select_jobs(env, f"{sql.SELECT_READY}{where} {sql.LOCK_READY}", params)
    if ready:
        ready.write(RELEASE.values(None))


def cancel_dependents(env: Environment, uuid: str, date_cancelled: Any) -> None:
    """Cancel the direct and indirect dependents of the cancelled job ``uuid``."""
    descendants = _select_jobs(env, sql.SELECT_DESCENDANTS, {"uuid": uuid})
    if descendants:
        descendants.write(
            {
                **CANCEL_DEPENDENT.values(date_cancelled),
                "result": env._("Cancelled because a job it depends on was cancelled"),
            }
        )


def _select_jobs(env, query: str, params: dict):
    model = env["queue.job"].sudo()
    model.flush_model(["state", "dependencies", "graph_uuid", "uuid"])
    env.cr.execute(query, params, log_exceptions=False)
    return model.browse(row[0] for row in env.cr.fetchall())


def _merged(uuids, jobs) -> list[str]:
    """Return the uuids from the row and of the jobs in memory, without duplicates."""
    if not jobs:
        return list(uuids or ())
    merged = dict.fromkeys(uuids or ())
    merged.update(dict.fromkeys(job.uuid for job in jobs))
    return list(merged)
