"""Concurrency key and limit of a job."""

from __future__ import annotations

from typing import Any


def resolve(job: Any) -> None:
    """Set the concurrency key and limit of a new job.

    Those given to ``with_delay`` take precedence over the job function's.
    """
    key, limit = job.concurrency_key, job.concurrency_limit
    if key is None:
        config = _config(job)
        if config.concurrency_limit:
            key = _key_of_function(job, config.concurrency_by)
            limit = limit or config.concurrency_limit
    job.concurrency_key = str(key) if key else None
    job.concurrency_limit = limit or 1 if key else None


def _config(job):
    functions = job.env["queue.job.function"].sudo()
    return functions.engine_config(job.job_function_name)


def _key_of_function(job, path) -> str | None:
    if path == "company":
        return f"company:{job.company_id}" if job.company_id else None
    if path in (None, "record"):
        value = job.recordset
    else:
        value = job.recordset.sudo().mapped(path)
    ids = value.ids if hasattr(value, "ids") else value
    if not ids:
        return None
    return f"{job.model_name}:{path or 'record'}:{','.join(map(str, ids))}"
