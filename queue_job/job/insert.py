"""Inserts the rows of new jobs: one INSERT whatever their number.

Through the ORM instead if another addon takes part in it: see :mod:`.orm_bypass`.
"""

import functools
import json
from collections.abc import Iterator
from itertools import groupby

import psycopg2

from . import orm_bypass
from .documents import MAX_BYTES
from .fields import BY_NAME
from .uniqueness import UNIQUE_INDEX

_CORE_NAMES = {*BY_NAME, "dependencies"}

_NO_DEPENDENCIES = json.dumps({"depends_on": [], "reverse_depends_on": []})


def insert(jobs: list) -> bool:
    """Insert the rows of checked jobs; return False if an identity key is taken."""
    model = jobs[0].env["queue.job"].sudo()
    settings = model._storing_settings()
    rows = [job._store_values(create=True) for job in jobs]
    columns = [_to_columns(job, row) for job, row in zip(jobs, rows, strict=True)]
    extra = {name for row in rows for name in row if name not in _CORE_NAMES}
    with_sql = (
        orm_bypass.can_insert_with_sql(model, settings)
        and orm_bypass.stores_own_values(type(jobs[0]))
        and all(_has_column(model, name) for name in extra)
    )
    keyed = any(job.identity_key for job in jobs)
    try:
        if with_sql:
            _insert_with_sql(model, settings, jobs, columns, extra, keyed)
        elif keyed:
            with model.env.cr.savepoint(flush=False):
                _insert_with_orm(jobs, rows)
        else:
            _insert_with_orm(jobs, rows)
    except psycopg2.errors.UniqueViolation as error:
        if error.diag.constraint_name != UNIQUE_INDEX:
            raise
        if with_sql:
            model.env.cr.execute("ROLLBACK TO SAVEPOINT queue_job_insert")
            for job in jobs:
                job._record_id = None
        return False
    for job in jobs:
        job._documents = None
    return True


def _insert_with_orm(jobs, rows) -> None:
    """Create records, each in the environment of its job: addons read its context."""
    pairs = zip(jobs, rows, strict=True)
    # jobs are stored in their order: only adjacent ones are grouped
    # pylint: disable=bad-builtin-groupby
    for env, same_env in groupby(pairs, key=lambda pair: pair[0].env):
        same_env = list(same_env)  # type: ignore[assignment]
        model = env["queue.job"].sudo()
        records = model.with_context(_job_edit_sentinel=model.EDIT_SENTINEL).create(
            [row for _job, row in same_env]
        )
        for (job, _row), record in zip(same_env, records, strict=True):
            job._record_id = record.id


def _has_column(model, name: str) -> bool:
    field = model._fields.get(name)
    return bool(field and field.store and field.column_type and not field.inverse)


def _insert_with_sql(model, settings, jobs, rows, extra, keyed) -> None:
    for name in extra:
        field = model._fields[name]
        for row in rows:
            row[name] = field.convert_to_column_insert(row.get(name), model, row)
    for name, default in settings.defaults.items():
        for row in rows:
            row.setdefault(name, default)
    batches = list(_batches(jobs, rows))
    if keyed and len(batches) > 1:
        # one savepoint around all of them
        model.env.cr.execute("SAVEPOINT queue_job_insert")
    for batch in batches:
        _insert_batch(model, *batch, keyed=keyed and len(batches) == 1)
    if keyed and len(batches) > 1:
        model.env.cr.execute("RELEASE queue_job_insert")
    for job in jobs:
        job._may_be_stored = True
    for inverse in settings.inverse_fields:
        model.env[inverse.model_name].invalidate_model([inverse.name], flush=False)


def _batches(jobs, rows) -> Iterator[tuple[list, list]]:
    """Split jobs and their rows so that no statement becomes too long."""
    start = size = 0
    for index, job in enumerate(jobs):
        size_of_job = sum(map(len, job._documents.values()))
        if size and size + size_of_job > MAX_BYTES:
            yield jobs[start:index], rows[start:index]
            start, size = index, 0
        size += size_of_job
    yield jobs[start:], rows[start:]


def _insert_batch(model, jobs, rows, keyed) -> None:
    if len(rows) == 1:
        names, values, types = tuple(rows[0]), list(rows[0].values()), None
    else:
        names, values, types = _transposed(model, rows)
    query = _query(names, types, keyed)
    cr = model.env.cr
    # a taken identity key is not an error to log
    cr.execute(query, values, log_exceptions=False)
    if not keyed:
        for job, (record_id,) in zip(jobs, cr.fetchall(), strict=True):
            job._record_id = record_id


@functools.lru_cache(maxsize=64)
def _query(names: tuple, types: tuple | None, keyed: bool) -> str:
    """Return the INSERT of these columns, of many rows if ``types`` are given."""
    if types is None:
        source = f"VALUES ({', '.join(['%s'] * len(names))})"
    else:
        arrays = ", ".join(f"%s::{column_type}[]" for column_type in types)
        source = f"SELECT * FROM unnest({arrays})"
    columns = ", ".join(f'"{name}"' for name in names)
    query = f"INSERT INTO queue_job ({columns}) {source}"
    if keyed:
        # one round trip; if a key is taken, the savepoint remains to roll back to
        return f"SAVEPOINT queue_job_insert; {query}; RELEASE queue_job_insert"
    return f"{query} RETURNING id"


def _transposed(model, rows) -> tuple[tuple, list, tuple]:
    """Return the columns of many rows: names, lists of values, types."""
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    columns = [[row.get(name) for row in rows] for name in names]
    types = tuple(model._fields[name].column_type[1] for name in names)
    return names, columns, types


def _to_columns(job, row: dict) -> dict:
    """Return the column values for the field values of a new row."""
    columns = {
        name: value
        for name, value in row.items()
        if value is not False and value is not None
    }
    # jsonb strings: see the codec
    for name, document in job._documents.items():
        columns[name] = json.dumps(document)
    links = row["dependencies"]
    linked = links["depends_on"] or links["reverse_depends_on"]
    columns["dependencies"] = json.dumps(links) if linked else _NO_DEPENDENCIES
    return columns
