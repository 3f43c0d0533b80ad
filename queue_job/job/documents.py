"""The JSON documents of a new job's records and arguments, checked before any SQL."""

from __future__ import annotations

from typing import Any

from ..exception import InvalidJobError

#: Maximum total bytes of the documents of a job. PostgreSQL accepts 256 MB as one JSON
#: string, and 1 GB as a statement, in which a document may be eight times as long.
MAX_BYTES = 64 * 1024 * 1024


def documents(job: Any) -> dict[str, str]:
    """Return the documents of a job by column.

    :raises InvalidJobError: naming the job and what cannot be stored
    """
    job_fields = job.env["queue.job"]._fields
    call = f"{job.model_name}.{job.method_name}"
    try:
        found = {
            "records": job_fields["records"].encode(job.recordset, "its recordset"),
            "args": _arguments(job_fields["args"], job._args),
            "kwargs": _arguments(job_fields["kwargs"], job._kwargs),
        }
    except InvalidJobError as error:
        raise InvalidJobError(f"{call} cannot be delayed: {error}") from error
    size = sum(map(len, found.values()))
    if size > MAX_BYTES:
        raise InvalidJobError(
            f"{call} cannot be delayed: its arguments are {size / 1024**2:.1f} MB of "
            f"JSON, the maximum is {MAX_BYTES // 1024**2} MB. Store the data in a "
            "record or an attachment, and pass that"
        )
    return found


def _arguments(field, value) -> str:
    return field.encode(value) if value else field._default_json_mapping[type(value)]
