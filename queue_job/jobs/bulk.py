"""Storing many new jobs in one statement, each identity once.

What is guaranteed: after :func:`store_graph` returned, each job is either stored or
stands for a waiting job with the same identity key. The unique partial index on the
key decides, also between transactions that cannot see each other.
"""

import json
import logging
from itertools import groupby

import psycopg2

from odoo import fields
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..fields import JobEncoder
from . import plain
from .states import WAITING_STATES
from .twins import UNIQUE_INDEX

_logger = logging.getLogger(__name__)

#: Between looking for the holder of a key and storing, it may have started: so often.
_MAX_RACES = 10

#: Columns of the INSERT with their PostgreSQL type.
_COLUMN_TYPES = {
    "uuid": "text",
    "graph_uuid": "text",
    "user_id": "int4",
    "company_id": "int4",
    "name": "text",
    "model_name": "text",
    "method_name": "text",
    "func_string": "text",
    "channel_method_name": "text",
    "job_function_id": "int4",
    "channel": "text",
    "identity_key": "text",
    "state": "text",
    "priority": "int4",
    "retry": "int4",
    "max_retries": "int4",
    "eta": "timestamp",
    "date_created": "timestamp",
    "date_enqueued": "timestamp",
    "date_started": "timestamp",
    "date_done": "timestamp",
    "date_cancelled": "timestamp",
    "exec_time": "float8",
    "exc_name": "text",
    "exc_message": "text",
    "exc_info": "text",
    "result": "text",
    "worker_pid": "int4",
    "dependencies": "text",
    "records": "jsonb",
    "args": "jsonb",
    "kwargs": "jsonb",
}


def store_graph(jobs, edges=()) -> dict:
    """Store the jobs of one graph; return what each job became.

    :param jobs: iterable of Job, all of one database cursor
    :param edges: pairs (parent Job, child Job)
    :return: dict from each Job to itself, or to the ``queue.job`` record of the
        waiting job which has its identity key
    """
    jobs = list(jobs)
    found = _find_waiting(jobs)
    if edges:
        _link(edges, found)
    known = [job for job in jobs if job._record_id and job not in found]
    new = [job for job in jobs if not job._record_id and job not in found]
    _store(new, found, parents={parent for parent, _child in edges})
    for job in known:
        job.store()
    return {job: found.get(job, job) for job in jobs}


def store_new(jobs: list) -> None:
    """Store jobs that have no row yet, but for those whose identity waits already."""
    found = _find_waiting(jobs)
    _store([job for job in jobs if job not in found], found)
    for job, record in found.items():
        _logger.info("%s is not stored: %s waits with its identity key", job, record)


def _find_waiting(jobs) -> dict:
    """Return the records of waiting jobs by the Jobs which have their key."""
    keyed = [job for job in jobs if not job._record_id and job.identity_key]
    if not keyed:
        return {}
    if len(jobs) == 1:
        record = keyed[0].job_record_with_same_identity_key()
        return {keyed[0]: record} if record else {}
    records = (
        keyed[0]
        .env["queue.job"]
        .sudo()
        .search(
            [
                ("identity_key", "in", [job.identity_key for job in keyed]),
                ("state", "in", WAITING_STATES),
            ]
        )
    )
    by_key = {record.identity_key: record for record in records}
    return {
        job: by_key[job.identity_key] for job in keyed if job.identity_key in by_key
    }


def _link(edges, found: dict) -> None:
    """Add the dependencies; jobs that exist already keep their own parents.

    A job whose parent exists already waits for that one.
    """
    job_class = type(edges[0][0])
    stand_ins = {}
    for parent, child in edges:
        if child in found:
            continue
        if parent in found:
            record = found[parent]
            if record not in stand_ins:
                stand_ins[record] = job_class.load(parent.env, record.uuid)
            parent = stand_ins[record]
        child.add_depends({parent})
    if stand_ins:
        _join_graphs(stand_ins.values(), edges)


def _join_graphs(stand_ins, edges) -> None:
    """Make one graph of the new jobs and the existing ones they wait for."""
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
    """Store new jobs; add to ``found`` those whose key others hold."""
    for _race in range(_MAX_RACES):
        jobs = _without_own_twins(jobs, found)
        for job in [job for job in jobs if _store_is_replaced(job)]:
            jobs.remove(job)
            job.store()
        if not jobs or _insert(jobs):
            break
        winners = _find_invisible(jobs)
        if any(job in parents for job in winners):
            # the children's links cannot reach a row this transaction does not see
            raise ConcurrencyError(
                jobs[0].env._(
                    "A job with the same identity key was just stored by somebody else"
                )
            )
        found.update(winners)
        jobs = [job for job in jobs if job not in winners]
    else:
        raise ConcurrencyError(
            jobs[0].env._("The identity keys of these jobs change hands too quickly")
        )
    for job, stands_for in found.items():
        if not hasattr(stands_for, "_name"):
            found[job] = stands_for.db_record()


