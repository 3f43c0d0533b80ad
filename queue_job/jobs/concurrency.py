"""Concurrency key and limit of a job, and its exponential backoff."""


def concurrency_values(job) -> dict:
    """Return the concurrency key and limit of a new row, empty without limit.

    Those given to ``with_delay`` take precedence over the job function's.
    """
    key, limit = job.concurrency_key, job.concurrency_limit
    if key is None:
        config = _config(job)
        if not config.concurrency_limit:
            return {}
        key = _key_of_function(job, config.concurrency_by)
        limit = limit or config.concurrency_limit
    return {"concurrency_key": str(key), "concurrency_limit": limit or 1} if key else {}


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


def backoff_seconds(job) -> tuple[int, int] | None:
    """Return the range of seconds to wait before the next attempt, by the exponential
    backoff of the job function; None if it has none."""
    config = _config(job)
    if not config.retry_backoff:
        return None
    longest = config.retry_backoff_max or 3600
    # retry includes the attempt that just ended
    seconds = min(longest, config.retry_backoff * 2 ** min(max(job.retry - 1, 0), 30))
    return max(1, seconds * 3 // 4), max(1, seconds)
