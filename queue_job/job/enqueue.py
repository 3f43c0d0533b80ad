"""Stores many new jobs in one statement, each identity key once.

Guarantee: after :func:`store_graph` returned, each job is either stored or mapped to a
waiting job with the same identity key. The unique partial index on the key decides,
also between transactions that cannot see each other.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from odoo.exceptions import ConcurrencyError
from odoo.models import BaseModel

from . import concurrency
from .documents import documents
from .fields import OPTIONS
from .insert import insert
from .states import WAITING_STATES

if TYPE_CHECKING:
    from ..job import Job

_logger = logging.getLogger(__name__)

#: Attempts: the holder of a key may start between the lookup and the insertion.
_MAX_RACES = 10


def store_graph(jobs: Iterable[Job], edges: Any = ()) -> dict:
    """Store the jobs of one graph; return the stored job of each.

    :param jobs: iterable of Job, all of one database cursor
    :param edges: pairs (parent Job, child Job)
    :return: dict from each Job to itself, or to the ``queue.job`` record of the
        waiting job with its identity key
    """
    jobs = list(jobs)
    _check(jobs)
    found = _find_waiting(jobs)
    if edges:
        _link(edges, found)
    elif len(jobs) - len(found) == 1:
        # all others already exist: this one is not part of a graph
        for job in jobs:
            job.graph_uuid = job.graph_uuid if job._record_id else None
    new = []
    for job in jobs:
        if job._record_id:
            job.store()
        elif job not in found:
            new.append(job)
    _store(new, found, parents={parent for parent, _child in edges})
    return {job: found.get(job, job) for job in jobs} if found else _Itself()


class _Itself(dict):
    """Maps every job to itself."""

    def __missing__(self, job):
        return job


def store_new(jobs: list) -> None:
    """Store jobs without a row, except those whose identity key is already waiting."""
    _check(jobs)
    found = _find_waiting(jobs)
    _store([job for job in jobs if job not in found], found)
    for job, record in found.items():
        _logger.info("Job not stored, already waiting: job=%s as=%s", job, record)


def _check(jobs) -> None:
    """Refuse what cannot be stored, before any SQL.

    :raises InvalidJobError: naming the job and the problem
    """
    for job in jobs:
        if not job._record_id and not _store_is_replaced(job):
            # first: a key may be computed from the arguments
            job._documents = documents(job)
            concurrency.resolve(job)
            _check_options(job)


def _check_options(job) -> None:
    """Convert the options of a new job to what its row accepts.

    :raises InvalidJobError: naming the job and the option
    """
    for name, field in OPTIONS.items():
        value = field.get(job)
        if value is not None or field.default is not None:
            setattr(job, name, field.check(job, name, value))


def _find_waiting(jobs) -> dict:
    """Return what is already waiting with the identity key of a job, by Job.

    Each value is a record, or another one of the jobs.
    """
    keyed = [job for job in jobs if not job._record_id and job.identity_key]
    if not keyed:
        return {}
    if len(jobs) == 1:
        record = keyed[0].job_record_with_same_identity_key()
        return {keyed[0]: record} if record else {}
    model = keyed[0].env["queue.job"].sudo()
    domain = [
        ("identity_key", "in", [job.identity_key for job in keyed]),
        ("state", "in", WAITING_STATES),
    ]
    first = {record.identity_key: record for record in model.search(domain)}
    found = {}
    for job in keyed:
        holder = first.setdefault(job.identity_key, job)
        if holder is not job:
            found[job] = holder
    return found


def _link(edges, found: dict) -> None:
    """Add the dependencies; jobs that already exist keep their own parents.

    A job whose parent already exists waits for the existing one.
    """
    stand_ins = {}
    for parent, child in edges:
        if child in found:
            continue
        holder = found.get(parent, parent)
        if isinstance(holder, BaseModel):
            if holder not in stand_ins:
                stand_ins[holder] = parent.load(parent.env, holder.uuid)
            holder = stand_ins[holder]
        child.add_depends({holder})
    if stand_ins:
        _join_graphs(list(stand_ins.values()), edges)


def _join_graphs(stand_ins: list, edges) -> None:
    """Merge the new jobs and the existing ones they wait for into one graph."""
    new_jobs = {job for edge in edges for job in edge}
    graph_uuids = {job.graph_uuid for job in stand_ins if job.graph_uuid}
    graph_uuid = min(graph_uuids, default=edges[0][0].graph_uuid)
    graph_uuids.discard(graph_uuid)
    if graph_uuids:
        model = edges[0][0].env["queue.job"].sudo()
        model.search([("graph_uuid", "in", list(graph_uuids))]).write(
            {"graph_uuid": graph_uuid}
        )
    for job in [*new_jobs, *stand_ins]:
        job.graph_uuid = graph_uuid
    for job in stand_ins:
        job.store()


def _store(jobs: list, found: dict, parents=()) -> None:
    """Store new jobs; add to ``found`` those whose identity key is taken."""
    held_back = [job for job in jobs if _store_is_replaced(job)]
    for job in held_back:
        job.store()
    if held_back:
        jobs = [job for job in jobs if not _store_is_replaced(job)]
    for _race in range(_MAX_RACES):
        if not jobs or insert(jobs):
            break
        winners = _find_invisible(jobs)
        if any(job in parents for job in winners):
            # dependents cannot refer to a row that this transaction does not see
            raise ConcurrencyError(
                jobs[0].env._(
                    "Another transaction just stored a job with the same identity key"
                )
            )
        found.update(winners)
        jobs = [job for job in jobs if job not in winners]
    else:
        raise ConcurrencyError(
            jobs[0].env._("Too many transactions are using the same identity keys")
        )
    for job, holder in found.items():
        if not isinstance(holder, BaseModel):
            # a job held back by a test has no record
            found[job] = holder.db_record() or holder


def _store_is_replaced(job) -> bool:
    """Tell whether a test helper holds jobs back by replacing their ``store``."""
    return "store" in vars(job)


def _find_invisible(jobs: list) -> dict:
    """Return records of waiting jobs committed after this transaction began.

    They are read on a separate cursor; the values are put into the cache of this
    transaction's records, as its snapshot will never contain the rows.
    """
    env = jobs[0].env
    model = env["queue.job"].sudo()
    keyed = {job.identity_key: job for job in jobs if job.identity_key}
    with env.registry.cursor() as cr:
        duplicates = model.with_env(model.env(cr=cr)).search(
            [
                ("identity_key", "in", list(keyed)),
                ("state", "in", WAITING_STATES),
            ]
        )
        winners = {}
        for duplicate in duplicates:
            record = model.browse(duplicate.id)
            for field in model._fields.values():
                if field.store and field.column_type and field.name != "id":
                    field._update_cache(
                        record, field.convert_to_cache(duplicate[field.name], duplicate)
                    )
            winners[keyed[duplicate.identity_key]] = record
    return winners