def _store_is_replaced(job) -> bool:
    """Tell whether a test helper holds jobs back by replacing their ``store``."""
    return "store" in vars(job)


def _without_own_twins(jobs: list, found: dict) -> list:
    """Leave out jobs whose key an earlier job of the list has."""
    first = {}
    kept = []
    for job in jobs:
        twin = first.setdefault(job.identity_key, job) if job.identity_key else job
        if twin is job:
            kept.append(job)
        else:
            found[job] = twin
    return kept


def _insert(jobs: list) -> bool:
    """Insert the rows; False when an identity key is taken."""
    for job in jobs:
        job._check_can_be_stored()
    cr = jobs[0].env.cr
    if not any(job.identity_key for job in jobs):
        _insert_rows(jobs)
        return True
    try:
        with cr.savepoint(flush=False):
            _insert_rows(jobs)
    except psycopg2.errors.UniqueViolation as error:
        if error.diag.constraint_name != UNIQUE_INDEX:
            raise
        return False
    return True


def _insert_rows(jobs: list) -> None:
    model = jobs[0].env["queue.job"].sudo()
    if plain.create_is_plain(model) and plain.job_is_plain(type(jobs[0])):
        rows = [job._store_values(create=True) for job in jobs]
        extra = {name for row in rows for name in row if name not in _COLUMN_TYPES}
        if all(_has_column(model, name) for name in extra):
            _insert_with_sql(model, jobs, rows, extra)
            return
    for env, same_env in groupby(jobs, key=lambda job: job.env):
        same_env = list(same_env)
        model = env["queue.job"].sudo()
        records = model.with_context(_job_edit_sentinel=model.EDIT_SENTINEL).create(
            [job._store_values(create=True) for job in same_env]
        )
        # identity keys are checked by the rows themselves
        records.flush_recordset()
        for job, record in zip(same_env, records, strict=True):
            job._record_id = record.id


def _has_column(model, name: str) -> bool:
    field = model._fields.get(name)
    return bool(field and field.store and field.column_type and not field.inverse)


def _insert_with_sql(model, jobs, rows, extra) -> None:
    for row in rows:
        _to_columns(row)
        for name in extra:
            row[name] = model._fields[name].convert_to_column_insert(
                row.get(name), model, row
            )
    for name, default in model._own_defaults().items():
        for row in rows:
            row.setdefault(name, default)
    names = {name for row in rows for name, value in row.items() if value is not None}
    columns, sources = [], []
    for name in names:
        values = [row.get(name) for row in rows]
        columns.append(SQL.identifier(name))
        pg_type = _COLUMN_TYPES.get(name)
        if pg_type is None:
            pg_type = model._fields[name].column_type[1]
        sources.append(SQL("%s::" + pg_type + "[]", values))
    cr = model.env.cr
    cr.execute(
        SQL(
            "INSERT INTO queue_job (%s) SELECT * FROM unnest(%s) RETURNING id",
            SQL(", ").join(columns),
            SQL(", ").join(sources),
        )
    )
    for job, (record_id,) in zip(jobs, cr.fetchall(), strict=True):
        job._record_id = record_id


def _to_columns(row: dict) -> None:
    """Turn field values into column values, in place."""
    for name, value in row.items():
        if value is False:
            row[name] = None
    for name in ("records", "args", "kwargs"):
        value = row[name]
        row[name] = (
            json.dumps(value, cls=JobEncoder) if value or name == "records" else None
        )
    row["dependencies"] = json.dumps(row["dependencies"])
    if row["eta"]:
        row["eta"] = fields.Datetime.to_datetime(row["eta"])


def _find_invisible(jobs: list) -> dict:
    """Return records of waiting jobs which committed after this transaction began.

    They are read on a cursor of their own; the records of this transaction carry what
    was read in their cache, as its snapshot will never show the rows.
    """
    env = jobs[0].env
    model = env["queue.job"].sudo()
    keyed = {job.identity_key: job for job in jobs if job.identity_key}
    with env.registry.cursor() as cr:
        twins = model.with_env(model.env(cr=cr)).search(
            [
                ("identity_key", "in", list(keyed)),
                ("state", "in", WAITING_STATES),
            ]
        )
        winners = {}
        for twin in twins:
            record = model.browse(twin.id)
            for field in model._fields.values():
                if field.store and field.column_type and field.name != "id":
                    field._update_cache(
                        record, field.convert_to_cache(twin[field.name], twin)
                    )
            winners[keyed[twin.identity_key]] = record
    return winners
